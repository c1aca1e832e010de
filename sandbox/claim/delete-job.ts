import type { Job } from '../../imports/k8s';
import { type Connection, KubeError, remove, type Stored } from '../../kube';
import { apiError } from '../causes/api-cause';
import { jobs } from '../causes/fate';

/** Deletes this very Job; its pod follows. One that is gone, or another of its name, is as good. */
export async function deleteJob(connection: Connection, job: Stored<Job>): Promise<void> {
  const { name, namespace, uid } = job.metadata;
  try {
    await remove(connection, jobs, { namespace, name }, { uid });
  } catch (error) {
    if (error instanceof KubeError && (error.code === 'NOT_FOUND' || error.code === 'CONFLICT')) return;
    throw apiError(error, `close of ${name}`, name);
  }
}
