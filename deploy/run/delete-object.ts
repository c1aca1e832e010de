import { ApiError, pause, type Resource } from '../../kube';
import type { ClusterApi, Live } from '../cluster/cluster-api';
import { DeployError } from '../errors';
import { Observer } from '../health/observer';
import type { Patience } from '../health/wait';
import { inWords, type ObjectRef } from '../objects/object-ref';

const FIRST_MS = 50;
const LONGEST_MS = 1_000;

/** A busy object changes between our look at it and its deletion; after so many looks it is left for the next run. */
const LOOKS = 20;

export interface DeleteHow extends Pick<Patience, 'timeoutMs' | 'signal'> {
  /** Deletes what the object owns before the object. */
  readonly foreground: boolean;
  /** What looks whether it is gone. @default - a look a second */
  readonly observer?: Observer;
}

interface Target {
  readonly ref: ObjectRef;
  readonly resource: Resource;
  /** What an earlier look has seen. It counts as the first one: the deletion names its version, so that it fails for any other. */
  readonly seen?: Live;
}

/**
 * Deletes an object as it was looked at, and waits until it is gone; another one of the same name is as good as gone.
 *
 * @param reasonToStay asked at every look; with a reason nothing is deleted, and it is the answer
 */
export async function deleteUnless<Reason extends string>(
  api: ClusterApi,
  target: Target,
  reasonToStay: (live: Live) => Reason | undefined,
  how: DeleteHow,
): Promise<Reason | 'gone'> {
  for (let look = 1; ; look += 1) {
    const live = (look === 1 && target.seen) || (await api.get(target.resource, target.ref));
    if (!live) return 'gone';
    const reason = reasonToStay(live);
    if (reason !== undefined) return reason;
    try {
      await deleteAndWait(api, target, live, how);
      return 'gone';
    } catch (error) {
      const hasChanged = error instanceof ApiError && error.code === 'CONFLICT';
      if (!hasChanged || look === LOOKS) throw error;
    }
  }
}

async function deleteAndWait(
  api: ClusterApi,
  { ref, resource }: Target,
  { metadata: { uid, resourceVersion } }: Live,
  { timeoutMs, signal, foreground, observer = new Observer(api, undefined) }: DeleteHow,
): Promise<void> {
  const answer = await api.remove(resource, ref, { uid, resourceVersion, foreground });
  if (answer === 'gone') return;
  const until = performance.now() + timeoutMs;
  for (let everyMs = FIRST_MS; ; everyMs = Math.min(LONGEST_MS, everyMs * 2)) {
    const isOver = performance.now() >= until || signal?.aborted === true;
    const now = await (isOver ? api.get(resource, ref) : observer.look({ resource, ref }));
    if (!now || now.metadata.uid !== uid) return;
    if (isOver) throw hangs(ref, now, timeoutMs);
    // Most are gone by now; a watch is for what takes its time, and one of it for all of a kind.
    observer.follow([{ resource, ref }]);
    await pause(everyMs, signal);
  }
}

function hangs(ref: ObjectRef, { metadata }: Live, afterMs: number): DeployError {
  const finalizers = metadata.finalizers ?? [];
  return new DeployError('DELETION_HANGS', {
    where: inWords(ref),
    found: `an object that is still there ${Math.round(afterMs / 1000)} s after its deletion${
      finalizers.length === 0 ? '' : `, with finalizers ${finalizers.join(', ')}`
    }`,
    expected: 'an object that goes',
    remedy:
      finalizers.length === 0
        ? 'Wait until its pods have ended, or give it longer with --timeout; the next run goes on.'
        : 'Look at the controllers that have to remove the finalizers; the next run goes on.',
  });
}
