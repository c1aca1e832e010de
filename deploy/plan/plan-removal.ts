import type { ClusterApi, Live } from '../cluster/cluster-api';
import type { Kinds } from '../cluster/kinds';
import { PART_OF, type Release } from '../inventory/names';
import type { Entry } from '../inventory/release-store';
import { bareRef, kindAndName } from '../objects/object-ref';
import { KEEP_ANNOTATION, mayPrune } from './guards';
import { isManagedByUs } from './owners';
import type { PlannedObject, Removal } from './plan';

export type PlannedRemoval = Removal | { readonly planned: PlannedObject };

export interface RemovalAllowed {
  /** What is deleted by name only, as KIND/NAME. */
  readonly allowPruneOf: readonly string[];
  /** What an annotation keeps is let go of, since all of the release goes. @default false: it stays in the inventory */
  readonly letGo?: boolean;
}

/** What becomes of an object of the inventory that the set no longer has. */
export async function planRemoval(
  api: ClusterApi,
  kinds: Kinds,
  release: Release,
  entry: Entry,
  { allowPruneOf, letGo = false }: RemovalAllowed,
): Promise<PlannedRemoval> {
  const found = await kinds.ofEntry(entry);
  const plan = (action: PlannedObject['action'], note: string): { readonly planned: PlannedObject } => ({
    planned: { ...bareRef(entry), action, changes: [], taken: [], note },
  });
  if (found === 'gone') return plan('forget', 'its kind is gone, and so is the object');
  if (found === 'unknown') return plan('keep', `the server no longer says what ${entry.apiVersion} is`);
  const live = await api.get(found, entry);
  if (!live) return plan('forget', 'it is gone already');
  if (!isStillOurs(release, live))
    return plan('forget', 'it is no longer ours: it has lost our label or our fields');
  if (live.metadata.annotations?.[KEEP_ANNOTATION] === 'keep') {
    return plan(letGo ? 'forget' : 'keep', `${KEEP_ANNOTATION}: keep`);
  }
  if (!mayPrune(entry, allowPruneOf)) {
    return plan('keep', `a ${entry.kind} is pruned by name only: --allow-prune-of ${kindAndName(entry)}`);
  }
  const planned: PlannedObject = { ...bareRef(entry), action: 'prune', changes: [], taken: [] };
  return { planned, live, resource: found };
}

/** Both must hold at the moment of the deletion: the label says whose it is, the manager that it was us. */
export function isStillOurs(release: Release, live: Live): boolean {
  return live.metadata.labels?.[PART_OF] === release.id && isManagedByUs(live);
}

export function isRemoval(one: PlannedRemoval): one is Removal {
  return 'live' in one;
}
