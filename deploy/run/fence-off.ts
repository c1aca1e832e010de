import { isDeepStrictEqual } from 'node:util';
import { ApiError, groupOf, type KubeObject, metadataOnly } from '../../kube';
import type { ClusterApi, Live } from '../cluster/cluster-api';
import { inParallel } from '../cluster/in-parallel';
import { Kinds } from '../cluster/kinds';
import type { Release } from '../inventory/names';
import type { Entry, ReleaseStore, Remembered } from '../inventory/release-store';
import { keyOf } from '../objects/object-ref';
import { isStillOurs } from '../plan/plan-removal';

/** Who writes to an object without end does not hold up a run for ever. */
const TRIES = 10;
/** The annotation that comes and goes; a run that is killed in between leaves it, and it means nothing then. */
export const FENCE = 'drydock.dev/taken-over';

/**
 * Gives objects a new version, so that whatever a run that is paused has still to say to one of them fails: its writes
 * and deletions name the version that it has seen. Only objects that the two runs do not want to be the same.
 *
 * @param wanted the set of this run
 */
export async function fenceOff(
  api: ClusterApi,
  release: Release,
  store: ReleaseStore,
  { inventory, revisions }: Remembered,
  wanted: readonly KubeObject[],
): Promise<void> {
  const last = revisions.at(-1);
  // A run that deletes a release leaves no sign of what it was about.
  const theirs = last?.state === 'applying' ? ((await store.objectsOf(last)) as readonly KubeObject[]) : [];
  const wishes = new Map(theirs.map((object) => [keyOfObject(object), object]));
  const harmless = new Set(
    wanted
      .map((object) => [keyOfObject(object), object] as const)
      .filter(([key, object]) => isDeepStrictEqual(wishes.get(key), object))
      .map(([key]) => key),
  );
  const kinds = new Kinds(api);
  await inParallel(
    inventory.filter((entry) => !harmless.has(keyOf(entry))),
    (entry) => touch(api, release, kinds, entry),
  );
}

/**
 * Each write names the version that was looked at: a run that is paused here must not write to what somebody else has taken
 * by the time it wakes up.
 */
async function touch(api: ClusterApi, release: Release, kinds: Kinds, entry: Entry): Promise<void> {
  const resource = await kinds.ofEntry(entry);
  if (typeof resource === 'string') return;
  for (let left = TRIES; ; left -= 1) {
    const live = await api.get(metadataOnly(resource), entry);
    if (!live || !isStillOurs(release, live)) return;
    try {
      const marked = await api.change(resource, entry, fence('yes', live));
      await api.change(resource, entry, fence(null, marked));
      return;
    } catch (error) {
      const code = error instanceof ApiError ? error.code : undefined;
      // What is gone by now needs no fence, and what others have changed meanwhile is looked at anew.
      if (code === 'NOT_FOUND') return;
      if (code !== 'CONFLICT' || left === 1) throw error;
    }
  }
}

function fence(value: 'yes' | null, { metadata: { resourceVersion } }: Live): object {
  return { metadata: { resourceVersion, annotations: { [FENCE]: value } } };
}

function keyOfObject({ apiVersion, kind, metadata }: KubeObject): string {
  const { name = '', namespace } = metadata ?? {};
  return keyOf({ group: groupOf(apiVersion), kind, name, ...(namespace === undefined ? {} : { namespace }) });
}
