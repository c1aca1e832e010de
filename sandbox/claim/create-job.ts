import type { Job } from '../../imports/k8s';
import {
  type Address,
  type Connection,
  create,
  get,
  KubeError,
  type KubeObject,
  pause,
  type Resource,
  type Stored,
} from '../../kube';
import { abortError, apiError } from '../causes/api-cause';
import { jobs } from '../causes/fate';
import { randomName } from '../template/random-name';
import { deleteJob } from './delete-job';
import type { Identity } from './deletions';
import type { Place } from './place';

/** How long the answer to a create is looked for that got lost, at most. */
const askAfterMs = 15_000;
/** The server itself tries a count three times before it says so. */
const mostTries = 10;
const contendedPauseMs = 100;

/** Creates a Job as it is. */
export function createJob(
  place: Pick<Place, 'connection' | 'leftovers'>,
  job: Job,
  signal: AbortSignal | undefined,
): Promise<Stored<Job>> {
  return createHolder(place, jobs, job, signal);
}

/**
 * Creates what holds a sandbox as it is. The manager of its fields is a name of this creation alone, so one that is found later is
 * known for ours, also under a name that others may use. When the answer is lost the name is asked after; what may come
 * of it for a caller who has gone meanwhile is swept up.
 */
export async function createHolder<Holder extends KubeObject>(
  { connection, leftovers }: Pick<Place, 'connection' | 'leftovers'>,
  holders: Resource<Holder>,
  job: Holder,
  signal: AbortSignal | undefined,
): Promise<Stored<Holder>> {
  const { name = '', namespace } = job.metadata ?? {};
  const fieldManager = randomName('drydock');
  const isIt = ({ managedFields }: Identity) =>
    managedFields?.some(({ manager }) => manager === fieldManager) ?? false;
  try {
    return withManagersOnly(await createPatiently(connection, holders, job, { signal, fieldManager }));
  } catch (error) {
    if (error instanceof KubeError && error.effect === 'unknown') {
      const found = signal?.aborted
        ? undefined
        : await lookFor(connection, holders, { namespace, name }, signal);
      if (found && isIt(found.metadata) && !signal?.aborted) return withManagersOnly(found);
      leftovers.sweep({ name, isIt, mayCome: true });
    }
    // Also when it was heard only while the lost answer was looked for.
    if (signal?.aborted) throw abortError(signal, `claim of ${name}`, name);
    throw apiError(error, `claim of ${name}`, name);
  }
}

/** Who has written is asked, and which fields never, which are half of a Job that is kept as long as its sandbox. */
function withManagersOnly<Holder extends KubeObject>(job: Stored<Holder>): Stored<Holder> {
  const managedFields = job.metadata.managedFields?.map(({ manager }) => ({ manager }));
  return { ...job, metadata: { ...job.metadata, managedFields } };
}

/**
 * A create has no version that it could be too late for: what conflicts is the count of a quota, which many creations at
 * once change. Nothing was made then.
 */
async function createPatiently<Holder extends KubeObject>(
  connection: Connection,
  holders: Resource<Holder>,
  job: Holder,
  options: { readonly signal: AbortSignal | undefined; readonly fieldManager: string },
): Promise<Stored<Holder>> {
  for (let tries = 1; ; tries++) {
    try {
      return await create(connection, holders, job, options);
    } catch (error) {
      if (!(error instanceof KubeError) || error.code !== 'CONFLICT' || tries === mostTries) throw error;
      // Not all of them again at the same moment.
      await pause(contendedPauseMs * tries * Math.random(), options.signal ?? connection.closing);
    }
  }
}

/** Deletes what a claim made that did not succeed; goes on by itself when the cluster cannot be told now. */
export async function discardJob(place: Place, job: Stored<Job>): Promise<void> {
  const { name, uid } = job.metadata;
  await deleteJob(place, job).catch(() =>
    place.leftovers.sweep({ name, isIt: (identity) => identity.uid === uid, mayCome: false }),
  );
}

async function lookFor<Holder extends KubeObject>(
  connection: Connection,
  holders: Resource<Holder>,
  address: Address,
  signal: AbortSignal | undefined,
): Promise<Stored<Holder> | undefined> {
  try {
    const deadlineMs = Math.min(askAfterMs, connection.deadlineMs);
    return await get(connection, holders, address, { signal, deadlineMs });
  } catch {
    return undefined;
  }
}
