import { metadataOnly } from '../../kube';
import type { ClusterApi, Live } from '../cluster/cluster-api';
import type { FoundEntry } from '../cluster/found-entries';
import { PART_OF, type Release } from '../inventory/names';
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

/**
 * What becomes of an object of the inventory that the set no longer has. Its metadata says all of that.
 *
 * @param seen the object as a list had it just now; one that was in none is looked at, since it may have lost our label
 */
export async function planRemoval(
  api: ClusterApi,
  release: Release,
  { entry, found }: FoundEntry,
  seen: Live | undefined,
  { allowPruneOf, letGo = false }: RemovalAllowed,
): Promise<PlannedRemoval> {
  const plan = (action: PlannedObject['action'], note: string): { readonly planned: PlannedObject } => ({
    planned: { ...bareRef(entry), action, changes: [], taken: [], note },
  });
  if (found === 'gone') return plan('forget', 'its kind is gone, and so is the object');
  if (found === 'unknown') return plan('keep', `the server no longer says what ${entry.apiVersion} is`);
  const resource = metadataOnly(found);
  const live = seen ?? (await api.get(resource, entry));
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
  return { planned, live, resource };
}

/** Both must hold at the moment of the deletion: the label says whose it is, the manager that it was us. */
export function isStillOurs(release: Release, live: Live): boolean {
  return live.metadata.labels?.[PART_OF] === release.id && isManagedByUs(live);
}

export function isRemoval(one: PlannedRemoval): one is Removal {
  return 'live' in one;
}
