import { type Expression, mayBeAbsent, NODE, type Templated } from '../../core/template';

/** Under this label of a Job Kueue finds the queue that it waits in. Only the template writes it, never a run. */
export const QUEUE_LABEL = 'kueue.x-k8s.io/queue-name';

/**
 * What Kueue writes into the pod template of a Job when it lets it start: which of its sets the pod is, of which queue,
 * and of which Workload.
 */
export const KUEUE_POD_LABELS: readonly string[] = [
  'kueue.x-k8s.io/podset',
  'kueue.x-k8s.io/local-queue-name',
  'kueue.x-k8s.io/cluster-queue-name',
];
export const KUEUE_POD_ANNOTATIONS: readonly string[] = ['kueue.x-k8s.io/workload'];
/** On the Job while Kueue suspends it again. */
export const KUEUE_JOB_ANNOTATIONS: readonly string[] = ['kueue.x-k8s.io/stopping'];

/** A Job with a queue is made suspended, and whoever keeps the queue lets it start. */
export function beginsSuspended(queue: Templated<string | undefined>): Templated<boolean> {
  if (queue === undefined) return false;
  const isSure = typeof queue === 'string' || !mayBeAbsent(queue[NODE]);
  return isSure ? true : (queue as Expression<string | undefined>).isSet;
}
