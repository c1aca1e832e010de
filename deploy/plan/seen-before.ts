import { ApiError } from '../../kube';
import type { ClusterApi, Live } from '../cluster/cluster-api';
import { inParallel } from '../cluster/in-parallel';
import { PART_OF, type Release } from '../inventory/names';
import type { Entry } from '../inventory/release-store';
import type { Member } from '../objects/members';
import { keyOf } from '../objects/object-ref';

type Seen = ReadonlyArray<readonly [string, Live]>;

/**
 * The objects of a release as they are now, by their keys: one list for each kind and namespace, and a look at what is
 * alone of its kind. Only what the inventory has: anything else is new, or another's.
 */
export async function seenBefore(
  api: ClusterApi,
  release: Release,
  members: readonly Member[],
  inventory: ReadonlyMap<string, Entry>,
): Promise<ReadonlyMap<string, Live>> {
  const places = new Map<string, Member[]>();
  for (const member of members) {
    if (member.kindComes || !inventory.has(keyOf(member.ref))) continue;
    const { group, kind, namespace } = member.ref;
    const place = keyOf({ group, kind, name: '', ...(namespace === undefined ? {} : { namespace }) });
    places.set(place, [...(places.get(place) ?? []), member]);
  }
  const found = await inParallel([...places.values()], (inPlace) => {
    const [first] = inPlace as [Member, ...Member[]];
    if (inPlace.length > 1) return ifAllowed(listed(api, release, first));
    // Without a digest the dry-run tells as much as a look.
    const hasDigest = inventory.get(keyOf(first.ref))?.digest !== undefined;
    return hasDigest ? ifAllowed(lookedAt(api, first)) : Promise.resolve([]);
  });
  return new Map(found.flat());
}

async function lookedAt(api: ClusterApi, { resource, ref }: Member): Promise<Seen> {
  const live = await api.get(resource, ref);
  return live ? [[keyOf(ref), live]] : [];
}

async function listed(
  api: ClusterApi,
  release: Release,
  { resource, ref: { group, kind, namespace } }: Member,
): Promise<Seen> {
  const all = await api.list(resource, namespace, `${PART_OF}=${release.id}`);
  return all.map((live) => {
    const { name } = live.metadata;
    return [keyOf({ group, kind, name, ...(namespace === undefined ? {} : { namespace }) }), live] as const;
  });
}

/** The right to list is not one that a run needs, and that to look is asked for later: without it, nothing was seen. */
async function ifAllowed(seen: Promise<Seen>): Promise<Seen> {
  try {
    return await seen;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'FORBIDDEN') return [];
    throw error;
  }
}
