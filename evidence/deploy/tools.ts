import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compiled } from '../../bench/compiled';
import { type Cluster, tools as pinned } from '../../cluster';

/** What a process said, and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
}

/** One of those that are compared, as its users run it. */
export interface Tool {
  readonly name: string;
  /** Applies a set, as one release in a namespace; `more` are options of this tool. */
  apply(place: Place, set: readonly object[], more?: readonly string[]): Running;
  /** Shows what an apply would change; undefined where the tool has nothing for that. */
  diff(place: Place, set: readonly object[]): Running | undefined;
  /** Options that make it wait until all is healthy, for ten seconds; undefined where it has none. */
  readonly waiting: readonly string[] | undefined;
  /** Goes back to the last set but one; undefined where the tool has nothing for that. */
  back(place: Place): Running | undefined;
}

export interface Place {
  readonly cluster: Cluster;
  readonly kubeconfig: string;
  readonly namespace: string;
  /** Empty, for files. */
  readonly folder: string;
}

/** A process that is not waited for yet. */
export interface Running {
  readonly ended: Promise<Ended>;
  kill(): void;
}

function started([program = '', ...args]: readonly string[]): Running {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  for (const pipe of [child.stdout, child.stderr]) {
    pipe.on('data', (piece: Buffer) => {
      out += piece.toString();
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out }));
  });
  return { ended, kill: () => child.kill('SIGKILL') };
}

function manifest({ folder }: Place, set: readonly object[]): string {
  const file = path.join(folder, 'set.json');
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: set }));
  return file;
}

function chart({ folder }: Place, set: readonly object[]): string {
  const root = path.join(folder, 'chart');
  rmSync(root, { recursive: true, force: true });
  mkdirSync(path.join(root, 'templates'), { recursive: true });
  writeFileSync(path.join(root, 'Chart.yaml'), 'apiVersion: v2\nname: shop\nversion: 1.0.0\n');
  writeFileSync(
    path.join(root, 'templates', 'all.yaml'),
    set.map((object) => JSON.stringify(object)).join('\n---\n'),
  );
  return root;
}

export async function tools(): Promise<readonly Tool[]> {
  const { kubectl, 'helm-4': helm } = await pinned(['kubectl', 'helm-4']);
  const main = path.join(compiled('cli'), 'cli', 'main.js');
  const at = ({ kubeconfig, namespace }: Place) => ['-n', namespace, '--kubeconfig', kubeconfig];
  const drydock = (place: Place, command: string, ...more: readonly string[]) =>
    started([process.execPath, main, command, 'shop', ...more, ...at(place)]);
  const plain = (place: Place, command: string, set: readonly object[], ...more: readonly string[]) =>
    started([kubectl, command, '--server-side', '-f', manifest(place, set), ...more, ...at(place)]);
  return [
    {
      name: 'drydock',
      apply: (place, set, more = []) =>
        drydock(place, 'apply', manifest(place, set), '--timeout=10s', ...more),
      diff: (place, set) => drydock(place, 'diff', manifest(place, set)),
      waiting: [],
      back: (place) => drydock(place, 'rollback'),
    },
    {
      name: 'kubectl apply --server-side',
      apply: (place, set, more = []) => plain(place, 'apply', set, ...more),
      diff: (place, set) => plain(place, 'diff', set),
      waiting: undefined,
      back: () => undefined,
    },
    {
      name: 'kubectl apply --prune --applyset',
      apply: (place, set, more = []) =>
        started([
          ...[
            'env',
            'KUBECTL_APPLYSET=true',
            kubectl,
            'apply',
            '--server-side',
            '--prune',
            '--applyset=shop',
          ],
          ...['-f', manifest(place, set), ...more, ...at(place)],
        ]),
      diff: () => undefined,
      waiting: undefined,
      back: () => undefined,
    },
    {
      name: 'helm 4 upgrade --install',
      apply: (place, set, more = []) =>
        started([helm, 'upgrade', '--install', 'shop', chart(place, set), ...more, ...at(place)]),
      diff: () => undefined,
      waiting: ['--wait', '--timeout=10s'],
      back: (place) => started([helm, 'rollback', 'shop', ...at(place)]),
    },
  ];
}
