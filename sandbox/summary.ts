import type { Job } from '../imports/k8s';
import type { Stored } from '../kube';
import { hashOfJob } from './template-source';

/** What is known of a sandbox from its Job. */
export interface SandboxSummary {
  readonly id: string;
  readonly image: string;
  readonly createdAt: Date;
  /** When it is ended, unless it is prolonged or closed before. */
  readonly expiresAt: Date | undefined;
  readonly state: 'starting' | 'running' | 'finished';
  /** The hash of the template that it was made from. */
  readonly template: string;
}

export function summaryOf(job: Stored<Job>): SandboxSummary {
  const { metadata, spec, status } = job;
  const startedAt = status?.startTime;
  const seconds = spec?.activeDeadlineSeconds;
  const isFinished = status?.conditions?.some(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  );
  return {
    id: metadata.name,
    image: spec?.template.spec?.containers[0]?.image ?? '',
    createdAt: new Date(metadata.creationTimestamp ?? 0),
    expiresAt:
      startedAt !== undefined && seconds !== undefined
        ? new Date(Date.parse(startedAt) + seconds * 1000)
        : undefined,
    state: isFinished ? 'finished' : (status?.ready ?? 0) > 0 ? 'running' : 'starting',
    template: hashOfJob(job),
  };
}
