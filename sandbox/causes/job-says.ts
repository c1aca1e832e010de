import type { Job } from '../../imports/k8s';
import { type Connection, type Stored, watch } from '../../kube';
import { type Cause, said } from './cause';
import { jobs } from './fate';
import { failureOf, isComplete } from './job-end';
import { deadline, podLost } from './pod-cause';
import { isHeldBack, putOutByQueue } from './queued';

/**
 * What the Job says of its end; `undefined` for one that tells nothing but that its pod failed. The controller deletes
 * the pod first and writes down why afterwards, so that is waited for. `putOut` is told of a Job that its queue has
 * suspended, which nothing ends.
 */
export async function whatJobSays(
  connection: Connection,
  namespace: string,
  id: string,
  withinMs: number,
  putOut: (job: Stored<Job>) => void,
): Promise<Cause | undefined> {
  const signal = AbortSignal.timeout(withinMs);
  const watching = watch(connection, jobs, { namespace, name: id, signal });
  let isThere = false;
  try {
    for (;;) {
      const { value, done } = await watching.next();
      if (done) return undefined;
      if (value.type === 'deleted' || (value.type === 'synced' && !isThere)) {
        return podLost('a Job that was deleted');
      }
      if (value.type === 'synced') continue;
      isThere = true;
      const word = lastWord(value.object);
      if (isHeldBack(value.object)) putOut(value.object);
      if (word) return word.cause;
    }
  } catch {
    // The pod is known to be over; not being able to ask why must not hide that.
    return undefined;
  } finally {
    watching.close();
  }
}

/** What it says last; `undefined` while more may come. */
function lastWord(job: Stored<Job>): { readonly cause: Cause | undefined } | undefined {
  if (job.metadata.deletionTimestamp) return { cause: podLost('a Job that is being deleted') };
  // It had a pod, so it had started.
  if (isHeldBack(job)) return { cause: putOutByQueue(job) };
  const failed = failureOf(job);
  if (failed)
    return { cause: failed.reason === 'DeadlineExceeded' ? deadline(said(failed.message)) : undefined };
  return isComplete(job) ? { cause: undefined } : undefined;
}
