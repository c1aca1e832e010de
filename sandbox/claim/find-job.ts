import type { Job } from '../../imports/k8s';
import { getIfThere, list, type Stored } from '../../kube';
import { checkGiven } from '../arguments';
import { apiError } from '../causes/api-cause';
import { errorOf } from '../causes/cause';
import { jobs } from '../causes/fate';
import { isFinished } from '../causes/job-end';
import { wasPutOut } from '../causes/queued';
import type { SandboxError } from '../errors';
import type { Place } from './place';
import { JOB_LABEL, pods } from './pod-feed';
import type { PodWatch } from './pod-watch';

/** The Job of a sandbox, or an error that names it. */
export async function findJob(place: Place, id: string): Promise<Stored<Job>> {
  const job = await lookForJob(place, id);
  if (!job) throw notThere(id, place.namespace);
  return job;
}

/** Whether only the record of a Job is left: it has finished, or was put out by its queue, and its pod is gone. */
export async function isOnlyRecord(
  { connection, namespace }: Place,
  job: Stored<Job>,
  watch: PodWatch,
): Promise<boolean> {
  if (!isFinished(job) && !wasPutOut(job)) return false;
  watch.of(job.metadata.uid);
  await watch.synced();
  if (!watch.isWithoutPod || watch.isGone) return watch.isWithoutPod;
  // The Job was read just now, and what the watch tells may be older.
  const labelSelector = `${JOB_LABEL}=${job.metadata.name}`;
  for (const pod of (await list(connection, pods, { namespace, labelSelector })).items) watch.saw(pod);
  return watch.isWithoutPod;
}

/** The same, `undefined` where there is none. */
export async function lookForJob(
  { connection, namespace }: Place,
  id: string,
): Promise<Stored<Job> | undefined> {
  checkGiven({ where: `a sandbox of namespace ${namespace}` }, 'id', id, 'name');
  try {
    return await getIfThere(connection, jobs, { namespace, name: id });
  } catch (error) {
    throw apiError(error, `sandbox ${id}`, id);
  }
}

function notThere(id: string, namespace: string): SandboxError {
  const cause = {
    code: 'PodLost',
    found: `no sandbox of that name in namespace ${namespace}`,
    expected: 'the name of one that is there',
    remedy: 'Look at the list of what is there; one that has ended is deleted after its time to live.',
    retryable: false,
  } as const;
  return errorOf(cause, `sandbox ${id}`, id);
}
