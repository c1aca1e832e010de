import type { Job } from '../../imports/k8s';
import { type Connection, get, patch, type Stored } from '../../kube';
import { apiError } from '../causes/api-cause';
import { type Cause, errorOf } from '../causes/cause';
import { jobs } from '../causes/fate';
import { isFinished } from '../causes/job-end';
import { podLost } from '../causes/pod-cause';

const alreadyEnded: Cause = {
  code: 'Ended',
  found: 'a Job that has finished',
  expected: 'one that still runs',
  remedy: 'Claim another sandbox: a finished Job does not run on.',
  retryable: false,
};

/** Sets the deadline of this very Job to `ttl` seconds from now. */
export async function extendJob(connection: Connection, job: Stored<Job>, ttl: number): Promise<void> {
  const { namespace, name, uid } = job.metadata;
  const where = `extend of ${name}`;
  try {
    const now = await get(connection, jobs, { namespace, name });
    if (now.metadata.uid !== uid) throw errorOf(podLost('another Job of this name'), where, name);
    if (isFinished(now)) throw errorOf(alreadyEnded, where, name);
    // The deadline counts from the start, by the server's clock.
    const startedAt = Date.parse(now.status?.startTime ?? now.metadata.creationTimestamp ?? '');
    const activeDeadlineSeconds = Math.ceil((connection.clock.now() - startedAt) / 1000) + ttl;
    const change = { metadata: { uid }, spec: { activeDeadlineSeconds } };
    await patch(connection, jobs, { namespace, name }, { merge: change });
  } catch (error) {
    throw apiError(error, where, name);
  }
}
