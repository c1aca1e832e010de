import { ApiError } from '../../kube';
import type { ClusterApi, Live } from '../cluster/cluster-api';
import { inParallel } from '../cluster/in-parallel';
import { PART_OF, type Release } from '../inventory/names';
import type { Member } from '../objects/members';
import { keyOf } from '../objects/object-ref';

/** From so many objects of a kind on, one list is less work than a look at each. */
const WORTH_A_LIST = 2;

/** The objects of a release as they were a moment ago, by their keys: one list for each kind and namespace. */
export async function seenBefore(
  api: ClusterApi,
  release: Release,
  members: readonly Member[],
): Promise<ReadonlyMap<string, Live>> {
  const places = new Map<string, Member[]>();
  for (const member of members) {
    const { group, kind, namespace } = member.ref;
    const place = keyOf({ group, kind, name: '', ...(namespace === undefined ? {} : { namespace }) });
    places.set(place, [...(places.get(place) ?? []), member]);
  }
  const worth = [...places.values()].filter(({ length }) => length >= WORTH_A_LIST);
  const lists = await inParallel(worth, ([first]) => listed(api, release, first as Member));
  return new Map(lists.flat());
}

async function listed(
  api: ClusterApi,
  release: Release,
  { resource, ref: { group, kind, namespace } }: Member,
): Promise<ReadonlyArray<readonly [string, Live]>> {
  try {
    const all = await api.list(resource, namespace, `${PART_OF}=${release.id}`);
    return all.map((live) => {
      const { name } = live.metadata;
      return [keyOf({ group, kind, name, ...(namespace === undefined ? {} : { namespace }) }), live] as const;
    });
  } catch (error) {
    // The right to list is not one that a run needs: without it each object is looked at.
    if (error instanceof ApiError && error.code === 'FORBIDDEN') return [];
    throw error;
  }
}
