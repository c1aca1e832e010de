import type { Job } from '../../imports/k8s';
import { type Connection, create, get, KubeError, type Stored } from '../../kube';
import { abortError, apiError } from '../causes/api-cause';
import { jobs } from '../causes/fate';
import { randomName } from '../template/random-name';
import { deleteJob } from './delete-job';
import type { Identity } from './deletions';
import type { Place } from './place';

/** How long the answer to a create is looked for that got lost, at most. */
const askAfterMs = 15_000;

/**
 * Creates a Job as it is. The manager of its fields is a name of this creation alone, so a Job that is found later is
 * known for ours, also under a name that others may use. When the answer is lost the name is asked after; what may come
 * of it for a caller who has gone meanwhile is swept up.
 */
export async function createJob(
  { connection, leftovers }: Pick<Place, 'connection' | 'leftovers'>,
  job: Job,
  signal: AbortSignal | undefined,
): Promise<Stored<Job>> {
  const { name = '', namespace } = job.metadata ?? {};
  const fieldManager = randomName('drydock');
  const isIt = ({ managedFields }: Identity) =>
    managedFields?.some(({ manager }) => manager === fieldManager) ?? false;
  try {
    return await create(connection, jobs, job, { signal, fieldManager });
  } catch (error) {
    if (error instanceof KubeError && error.effect === 'unknown') {
      const found = signal?.aborted ? undefined : await lookFor(connection, namespace, name, signal);
      if (found && isIt(found.metadata) && !signal?.aborted) return found;
      leftovers.sweep({ name, isIt, mayCome: true });
    }
    // Also when it was heard only while the lost answer was looked for.
    if (signal?.aborted) throw abortError(signal, `claim of ${name}`, name);
    throw apiError(error, `claim of ${name}`, name);
  }
}

/** Deletes what a claim made that did not succeed; goes on by itself when the cluster cannot be told now. */
export async function discardJob({ connection, leftovers }: Place, job: Stored<Job>): Promise<void> {
  const { name, uid } = job.metadata;
  await deleteJob(connection, job).catch(() =>
    leftovers.sweep({ name, isIt: (identity) => identity.uid === uid, mayCome: false }),
  );
}

async function lookFor(
  connection: Connection,
  namespace: string | undefined,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Stored<Job> | undefined> {
  try {
    const deadlineMs = Math.min(askAfterMs, connection.deadlineMs);
    return await get(connection, jobs, { namespace, name }, { signal, deadlineMs });
  } catch {
    return undefined;
  }
}
