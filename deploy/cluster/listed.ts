import { ApiError, type Resource } from '../../kube';
import { PART_OF, type Release } from '../inventory/names';
import { keyOf, type ObjectRef } from '../objects/object-ref';
import type { ClusterApi, Live } from './cluster-api';
import { inParallel } from './in-parallel';

/** An object of a release, and how its kind is addressed. */
export interface Placed {
  readonly ref: ObjectRef;
  readonly resource: Resource;
}

/** Live objects by their keys. */
export type Seen = ReadonlyMap<string, Live>;

/** Those of one kind in one namespace, together. */
export function byPlace<One extends Placed>(all: readonly One[]): ReadonlyArray<readonly [One, ...One[]]> {
  const places = new Map<string, [One, ...One[]]>();
  for (const one of all) {
    const { group, kind, namespace } = one.ref;
    const place = keyOf({ group, kind, name: '', ...(namespace === undefined ? {} : { namespace }) });
    const known = places.get(place);
    if (known) known.push(one);
    else places.set(place, [one]);
  }
  return [...places.values()];
}

/** All of a release that is of one kind and in one namespace, by one list. The right to list is not one that a run needs: without it, nothing was seen. */
export async function listedLike(
  api: ClusterApi,
  release: Release,
  { resource, ref: { group, kind, namespace } }: Placed,
): Promise<Seen> {
  const all = await ifAllowed(api.list(resource, namespace, `${PART_OF}=${release.id}`), []);
  return new Map(
    all.map((live) => {
      const { name } = live.metadata;
      return [keyOf({ group, kind, name, ...(namespace === undefined ? {} : { namespace }) }), live] as const;
    }),
  );
}

/** What is not alone of its kind in its namespace: for one object a look costs less than a list. */
export async function listedTogether(
  api: ClusterApi,
  release: Release,
  all: readonly Placed[],
): Promise<Seen> {
  const crowded = byPlace(all).filter((inPlace) => inPlace.length > 1);
  const found = await inParallel(crowded, ([first]) => listedLike(api, release, first));
  return new Map(found.flatMap((seen) => [...seen]));
}

/** A kind that is gone, as its CRD is, has no objects. */
export async function ifAllowed<Answer>(answer: Promise<Answer>, otherwise: Answer): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && ['FORBIDDEN', 'NOT_FOUND'].includes(error.code)) return otherwise;
    throw error;
  }
}
