import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { tools } from '../../cluster';
import { built } from '../../evidence/gitops/tool';
import { compiled } from '../compiled';

export const STEPS = [
  'first apply',
  'apply without a change',
  'diff without a change',
  'apply of one change',
  'all but one go',
] as const;
export type Step = (typeof STEPS)[number];

export const OURS = 'drydock';
export const KUBECTL = 'kubectl apply --server-side';

/** A whole process that does one step. */
export interface Contender {
  readonly name: string;
  /** Up to how many objects it is asked: the whole bench is to end in some minutes. */
  readonly upTo: number;
  /** The command line; undefined where it cannot do that. */
  command(step: Step, where: Where): readonly string[] | undefined;
}

export interface Where {
  readonly objects: number;
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly sets: Sets;
  /** A file, for a contender that leaves it to its caller to remember what it has applied. */
  readonly memory: string;
}

/** The same objects, as manifests and as charts of helm. */
export interface Sets {
  readonly manifests: Readonly<Record<'all' | 'changed' | 'one' | 'others', string>>;
  readonly charts: Readonly<Record<'all' | 'changed' | 'one', string>>;
}

function configMaps(count: number, value: string): object[] {
  return [...Array(count).keys()].map((index) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `c${index}`, labels: { app: 'bench' } },
    data: { index: String(index), value: index === 0 ? value : '0' },
  }));
}

export function writeSets(folder: string, count: number): Sets {
  const all = configMaps(count, '0');
  const manifest = (name: string, items: readonly object[]) => {
    const file = path.join(folder, `${name}.json`);
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    return file;
  };
  const chart = (name: string, items: readonly object[]) => {
    const root = path.join(folder, name);
    mkdirSync(path.join(root, 'templates'), { recursive: true });
    writeFileSync(path.join(root, 'Chart.yaml'), 'apiVersion: v2\nname: bench\nversion: 1.0.0\n');
    const documents = items.map((item) => JSON.stringify(item)).join('\n---\n');
    writeFileSync(path.join(root, 'templates', 'all.yaml'), documents);
    return root;
  };
  const changed = configMaps(count, '1');
  return {
    manifests: {
      all: manifest('all', all),
      changed: manifest('changed', changed),
      one: manifest('one', changed.slice(0, 1)),
      others: manifest('others', changed.slice(1)),
    },
    charts: {
      all: chart('chart', all),
      changed: chart('changed', changed),
      one: chart('one', changed.slice(0, 1)),
    },
  };
}

/** Which of the sets a step applies. */
const GIVEN: Readonly<Record<Step, 'all' | 'changed' | 'one'>> = {
  'first apply': 'all',
  'apply without a change': 'all',
  'diff without a change': 'all',
  'apply of one change': 'changed',
  'all but one go': 'one',
};

export async function contenders(folder: string, isPatient: boolean): Promise<readonly Contender[]> {
  const { kubectl, 'helm-4': helm } = await tools(['kubectl', 'helm-4']);
  const drydock = path.join(compiled('bench/deploy'), 'cli', 'main.js');
  const flux = built('flux-apply', folder);
  const isDiff = (step: Step) => step === 'diff without a change';
  const isLast = (step: Step) => step === 'all but one go';
  return [
    {
      name: OURS,
      upTo: 10_000,
      command: (step, { kubeconfig, namespace, sets }) => [
        ...[process.execPath, drydock, isDiff(step) ? 'diff' : 'apply', 'bench', sets.manifests[GIVEN[step]]],
        ...['-n', namespace, '--kubeconfig', kubeconfig, ...(isLast(step) ? ['--allow-prune'] : [])],
      ],
    },
    {
      name: KUBECTL,
      upTo: 10_000,
      command: (step, { kubeconfig, namespace, sets }) => {
        const where = [kubectl, '--kubeconfig', kubeconfig, '-n', namespace];
        if (isDiff(step)) return [...where, 'diff', '--server-side', '-f', sets.manifests.all];
        // It forgets: somebody has to say what goes.
        if (isLast(step)) return [...where, 'delete', '--wait=false', '-f', sets.manifests.others];
        return [...where, 'apply', '--server-side', '-f', sets.manifests[GIVEN[step]]];
      },
    },
    {
      name: 'helm 4 upgrade --install',
      upTo: 10_000,
      command: (step, { kubeconfig, namespace, sets, objects }) =>
        isDiff(step)
          ? undefined
          : [
              ...[helm, 'upgrade', '--install', 'bench', sets.charts[GIVEN[step]]],
              // Without its own limit of calls, five in a second; more than this at once and it finds the API server
              // unreachable at the next step.
              ...['-n', namespace, '--kubeconfig', kubeconfig],
              ...(objects > 1_000
                ? ['--qps', '500', '--burst-limit', '500']
                : ['--qps', '10000', '--burst-limit', '10000']),
            ],
    },
    {
      name: 'Flux ssa 0.78',
      upTo: 10_000,
      command: (step, { kubeconfig, namespace, sets, memory }) =>
        isDiff(step)
          ? undefined
          : [
              ...['env', `KUBECONFIG=${kubeconfig}`, flux, 'bench', namespace, sets.manifests[GIVEN[step]]],
              // Nothing is waited for.
              ...[memory, '0'],
            ],
    },
    {
      name: 'kubectl apply --prune --applyset',
      upTo: 10_000,
      command: (step, { kubeconfig, namespace, sets, objects }) =>
        // It deletes five in a second.
        isDiff(step) || (isLast(step) && objects > 100 && !isPatient)
          ? undefined
          : [
              ...['env', 'KUBECTL_APPLYSET=true', kubectl, '--kubeconfig', kubeconfig, '-n', namespace],
              ...['apply', '--server-side', '--prune', '--applyset=bench', '-f', sets.manifests[GIVEN[step]]],
            ],
    },
  ];
}
