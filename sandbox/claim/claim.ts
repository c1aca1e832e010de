import type { Job } from '../../imports/k8s';
import type { Stored } from '../../kube';
import { Sandbox } from '../sandbox';
import { openSession } from '../session/open-session';
import { hashOfJob, mismatch } from '../template/template-source';
import { createJob, discardJob } from './create-job';
import { findJob } from './find-job';
import type { Place } from './place';
import { PodWatch } from './pod-watch';
import { type OnProgress, ProgressTeller } from './progress';
import { start } from './start';

export interface FollowOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** Creates the Job and enters it as soon as its container runs. What does not succeed is deleted. */
export async function claimSandbox(place: Place, planned: Job, options: FollowOptions): Promise<Sandbox> {
  const { connection, namespace, metrics } = place;
  const id = planned.metadata?.name ?? '';
  const progress = new ProgressTeller(id, options.onProgress);
  // Opened beside the create, so that the pod is seen as soon as it is there.
  const watch = new PodWatch(connection, namespace, id);
  let job: Stored<Job> | undefined;
  try {
    job = await createJob(place, planned, options.signal);
    metrics.spawned();
    progress.tell('created');
    return await enter(place, job, watch, progress, 'owner', options.signal);
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
  options: FollowOptions,
): Promise<Sandbox> {
  const { connection, namespace } = place;
  const job = await findJob(place, id);
  if (hash !== undefined && hashOfJob(job) !== hash) {
    throw mismatch(`sandbox ${id}`, hashOfJob(job), hash, id);
  }
  const watch = new PodWatch(connection, namespace, id);
  try {
    const progress = new ProgressTeller(id, options.onProgress);
    return await enter(place, job, watch, progress, 'guest', options.signal);
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
  as: 'owner' | 'guest',
  signal: AbortSignal | undefined,
): Promise<Sandbox> {
  const { connection, namespace, startTimeoutMs: withinMs } = place;
  const { name: id, uid: jobUid } = job.metadata;
  const session = await start(
    { connection, namespace, id, jobUid, watch, progress, withinMs, signal },
    // A guest that loses its way leaves the sandbox to whose it is.
    (pod, ending) => openSession({ place, job, pod, watch, endsWithSession: as === 'owner' }, ending),
  );
  progress.tell('ready');
  return new Sandbox(place, job, watch, session);
}
