import type { ClusterApi } from '../cluster/cluster-api';
import { inParallel } from '../cluster/in-parallel';
import { byPlace, ifAllowed, listedTogether, type Seen } from '../cluster/listed';
import type { Release } from '../inventory/names';
import type { Entry } from '../inventory/release-store';
import type { Member } from '../objects/members';
import { keyOf } from '../objects/object-ref';

/**
 * The objects of a release as they are now, by their keys: one list for each kind and namespace, and a look at what is
 * alone of its kind. Only what the inventory has: anything else is new, or another's.
 */
export async function seenBefore(
  api: ClusterApi,
  release: Release,
  members: readonly Member[],
  inventory: ReadonlyMap<string, Entry>,
): Promise<Seen> {
  const known = members.filter((member) => !member.kindComes && inventory.has(keyOf(member.ref)));
  const alone = byPlace(known).flatMap(([first, ...others]) => (others.length === 0 ? first : []));
  // Without a digest the dry-run tells as much as a look.
  const looked = alone.filter(({ ref }) => inventory.get(keyOf(ref))?.digest !== undefined);
  const [listed, looks] = await Promise.all([
    listedTogether(api, release, known),
    inParallel(looked, ({ resource, ref }) => ifAllowed(api.get(resource, ref), undefined)),
  ]);
  const seen = new Map(listed);
  for (const [at, { ref }] of looked.entries()) {
    const live = looks[at];
    if (live) seen.set(keyOf(ref), live);
  }
  return seen;
}
