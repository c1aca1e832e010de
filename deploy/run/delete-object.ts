import { ApiError, pause, type Resource } from '../../kube';
import type { ClusterApi, Live } from '../cluster/cluster-api';
import { DeployError } from '../errors';
import type { Patience } from '../health/wait';
import { inWords, type ObjectRef } from '../objects/object-ref';

const FIRST_MS = 50;
const LONGEST_MS = 1_000;

/** Deletes this very object, and waits until it is gone; another one of the same name is as good as gone. */
export async function deleteAndWait(
  api: ClusterApi,
  { ref, resource }: { readonly ref: ObjectRef; readonly resource: Resource },
  live: Live,
  { timeoutMs, signal }: Pick<Patience, 'timeoutMs' | 'signal'>,
  foreground = false,
): Promise<void> {
  const { uid } = live.metadata;
  await api.remove(resource, ref, { uid, resourceVersion: live.metadata.resourceVersion, foreground });
  const until = performance.now() + timeoutMs;
  for (let everyMs = FIRST_MS; ; everyMs = Math.min(LONGEST_MS, everyMs * 2)) {
    const now = await api.get(resource, ref);
    if (!now || now.metadata.uid !== uid) return;
    if (performance.now() >= until || signal?.aborted) throw hangs(ref, now, timeoutMs);
    await pause(everyMs, signal);
  }
}

/** Whether a deletion was refused because the object has changed since it was read: then it is looked at again. */
export function hasChanged(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'CONFLICT';
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
