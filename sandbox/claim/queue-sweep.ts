import type { Job } from '../../imports/k8s';
import { list } from '../../kube';
import { jobs } from '../causes/fate';
import { isFinished } from '../causes/job-end';
import { isHeldBack, longestWaitMs, queueOf, wasPutOut } from '../causes/queued';
import { QUEUE_LABEL } from '../spec';
import { deleteJob } from './delete-job';
import type { Place } from './place';

const EVERY_MS = 60_000;
/** Its own client sees it at once, and deletes it. */
const PUT_OUT_MS = 30_000;

/**
 * Deletes Jobs that wait in a queue for longer than any may: their client was killed, and a deadline of Kubernetes counts
 * from the start only. Each program that makes Jobs in the queue does it beside that, at most once a minute.
 */
export class QueueSweep {
  #last: number | undefined;

  constructor(private readonly place: Place) {}

  /** A Job is about to be made, in a queue or not. */
  beside(planned: Job): void {
    const queue = queueOf(planned);
    const now = performance.now();
    if (queue === undefined || (this.#last !== undefined && now - this.#last < EVERY_MS)) return;
    this.#last = now;
    // What cannot be swept now is swept the next time, by this program or another.
    void this.#sweep(queue).catch(() => {});
  }

  async #sweep(queue: string): Promise<void> {
    const { connection, namespace } = this.place;
    const { items } = await list(connection, jobs, { namespace, labelSelector: `${QUEUE_LABEL}=${queue}` });
    const late = items.filter((job) => hasWaitedTooLong(job, connection.clock.now()));
    await Promise.all(late.map((job) => deleteJob(this.place, job)));
  }
}

/**
 * Whether nobody can be waiting for it any more. One that was put out holds its share of the queue until it is gone:
 * Kueue would let it start again, and may not.
 */
export function hasWaitedTooLong(job: Job, now: number): boolean {
  if (!isHeldBack(job) || isFinished(job)) return false;
  const since = (time: string | undefined) => now - Date.parse(time ?? '');
  if (!wasPutOut(job)) return since(job.metadata?.creationTimestamp) > longestWaitMs(job);
  const held = job.status?.conditions?.find(({ type }) => type === 'Suspended');
  return since(held?.lastTransitionTime) > PUT_OUT_MS;
}
