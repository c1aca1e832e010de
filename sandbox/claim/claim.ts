import type { Job } from '../../imports/k8s';
import type { Stored } from '../../kube';
import { errorOf } from '../causes/cause';
import { endOfJob } from '../causes/job-end';
import { SandboxError } from '../errors';
import { stateOf } from '../pool/member';
import { Sandbox } from '../sandbox';
import { openSession } from '../session/open-session';
import { hashOfJob, mismatch } from '../template/template-source';
import type { ClaimInfo, ColdReason } from './claim-info';
import { createJob, discardJob } from './create-job';
import { findJob, isOnlyRecord } from './find-job';
import { jobNameOf } from './job-name';
import { type OrphanTtl, orphanMsOf } from './orphan-ttl';
import type { Place } from './place';
import { PodWatch } from './pod-watch';
import { type OnProgress, ProgressTeller } from './progress';
import { start } from './start';

export interface FollowOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** How a sandbox that is there is entered. */
export interface AttachOptions extends FollowOptions {
  /**
   * Takes over from a client that is gone: ends the sandbox so many seconds after the end of this one, as `claim` does.
   * @default 'none'
   */
  readonly orphanTtl?: OrphanTtl;
}

/** How a client is in a sandbox. */
interface Entry {
  /** A guest that loses its way leaves the sandbox to its owner. */
  readonly as: 'owner' | 'guest';
  readonly orphanMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly info: ClaimInfo;
}

/** Creates the Job and enters it as soon as its container runs. What does not succeed is deleted. */
export async function claimSandbox(
  place: Place,
  planned: Job,
  options: AttachOptions,
  why: ColdReason = 'noPool',
): Promise<Sandbox> {
  const { connection, namespace, metrics } = place;
  const { signal } = options;
  const orphanMs = orphanMsOf('claim', options.orphanTtl);
  const id = jobNameOf('claim', planned);
  const progress = new ProgressTeller(id, options.onProgress);
  // Opened beside the create, so that the pod is seen as soon as it is there.
  const watch = new PodWatch(connection, namespace, id);
  let job: Stored<Job> | undefined;
  try {
    job = await createJob(place, planned, signal);
    metrics.spawned();
    progress.tell('created');
    const entry = { as: 'owner', orphanMs, signal, info: { way: 'cold', why } } as const;
    return await enter(place, job, watch, progress, entry);
  } catch (error) {
    watch.close();
    if (job) await discardJob(place, job);
    throw error;
  }
}

/** Enters a sandbox that is there. It stays when that does not succeed. */
export async function attachSandbox(
  place: Place,
  id: string,
  hash: string | undefined,
  options: AttachOptions,
): Promise<Sandbox> {
  const { connection, namespace } = place;
  const orphanMs = orphanMsOf('attach', options.orphanTtl ?? 'none');
  const job = await findJob(place, id);
  if (hash !== undefined && hashOfJob(job) !== hash) {
    throw mismatch(`sandbox ${id}`, hashOfJob(job), hash, id);
  }
  if (stateOf(job) === 'warm' || stateOf(job) === 'retired') throw notClaimed(id);
  const watch = new PodWatch(connection, namespace, id);
  try {
    if (await isOnlyRecord(place, job, watch)) throw errorOf(endOfJob(job), `sandbox ${id}`, id);
    const progress = new ProgressTeller(id, options.onProgress);
    const { signal } = options;
    const entry = { as: 'guest', orphanMs, signal, info: { way: 'attached' } } as const;
    return await enter(place, job, watch, progress, entry);
  } catch (error) {
    watch.close();
    throw error;
  }
}

async function enter(
  place: Place,
  job: Stored<Job>,
  watch: PodWatch,
  progress: ProgressTeller,
  { as, orphanMs, signal, info }: Entry,
): Promise<Sandbox> {
  const endsWithSession = as === 'owner';
  const session = await start({ place, job, watch, progress, signal }, (pod, ending, told) =>
    openSession({ place, job, pod, watch, endsWithSession, orphanMs }, ending, told),
  );
  progress.tell('ready');
  return new Sandbox(place, job, watch, session, info);
}

/** What was run in it before would be there for whom it is claimed by. */
function notClaimed(id: string): SandboxError {
  const facts = {
    where: `attach to ${id}`,
    found: 'a member of a warm pool that no claim has',
    expected: 'a sandbox that was claimed',
    remedy: 'Claim a sandbox; what the pool keeps is entered by its claims alone.',
  };
  return new SandboxError('ArgumentInvalid', facts, { sandboxId: id });
}
