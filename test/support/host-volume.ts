import { chownSync, mkdirSync } from 'node:fs';
import type { Cluster } from '../../cluster';

/** A folder of the machine that a claim gets. */
export interface HostVolume {
  readonly path: string;
  /** Whose it is. A mount changes no group of such a folder, so it is its user's before. */
  readonly user: number;
  readonly namespace: string;
  readonly claim: string;
}

/** Makes a volume in a cluster that makes none by itself; its name is that of the namespace. */
export async function hostVolume(
  cluster: Pick<Cluster, 'kubectl'>,
  { path, user, namespace, claim }: HostVolume,
): Promise<void> {
  mkdirSync(path, { mode: 0o700 });
  chownSync(path, user, user);
  const volume = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: namespace },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      hostPath: { path, type: 'Directory' },
      claimRef: { namespace, name: claim },
    },
  };
  await cluster.kubectl(['apply', '-f', '-'], { input: JSON.stringify(volume) });
}
