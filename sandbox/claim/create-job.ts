import type { Job } from '../../imports/k8s';
import { type Connection, create, get, KubeError, remove, type Stored } from '../../kube';
import { apiError } from '../causes/api-cause';
import { jobs } from '../causes/fate';

/** How long the answer to a create is looked for that got lost. */
const askAfterMs = 15_000;

/**
 * Creates a Job as it is. When the answer is lost, the name is asked after, which nobody else can have where
 * `isNameOurs`; a Job that was made for a caller who has gone meanwhile is deleted again.
 */
export async function createJob(
  connection: Connection,
  job: Job,
  { signal, isNameOurs }: { readonly signal?: AbortSignal; readonly isNameOurs: boolean },
): Promise<Stored<Job>> {
  const { name = '', namespace } = job.metadata ?? {};
  const where = `claim of ${name}`;
  try {
    return await create(connection, jobs, job, { signal });
  } catch (error) {
    const isInDoubt = error instanceof KubeError && error.effect === 'unknown';
    const made = isInDoubt && isNameOurs ? await lookFor(connection, namespace, name) : undefined;
    if (made && !signal?.aborted) return made;
    if (made) await deleteJob(connection, made);
    throw apiError(error, where, name);
  }
}

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

async function lookFor(
  connection: Connection,
  namespace: string | undefined,
  name: string,
): Promise<Stored<Job> | undefined> {
  try {
    return await get(connection, jobs, { namespace, name }, { deadlineMs: askAfterMs });
  } catch {
    return undefined;
  }
}
