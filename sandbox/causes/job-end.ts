import type { Job } from '../../imports/k8s';
import { type Cause, said } from './cause';
import { deadline } from './pod-cause';
import { isHeldBack, putOutByQueue } from './queued';

/** What a Job says of its failure, from the moment that its pods are to go. */
export function failureOf({ status }: Job) {
  return status?.conditions?.find(
    ({ type, status: is }) => (type === 'FailureTarget' || type === 'Failed') && is === 'True',
  );
}

export function isComplete({ status }: Job): boolean {
  return (status?.conditions ?? []).some(({ type, status: is }) => type === 'Complete' && is === 'True');
}

export function isFinished({ status }: Job): boolean {
  return (
    status?.conditions?.some(
      ({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True',
    ) ?? false
  );
}

/** Why a finished Job is over whose pod is gone: what the Job itself has written down. */
export function endOfJob(job: Job): Cause {
  if (isHeldBack(job)) return putOutByQueue(job);
  const failed = failureOf(job);
  if (failed?.reason === 'DeadlineExceeded')
    return deadline(said(failed.message) || 'a Job past its deadline');
  const words = failed && said([failed.reason, failed.message].filter(Boolean).join(': '));
  return {
    code: 'Ended',
    found: failed ? `a Job that has failed${words && `: ${words}`}` : 'a Job that is complete',
    expected: 'a pod that tells how its main process ended',
    remedy:
      'Its pod is gone, and with it the exit code and the log: look sooner, before the Job is cleaned up.',
    retryable: false,
  };
}
