import type { Job } from '../imports/k8s';
import type { Stored } from '../kube';
import { isFinished } from './causes/job-end';
import { isHeldBack, queueOf } from './causes/queued';
import { stateOf } from './pool/member';
import { hashOfJob } from './template/template-source';

/** What is known of a sandbox from its Job. */
export interface SandboxSummary {
  readonly id: string;
  readonly image: string;
  readonly createdAt: Date;
  /** When the Job controller started it: its deadline counts from here. */
  readonly startedAt: Date | undefined;
  /** When it is ended, unless it is prolonged or closed before. */
  readonly expiresAt: Date | undefined;
  readonly state: 'starting' | 'running' | 'finished';
  /** The queue that it waits in before it starts; `undefined` for one that waits in none, or not any more. */
  readonly waitsIn: string | undefined;
  /** The hash of the template that it was made from. */
  readonly template: string;
  /** In a warm pool: whether it waits for a claim, has one, or is being taken out. */
  readonly pool: 'warm' | 'claimed' | 'retired' | undefined;
}

export function summaryOf(job: Stored<Job>): SandboxSummary {
  const { metadata, spec, status } = job;
  const startedAt = status?.startTime;
  const seconds = spec?.activeDeadlineSeconds;
  return {
    id: metadata.name,
    image: spec?.template.spec?.containers[0]?.image ?? '',
    createdAt: new Date(metadata.creationTimestamp ?? 0),
    startedAt: startedAt === undefined ? undefined : new Date(startedAt),
    expiresAt:
      startedAt !== undefined && seconds !== undefined
        ? new Date(Date.parse(startedAt) + seconds * 1000)
        : undefined,
    state: isFinished(job) ? 'finished' : (status?.ready ?? 0) > 0 ? 'running' : 'starting',
    waitsIn: isHeldBack(job) && !isFinished(job) ? queueOf(job) : undefined,
    template: hashOfJob(job),
    pool: stateOf(job),
  };
}
