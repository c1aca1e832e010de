import type { Job } from '../../imports/k8s';
import { list } from '../../kube';
import { jobs } from '../causes/fate';
import { isFinished } from '../causes/job-end';
import { isHeldBack, longestWaitMs, queueOf } from '../causes/queued';
import { QUEUE_LABEL } from '../spec';
import { deleteJob } from './delete-job';
import type { Place } from './place';

const EVERY_MS = 60_000;

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

/** Whether nobody can be waiting for it any more. */
export function hasWaitedTooLong(job: Job, now: number): boolean {
  const madeAt = Date.parse(job.metadata?.creationTimestamp ?? '');
  return isHeldBack(job) && !isFinished(job) && now - madeAt > longestWaitMs(job);
}
