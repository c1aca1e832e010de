import { resource } from '../../kube';
import type { ClusterApi } from '../cluster/cluster-api';
import { inParallel } from '../cluster/in-parallel';
import { DeployError } from '../errors';
import type { Release } from '../inventory/names';
import type { Member } from '../objects/members';
import { isForbidden } from './refusal';

const namespaces = resource('v1', 'Namespace');

/** Namespaces that the set needs and the cluster has not. */
export interface Absent {
  /** Namespaces that the set itself makes. */
  readonly coming: ReadonlySet<string>;
  readonly missing: ReadonlySet<string>;
  readonly problems: readonly DeployError[];
}

/** Looks for every namespace of the set and for that of the release. */
export async function absentNamespaces(
  api: ClusterApi,
  members: readonly Member[],
  release: Release,
): Promise<Absent> {
  const made = new Set(
    members.filter(({ ref }) => ref.kind === 'Namespace' && ref.group === '').map(({ ref }) => ref.name),
  );
  const used = new Map(
    members.flatMap(({ ref, from }) => (ref.namespace ? [[ref.namespace, from] as const] : [])),
  );
  used.set(release.namespace, `release ${release.name}`);
  const coming = new Set<string>();
  const missing = new Set<string>();
  const problems: DeployError[] = [];
  await inParallel([...used], async ([name, from]) => {
    const state = await namespaceState(api, name);
    if (state === 'there') return;
    if (state === 'missing' && made.has(name) && name !== release.namespace) {
      coming.add(name);
      return;
    }
    missing.add(name);
    problems.push(notThere(name, from, state));
  });
  return { coming, missing, problems };
}

async function namespaceState(api: ClusterApi, name: string): Promise<'there' | 'missing' | 'terminating'> {
  try {
    const found = await api.get(namespaces, { name });
    if (!found) return 'missing';
    return found.metadata.deletionTimestamp ? 'terminating' : 'there';
  } catch (error) {
    // Who may not look at namespaces hears of a missing one from the dry-runs.
    if (isForbidden(error)) return 'there';
    throw error;
  }
}

function notThere(name: string, from: string, state: 'missing' | 'terminating'): DeployError {
  if (state === 'terminating') {
    return new DeployError('NAMESPACE_TERMINATING', {
      where: `namespace ${name} (${from})`,
      found: 'a namespace that is being deleted',
      expected: 'one that stays',
      remedy: `Wait until it is gone (kubectl get namespace ${name} -o yaml says what it waits for), then make it anew.`,
    });
  }
  return new DeployError('NAMESPACE_MISSING', {
    where: `namespace ${name} (${from})`,
    found: 'no such namespace',
    expected: 'one that is there, or a Namespace in the set; that of the release must be there before',
    remedy: `Correct the name, put the Namespace into the set, or make it: kubectl create namespace ${name}`,
  });
}
