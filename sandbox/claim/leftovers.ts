import type { Job } from '../../imports/k8s';
import { type Connection, get, KubeError, pause, type Stored } from '../../kube';
import { jobs } from '../causes/fate';
import { deleteJob } from './delete-job';

/** An API server gives a request up after a minute; what did not come by then will not come. */
const mayComeWithinMs = 75_000;
const firstPauseMs = 100;
const longestPauseMs = 5_000;
const lookWithinMs = 10_000;

/** What may be there, and must not stay. */
export interface Leftover {
  readonly name: string;
  /** Whether a Job of that name is the one. */
  readonly isIt: (job: Stored<Job>) => boolean;
  /** Its creation may still be under way, so that not finding it says nothing yet. */
  readonly mayCome: boolean;
}

/**
 * Deletes what failed claims left behind, however long the cluster cannot be asked: a Job whose creation had no answer,
 * or whose deletion failed. Tries on beside everything else, and knows what is not settled.
 */
export class Leftovers {
  readonly #connection: Connection;
  readonly #namespace: string;
  readonly #sweeping = new Map<Leftover, Promise<void>>();

  constructor(connection: Connection, namespace: string) {
    this.#connection = connection;
    this.#namespace = namespace;
  }

  /** Begins to look for it. */
  sweep(leftover: Leftover): void {
    const sweeping = this.#sweep(leftover).finally(() => this.#sweeping.delete(leftover));
    this.#sweeping.set(leftover, sweeping);
  }

  /** Waits until nothing is left, or for the time; answers with the names that are not settled. */
  async settled(withinMs: number): Promise<string[]> {
    const late = new AbortController();
    const all = Promise.all(this.#sweeping.values());
    await Promise.race([all, pause(withinMs, late.signal)]);
    late.abort();
    return [...this.#sweeping.keys()].map(({ name }) => name);
  }

  async #sweep(leftover: Leftover): Promise<void> {
    const until = Date.now() + mayComeWithinMs;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, 2 * pauseMs)) {
      if (this.#connection.closing.aborted) return;
      if (await this.#isSettled(leftover, Date.now() < until)) return;
      await pause(pauseMs, this.#connection.closing);
    }
  }

  async #isSettled({ name, isIt, mayCome }: Leftover, isEarly: boolean): Promise<boolean> {
    const address = { namespace: this.#namespace, name };
    try {
      const job = await get(this.#connection, jobs, address, { deadlineMs: lookWithinMs });
      if (isIt(job)) await deleteJob(this.#connection, job);
      // Where another one has the name, ours cannot come any more.
      return true;
    } catch (error) {
      const isNotThere = error instanceof KubeError && error.code === 'NOT_FOUND';
      return isNotThere && !(mayCome && isEarly);
    }
  }
}
