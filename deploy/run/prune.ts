import { ApiError } from '../../kube';
import type { ClusterApi, Live } from '../cluster/cluster-api';
import { inParallel } from '../cluster/in-parallel';
import { DeployError } from '../errors';
import { Observer } from '../health/observer';
import type { Patience } from '../health/wait';
import type { Release } from '../inventory/names';
import { bareRef, inWords, keyOf, type ObjectRef } from '../objects/object-ref';
import { KEEP_ANNOTATION } from '../plan/guards';
import type { Removal } from '../plan/plan';
import { isStillOurs } from '../plan/plan-removal';
import { isAboutObject } from '../plan/refusal';
import { stageCount, stageOf } from '../plan/stages';
import { type DeleteHow, deleteUnless } from './delete-object';
import type { Outcome } from './progress';

export interface PruneHow extends Patience {
  readonly foreground: boolean;
}

/** Deletes what is to go, the last stage first. What has become another's, or is to be kept by now, is left alone. */
export async function prune(
  api: ClusterApi,
  release: Release,
  removals: readonly Removal[],
  how: PruneHow,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const observer = new Observer(api, how.labelSelector);
  // Else they are told as part of the last stage of the set.
  if (removals.length > 0) how.onEvent({ type: 'stage', stage: 'deletions', objects: removals.length });
  try {
    for (let stage = stageCount - 1; stage >= 0; stage -= 1) {
      const inStage = removals.filter(({ planned }) => stageOf(planned) === stage);
      const ended = await inParallel(inStage, async (removal) => {
        const outcome = await pruneOne(api, release, removal, { ...how, observer });
        how.onEvent({ type: 'object', outcome });
        return outcome;
      });
      outcomes.push(...ended);
    }
    return outcomes;
  } finally {
    observer.close();
  }
}

async function pruneOne(
  api: ClusterApi,
  release: Release,
  { planned, resource, live }: Removal,
  how: PruneHow & Pick<DeleteHow, 'observer'>,
): Promise<Outcome> {
  const ref = bareRef(planned);
  const reasonToStay = (live: Live) => {
    if (!isStillOurs(release, live)) return 'forgotten';
    return live.metadata.annotations?.[KEEP_ANNOTATION] === 'keep' ? 'kept' : undefined;
  };
  try {
    const end = await deleteUnless(api, { ref, resource, seen: live }, reasonToStay, how);
    return end === 'gone' ? { ...ref, result: 'pruned', uid: live.metadata.uid } : { ...ref, result: end };
  } catch (error) {
    if (error instanceof DeployError && error.code === 'DELETION_HANGS')
      return { ...ref, result: 'failed', error };
    if (error instanceof ApiError && isAboutObject(error)) {
      return { ...ref, result: 'failed', error: refusedDeletion(ref, error) };
    }
    throw error;
  }
}

function refusedDeletion(ref: ObjectRef, error: ApiError): DeployError {
  return new DeployError('OBJECT_REFUSED', {
    where: `deletion of ${inWords(ref)}`,
    found: error.found,
    expected: error.expected,
    remedy: error.remedy,
  });
}

/** The keys of objects that are no longer there, or no longer ours. */
export function goneIn(outcomes: readonly Outcome[]): ReadonlySet<string> {
  return new Set(outcomes.filter(({ result }) => result === 'pruned' || result === 'forgotten').map(keyOf));
}
