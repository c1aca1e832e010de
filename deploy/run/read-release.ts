import { findEntries, placed } from '../cluster/found-entries';
import { inParallel } from '../cluster/in-parallel';
import { listedTogether } from '../cluster/listed';
import { DeployError } from '../errors';
import { causeOf } from '../health/cause';
import { type Health, healthOf } from '../health/rules';
import { type Entry, ReleaseStore, type Revision } from '../inventory/release-store';
import type { Given } from '../objects/collect';
import { bareRef, keyOf, type ObjectRef } from '../objects/object-ref';
import { isStillOurs } from '../plan/plan-removal';
import { unknownRelease } from './delete-release';
import type { Engine } from './engine';

/** One object of a release as it is now. `missing`: it is gone; `foreign`: it is no longer ours. */
export interface ObjectStatus extends ObjectRef {
  readonly state: Health['state'] | 'missing' | 'foreign';
  /** What it waits for, or why it has failed; empty for a healthy one. */
  readonly why: string;
}

/** A release as it is now. */
export interface ReleaseStatus {
  readonly release: string;
  readonly namespace: string;
  /** The newest last. */
  readonly revisions: readonly Revision[];
  readonly objects: readonly ObjectStatus[];
}

export async function readStatus({ api, release }: Engine): Promise<ReleaseStatus> {
  const store = new ReleaseStore(api, release);
  const { inventory, revisions } = await store.read();
  if (store.version === undefined) throw unknownRelease(release);
  const entries = await findEntries(api, inventory);
  const listed = await listedTogether(api, release, placed(entries));
  const objects = await inParallel(entries, async ({ entry, found }): Promise<ObjectStatus> => {
    const isKnown = typeof found !== 'string';
    // One that is in no list has lost our label, or is gone: a look tells which.
    const live = listed.get(keyOf(entry)) ?? (isKnown ? await api.get(found, entry) : undefined);
    const status = (state: ObjectStatus['state'], why: string) => ({ ...bareRef(entry), state, why });
    if (!live) return status('missing', whyMissing(entry, found));
    if (!isStillOurs(release, live)) return status('foreign', 'it has lost our label or our fields');
    const { state, why } = healthOf(live);
    const cause = state === 'healthy' ? undefined : await causeOf(api, live);
    return status(state, [why, cause].filter(Boolean).join('; '));
  });
  return { release: release.name, namespace: release.namespace, revisions, objects };
}

function whyMissing({ apiVersion }: Entry, found: unknown): string {
  return typeof found === 'string'
    ? `the server no longer has ${apiVersion}`
    : 'it was deleted by somebody else';
}

export async function readHistory({ api, release }: Engine): Promise<readonly Revision[]> {
  const store = new ReleaseStore(api, release);
  const { revisions } = await store.read();
  if (store.version === undefined) throw unknownRelease(release);
  return revisions;
}

/**
 * The objects of an earlier revision.
 *
 * @param revision undefined for the last good one before the newest
 */
export async function objectsOfRevision({ api, release }: Engine, revision?: number): Promise<Given[]> {
  const store = new ReleaseStore(api, release);
  const { revisions } = await store.read();
  if (store.version === undefined) throw unknownRelease(release);
  const found =
    revision === undefined
      ? revisions.slice(0, -1).findLast(({ state }) => state === 'good')
      : revisions.find((one) => one.revision === revision);
  if (!found) {
    const known = revisions.map((one) => `${one.revision} (${one.state})`).join(', ');
    throw new DeployError('REVISION_UNKNOWN', {
      where: `release ${release.name} in namespace ${release.namespace}`,
      found:
        revision === undefined ? `no good revision before the newest: ${known}` : `no revision ${revision}`,
      expected: `one of ${known}`,
      remedy: `Name one that is kept; drydock history ${release.name} lists them.`,
    });
  }
  const objects = (await store.objectsOf(found)) as readonly Given['object'][];
  return objects.map((object, at) => ({
    object,
    from: `revision ${found.revision}, object ${at + 1} of ${objects.length}`,
  }));
}
