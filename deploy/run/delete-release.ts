import { DeployError } from '../errors';
import type { Release } from '../inventory/names';
import { ReleaseStore } from '../inventory/release-store';
import { bareRef, keyOf } from '../objects/object-ref';
import { planRemovals } from '../plan/make-plan';
import { isRemoval } from '../plan/plan-removal';
import { type Engine, patienceOf, underLock } from './engine';
import { isFailure, type Outcome } from './progress';
import { goneIn, prune } from './prune';
import { incomplete, type Report } from './report';

export interface DeleteHow {
  readonly allowPruneOf: readonly string[];
  readonly foreground: boolean;
}

/**
 * Deletes all of a release by its inventory; the set that it came from is not needed. What is precious stays, and the
 * release with it, until it is named.
 */
export async function deleteRelease(engine: Engine, how: DeleteHow): Promise<Report> {
  // Asked before the lock too, which would be made in the namespace of a release that is not there.
  const known = new ReleaseStore(engine.api, engine.release);
  await known.read();
  if (known.version === undefined) throw unknownRelease(engine.release);
  return underLock(engine, async (api) => {
    const { release } = engine;
    const store = new ReleaseStore(api, release);
    const { inventory, revisions } = await store.read();
    if (store.version === undefined) throw unknownRelease(release);
    const { allowPruneOf } = how;
    const planned = await planRemovals(api, release, inventory, { prune: true, allowPruneOf, letGo: true });
    const stays: Outcome[] = planned
      .filter((one) => !isRemoval(one))
      .map(({ planned: { action, ...ref } }) => ({
        ...bareRef(ref),
        result: action === 'keep' ? 'kept' : 'forgotten',
      }));
    const pruned = await prune(api, release, planned.filter(isRemoval), { ...patienceOf(engine), ...how });
    const outcomes = [...pruned, ...stays];
    const gone = goneIn(outcomes);
    const left = inventory.filter((entry) => !gone.has(keyOf(entry)));
    if (left.length === 0) await store.forget();
    else await store.write({ inventory: left, revisions });
    if (outcomes.some(isFailure)) throw incomplete(release, outcomes);
    const { name, namespace } = release;
    const revision = left.length === 0 ? undefined : revisions.at(-1)?.revision;
    return { release: name, namespace, revision, changed: true, outcomes };
  });
}

export function unknownRelease({ name, namespace, parent }: Release): DeployError {
  return new DeployError('RELEASE_UNKNOWN', {
    where: `release ${name} in namespace ${namespace}`,
    found: `no Secret ${parent} there`,
    expected: 'a release that drydock apply has made',
    remedy: 'Correct its name, its namespace or the context of the kubeconfig.',
  });
}
