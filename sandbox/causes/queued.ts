import type { Job } from '../../imports/k8s';
import { QUEUE_LABEL } from '../spec';
import type { Cause } from './cause';

/** The queue that a Job waits in before it starts; `undefined` for one that starts at once. */
export function queueOf({ metadata }: Job): string | undefined {
  return metadata?.labels?.[QUEUE_LABEL];
}

/** Whether it is held back: it has not started, or was stopped by its queue. */
export function isHeldBack(job: Job): boolean {
  return job.spec?.suspend === true && queueOf(job) !== undefined;
}

/** Whether its queue has stopped it: what was ever let start is changed, and is not let start again. */
export function wasPutOut(job: Job): boolean {
  return isHeldBack(job) && (job.metadata?.generation ?? 1) > 1;
}

/**
 * How long it may wait: for as long as the template lets any sandbox live. Nobody waits longer, so what is older was left
 * by a client that was killed.
 */
export function longestWaitMs({ spec }: Job): number {
  return (spec?.template.spec?.activeDeadlineSeconds ?? Number.POSITIVE_INFINITY) * 1000;
}

/** What a Job waits for that its queue has not let start. */
export function waitsInQueue(job: Job, withinMs: number): Cause {
  const queue = queueOf(job);
  return {
    code: 'Unschedulable',
    found: `a Job that still waits in queue ${queue} after ${Math.round(withinMs / 1000)} s`,
    expected: 'a queue that lets it start',
    remedy: `Give a longer \`startTimeoutMs\`, or look at the queue: kubectl get localqueue ${queue} and the Workload of the Job say what is missing.`,
    retryable: true,
  };
}

/** The end of a Job that its queue has suspended again, for one that goes before it. */
export function putOutByQueue(job: Job): Cause {
  return {
    code: 'Evicted',
    found: `a Job that its queue ${queueOf(job)} has suspended again`,
    expected: 'a queue that lets what it has started end',
    remedy:
      'Claim another one, which waits for its turn. This one is not started again: what it did until then may have happened.',
    retryable: true,
  };
}
