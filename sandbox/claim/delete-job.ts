import type { Job } from '../../imports/k8s';
import {
  type Connection,
  getIfThere,
  KubeError,
  type KubeObject,
  type Resource,
  remove,
  type Stored,
} from '../../kube';
import { apiError } from '../causes/api-cause';
import { jobs } from '../causes/fate';
import type { Place } from './place';

/** Which Job, and how long it may take. */
export interface ThisJob {
  readonly namespace?: string;
  readonly name: string;
  readonly uid: string;
  /** @default the connection's deadline */
  readonly deadlineMs?: number;
}

/** Deletes this very Job; its pod follows. One that is gone, or another of its name, is as good. */
export async function deleteJob(
  { connection, backend }: Pick<Place, 'connection' | 'backend'>,
  { metadata }: Stored<Job>,
): Promise<void> {
  const { name } = metadata;
  try {
    await removeJob(connection, metadata, backend.holders);
  } catch (error) {
    throw apiError(error, `close of ${name}`, name);
  }
}

/** The same, with the errors of `kube/`. */
export async function removeJob(
  connection: Connection,
  job: ThisJob,
  holders: Resource<KubeObject> = jobs,
): Promise<void> {
  const { namespace, name, uid, deadlineMs } = job;
  try {
    await remove(connection, holders, { namespace, name }, { uid, deadlineMs });
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    if (error.code === 'NOT_FOUND') return;
    // A webhook may answer so, too: what it says of the Job has to be looked up.
    if (error.code === 'CONFLICT' && !(await isThere(connection, job, holders))) return;
    throw error;
  }
}

async function isThere(
  connection: Connection,
  { namespace, name, uid, deadlineMs }: ThisJob,
  holders: Resource<KubeObject>,
): Promise<boolean> {
  const job = await getIfThere(connection, holders, { namespace, name }, { deadlineMs });
  return job?.metadata.uid === uid && job.metadata.deletionTimestamp === undefined;
}
