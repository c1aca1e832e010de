import type { DeployError } from '../../deploy';
import {
  type Connection,
  getIfThere,
  groupOf,
  isRecord,
  KubeError,
  type KubeObject,
  patch,
  resource,
  type Stored,
} from '../../kube';
import type { Application } from '../api/application';
import type { SourceTree } from '../source/source';
import type { Verdict } from './verdict';

/**
 * The annotation with the commit whose Rollouts go on: `COMMIT` past all steps, `COMMIT@2` past the pause at step 2.
 *
 * @example
 * console.log(`kubectl annotate --overwrite application shop ${PROMOTE_ANNOTATION}=3f2a1bc0`);
 */
export const PROMOTE_ANNOTATION = 'ajj.io/promote';
/**
 * The annotation with the commit whose Rollouts go back to what was before.
 *
 * @example
 * console.log(`kubectl annotate --overwrite application shop ${ABORT_ANNOTATION}=3f2a1bc0`);
 */
export const ABORT_ANNOTATION = 'ajj.io/abort';

const rollouts = resource<KubeObject & { readonly spec?: unknown; readonly status?: unknown }>(
  'argoproj.io/v1alpha1',
  'Rollout',
  { plural: 'rollouts', namespaced: true },
);
/** Its controller writes the same status all the time. */
const TRIES = 5;

/** What a person wants of a commit that is on its way. `promote` without a step: all of it. */
export type Wish = { readonly to: 'abort' } | { readonly to: 'promote'; readonly step: number | undefined };

export function wishOf(
  { metadata: { annotations = {} } }: Pick<Stored<Application>, 'metadata'>,
  { revision, id }: Pick<SourceTree, 'revision' | 'id'>,
): Wish | undefined {
  // Another commit with the same folder is the same to a Rollout.
  const isIt = (name: string | undefined) => name === revision || name === id;
  if (isIt(annotations[ABORT_ANNOTATION])) return { to: 'abort' };
  const [, commit, step] = /^([^@]+)(?:@(\d{1,4}))?$/.exec(annotations[PROMOTE_ANNOTATION] ?? '') ?? [];
  if (!isIt(commit)) return undefined;
  return { to: 'promote', step: step === undefined ? undefined : Number(step) };
}

/** The Rollouts among objects, with their namespace. */
export function rolloutsIn(
  objects: readonly unknown[],
  namespace: string,
): ReadonlyArray<{ readonly namespace: string; readonly name: string }> {
  const all = (objects as readonly KubeObject[]).filter(
    ({ apiVersion, kind }) => groupOf(apiVersion) === 'argoproj.io' && kind === 'Rollout',
  );
  return all.map(({ metadata }) => ({
    namespace: metadata?.namespace ?? namespace,
    name: metadata?.name ?? '',
  }));
}

/** Whether there is something to do to a Rollout as it is: that is known without what an apply would do. */
export async function asksFor(
  connection: Connection,
  at: { readonly namespace: string; readonly name: string },
  wish: Wish,
): Promise<boolean> {
  const live = await getIfThere(connection, rollouts, at);
  return live !== undefined && changeFor(wish, live) !== undefined;
}

/** Does to a Rollout what `kubectl argo rollouts promote` and `abort` do, unless it is done, or no longer asked for. */
export async function steer(
  connection: Connection,
  at: { readonly namespace: string; readonly name: string },
  wish: Wish,
): Promise<void> {
  for (let left = TRIES; ; left -= 1) {
    const live = await getIfThere(connection, rollouts, at);
    const status = live && changeFor(wish, live);
    if (!status) return;
    const { resourceVersion } = live.metadata;
    try {
      await patch(
        connection,
        rollouts,
        { ...at, subresource: 'status' },
        { merge: { metadata: { resourceVersion }, status } },
      );
      return;
    } catch (error) {
      // What was meant may be over: it is looked at anew.
      if (!(error instanceof KubeError && error.code === 'CONFLICT') || left <= 1) throw error;
    }
  }
}

/** What is written into its status; undefined where there is nothing to do. */
export function changeFor(
  wish: Wish,
  { metadata, status }: Stored<KubeObject> & { readonly status?: unknown },
) {
  if (!isRecord(status) || Number(status.observedGeneration ?? 0) < (metadata.generation ?? 0))
    return undefined;
  const { currentPodHash, stableRS, abort, promoteFull, pauseConditions, currentStepIndex = 0 } = status;
  // The first version has nothing to go back to, and what is whole nothing to go on to.
  if (!stableRS || currentPodHash === stableRS || abort === true || promoteFull === true) return undefined;
  if (wish.to === 'abort') return { abort: true };
  if (wish.step === undefined) return { promoteFull: true };
  const isPaused = Array.isArray(pauseConditions) && pauseConditions.length > 0;
  return isPaused && currentStepIndex === wish.step ? { pauseConditions: null } : undefined;
}

/** It is applied, and stands still until a person says more, or longer than an Application waits. */
export function pausedVerdict(
  { metadata: { name } }: Pick<Stored<Application>, 'metadata'>,
  { revision }: SourceTree,
  { problems }: DeployError,
): Verdict {
  const told = problems.map(({ where, found }) => `${where}: ${found}`).join('; ');
  const how = `kubectl annotate --overwrite application ${name}`;
  return {
    ...{ phase: 'Syncing', sync: 'OutOfSync', health: 'Progressing', outcome: 'working', reason: 'Paused' },
    message: `commit ${revision} is on its way: ${told}. To let it go on: ${how} ${PROMOTE_ANNOTATION}=${revision} (past all steps; @STEP behind it: past that one); to take it back: ${how} ${ABORT_ANNOTATION}=${revision}`,
    attempted: revision,
  };
}
