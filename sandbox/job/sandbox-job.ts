import { Readable } from 'node:stream';
import type { Job } from '../../imports/k8s';
import type { Stored } from '../../kube';
import { checkSeconds } from '../amounts';
import { apiError } from '../causes/api-cause';
import { endOf, isEnding } from '../causes/fate';
import { podLost } from '../causes/pod-cause';
import { deleteJob } from '../claim/delete-job';
import { extendJob } from '../claim/extend-job';
import type { Place } from '../claim/place';
import type { PodWatch } from '../claim/pod-watch';
import { SandboxError } from '../errors';
import type { LogTail } from './log-tail';
import { endedBy, exitOf, type JobOutcome } from './outcome';

/** Between the end of a container and the last word of its node. */
const lastWordMs = 5_000;

export interface SandboxJobOf {
  readonly place: Place;
  readonly job: Stored<Job>;
  readonly watch: PodWatch;
  /** @default - no log: it ended before its container started, or its pod is gone */
  readonly tail?: LogTail;
  /** How it ended, where that is known already. */
  readonly recorded?: JobOutcome;
}

/**
 * A command that runs as a Job of its own. It does not need this object, nor this process: `findJob(id)` gives another
 * one, with the whole log and the outcome, until the Job's time to live is over.
 *
 * @example
 * const job = await sandboxes.job({
 *   values: { image: 'registry.example.com/tools:1.0.0' },
 *   command: ['make', 'test'],
 *   ttl: 300,
 * });
 * for await (const chunk of job.log) process.stdout.write(chunk);
 * console.log(await job.outcome());
 */
export class SandboxJob {
  /** The name of the Job. */
  readonly id: string;
  /** What the command writes, both streams together, from the beginning. Broken connections are taken up again. */
  readonly log: Readable;
  readonly #of: SandboxJobOf;
  readonly #outcome: Promise<JobOutcome>;

  /** @internal */
  constructor(of: SandboxJobOf) {
    const { job, watch, tail, recorded, place } = of;
    this.#of = of;
    this.id = job.metadata.name;
    this.log = tail?.output ?? Readable.from([]);
    const outcome = recorded ? Promise.resolve(recorded) : this.#ended();
    this.#outcome = outcome.finally(() => watch.close());
    this.#outcome.then(
      ({ cause }) => cause && place.metrics.jobFailed(cause.code),
      () => {},
    );
  }

  /** How it ended. Rejects when the cluster cannot be asked, and with `Closed` after release() or close(). */
  outcome(): Promise<JobOutcome> {
    return this.#outcome;
  }

  /** Lets go of it; it runs on. */
  release(): void {
    this.#of.tail?.close();
    this.#of.watch.close();
  }

  /** Ends it: deletes this very Job, and with it its pod and log. */
  async close(): Promise<void> {
    this.release();
    await deleteJob(this.#of.place, this.#of.job);
  }

  /** `await using` ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Another deadline, in seconds from now. */
  async extend(ttl: number): Promise<void> {
    const place = { where: `extend of job ${this.id}`, sandboxId: this.id };
    await extendJob(this.#of.place.connection, this.#of.job, checkSeconds(place, 'ttl', ttl));
  }

  async #ended(): Promise<JobOutcome> {
    const { id } = this;
    const { watch, place } = this.#of;
    await watch.until(() => (isEnding(watch) ? true : undefined));
    if (watch.failure) throw apiError(watch.failure, `job ${id}`, id);
    if (!isEnding(watch)) throw letGo(id);
    // A pod that is being deleted ends first, and its node tells how.
    const isOver = () => (watch.isGone || (watch.pod && exitOf(watch.pod)) ? true : undefined);
    await watch.until(isOver, lastWordMs);
    const { pod } = watch;
    const cause = await endOf(place, id, watch);
    if (cause && cause.code !== 'Ended') return endedBy(cause, pod);
    return (pod && exitOf(pod)) ?? endedBy(podLost('a container whose end was not recorded'), pod);
  }
}

function letGo(sandboxId: string): SandboxError {
  const facts = {
    where: `outcome of job ${sandboxId}`,
    found: 'a Job that was let go of before its end',
    expected: 'outcome() before release() or close()',
    remedy: 'Ask for the Job again with findJob(), unless it was deleted.',
  };
  return new SandboxError('Closed', facts, { sandboxId });
}
