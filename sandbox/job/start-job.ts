import type { Job, Pod } from '../../imports/k8s';
import type { Stored } from '../../kube';
import { isEnding } from '../causes/fate';
import { statusOf } from '../causes/pod-cause';
import type { FollowOptions } from '../claim/claim';
import { createJob, discardJob } from '../claim/create-job';
import { findJob, isOnlyRecord } from '../claim/find-job';
import { jobNameOf } from '../claim/job-name';
import type { Place } from '../claim/place';
import { PodWatch } from '../claim/pod-watch';
import { ProgressTeller } from '../claim/progress';
import { start } from '../claim/start';
import { type JobFiles, letStart } from './job-files';
import { LogTail } from './log-tail';
import { recordedBy } from './outcome';
import { SandboxJob } from './sandbox-job';

/** Creates a one-shot Job and follows it from its first byte. One that cannot start is deleted. */
export async function startSandboxJob(
  place: Place,
  planned: Job,
  options: FollowOptions,
  files: JobFiles | undefined,
): Promise<SandboxJob> {
  const { connection, namespace, metrics } = place;
  const id = jobNameOf('job', planned);
  const progress = new ProgressTeller(id, options.onProgress);
  const watch = new PodWatch(connection, namespace, id);
  let job: Stored<Job> | undefined;
  try {
    job = await createJob(place, planned, options.signal);
    metrics.spawned();
    progress.tell('created');
    if (files) await letStart(place, job, watch, progress, files, options.signal);
    return await follow(place, job, watch, progress, options.signal);
  } catch (error) {
    watch.close();
    metrics.failed(error);
    if (job) await discardJob(place, job);
    throw error;
  }
}

/** A Job that is there, from the beginning of its log. It stays when it cannot be followed. */
export async function followSandboxJob(
  place: Place,
  id: string,
  options: FollowOptions,
): Promise<SandboxJob> {
  const job = await findJob(place, id);
  const watch = new PodWatch(place.connection, place.namespace, id);
  try {
    if (await isOnlyRecord(place, job, watch)) {
      watch.close();
      return new SandboxJob({ place, job, watch, recorded: recordedBy(job) });
    }
    return await follow(place, job, watch, new ProgressTeller(id, options.onProgress), options.signal);
  } catch (error) {
    watch.close();
    throw error;
  }
}

async function follow(
  place: Place,
  job: Stored<Job>,
  watch: PodWatch,
  progress: ProgressTeller,
  signal: AbortSignal | undefined,
): Promise<SandboxJob> {
  const log = await start({ place, job, watch, progress, mayEnd: true, signal }, (pod) =>
    openLog(place, pod, watch),
  );
  progress.tell('ready');
  return new SandboxJob({ place, job, watch, tail: log === 'none' ? undefined : log });
}

/** The log, as soon as there is one; 'none' where the pod ended before its container started. */
async function openLog(
  { connection, namespace }: Place,
  pod: Stored<Pod>,
  watch: PodWatch,
): Promise<LogTail | 'none' | undefined> {
  const container = pod.spec?.containers[0]?.name ?? '';
  const isOver = () => isEnding(watch);
  const change = async (withinMs: number) => {
    await watch.until(() => (isEnding(watch) ? true : undefined), withinMs);
  };
  const isNeverStarted = isEnding(watch) && !statusOf(pod)?.state?.terminated;
  if (isNeverStarted) return 'none';
  return LogTail.open({ connection, namespace, pod: pod.metadata.name, container, isOver, change });
}
