import { type Connection, watch } from '../../kube';
import { type Cause, said } from './cause';
import { jobs } from './fate';
import { failureOf, isComplete } from './job-end';
import { deadline, podLost } from './pod-cause';

/**
 * What the Job says of its end; `undefined` for one that tells nothing but that its pod failed. The controller deletes
 * the pod first and writes down why afterwards, so that is waited for.
 */
export async function whatJobSays(
  connection: Connection,
  namespace: string,
  id: string,
  withinMs: number,
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
      if (value.object.metadata.deletionTimestamp) return podLost('a Job that is being deleted');
      const failed = failureOf(value.object);
      if (failed) return failed.reason === 'DeadlineExceeded' ? deadline(said(failed.message)) : undefined;
      // It was done, and nothing else will be said.
      if (isComplete(value.object)) return undefined;
    }
  } catch {
    // The pod is known to be over; not being able to ask why must not hide that.
    return undefined;
  } finally {
    watching.close();
  }
}
