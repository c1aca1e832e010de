import { randomBytes } from 'node:crypto';
import type { Cluster } from '../../../cluster';

/** A real API server, as the faults need it. Plain words only, so that a deployer with a planted fault takes it too. */
export interface Place {
  readonly kubeconfig: string;
  /** An empty namespace. */
  readonly namespace: string;
  readonly server: {
    pause(): Promise<void>;
    resume(): Promise<void>;
    /** Ends it at once and starts it again. */
    restart(): Promise<void>;
  };
  /** `apply-once.ts` as a program of one file. */
  readonly program: string;
}

/** What was tried; counted while it runs, so that it is known where a breach ended it. */
export interface Tally {
  /** Runs that met their fault. */
  cases: number;
  /** What they said at their end, and how often. */
  said: Record<string, number>;
}

export function newTally(): Tally {
  return { cases: 0, said: {} };
}

export function count({ said }: Tally, word: string): void {
  said[word] = (said[word] ?? 0) + 1;
}

/** A namespace of its own in a cluster that is this file's alone. */
export async function placeIn(cluster: Cluster, program: string): Promise<Place> {
  const namespace = `faults-${randomBytes(4).toString('hex')}`;
  await cluster.kubectl(['create', 'namespace', namespace]);
  return {
    kubeconfig: cluster.kubeconfig,
    namespace,
    program,
    server: {
      pause: () => cluster.pause('apiserver'),
      resume: () => cluster.resume('apiserver'),
      restart: async () => {
        await cluster.kill('apiserver');
        await cluster.restart('apiserver');
      },
    },
  };
}
