import type { Job } from '../../imports/k8s';
import { type Connection, get, KubeError, pause, type Stored } from '../../kube';
import type { Backend } from '../backend/backend';
import { deleteJob } from './delete-job';
import type { Deletions, Identity } from './deletions';

/** An API server gives a request up after a minute; what did not come by then will not come. */
const mayComeWithinMs = 75_000;
const firstPauseMs = 100;
const longestPauseMs = 5_000;
const lookWithinMs = 10_000;

/** What may be there, and must not stay. */
export interface Leftover {
  readonly name: string;
  /** Whether a Job of that name is the one. */
  readonly isIt: (identity: Identity) => boolean;
  /** Its creation may still be under way, so that not finding it says nothing yet. */
  readonly mayCome: boolean;
}

/** What a look came to: it is not there, it is there and could not be deleted, or the cluster gave no answer. */
type Found = 'settled' | 'absent' | 'left' | 'unknown';

/**
 * Deletes what failed claims left behind, however long the cluster cannot be asked: a Job whose creation had no answer,
 * or whose deletion failed. Tries on beside everything else, and knows what is not settled.
 */
export class Leftovers {
  readonly #connection: Connection;
  readonly #namespace: string;
  readonly #deletions: Deletions;
  readonly #sweeping = new Map<Leftover, Promise<void>>();

  constructor(
    connection: Connection,
    namespace: string,
    deletions: Deletions,
    private readonly backend: Backend,
  ) {
    this.#connection = connection;
    this.#namespace = namespace;
    this.#deletions = deletions;
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

  async #sweep({ name, isIt, mayCome }: Leftover): Promise<void> {
    const until = Date.now() + mayComeWithinMs;
    // What was seen once has come and cannot come again, also when the answer to its deletion was lost, or when another
    // call of this program deleted it.
    let wasSeen = !mayCome;
    const hasCome = () => wasSeen || this.#deletions.some(isIt);
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, 2 * pauseMs)) {
      if (this.#connection.closing.aborted) return;
      const found = await this.#look(name, isIt);
      if (found === 'settled' || (found === 'absent' && (hasCome() || Date.now() >= until))) return;
      wasSeen ||= found === 'left';
      await pause(pauseMs, this.#connection.closing);
    }
  }

  async #look(name: string, isIt: Leftover['isIt']): Promise<Found> {
    let found: Found = 'unknown';
    try {
      const address = { namespace: this.#namespace, name };
      const job = await get(this.#connection, this.backend.holders, address, { deadlineMs: lookWithinMs });
      // Where another one has the name, ours cannot come any more.
      if (!isIt(job.metadata)) return 'settled';
      found = 'left';
      await deleteJob({ connection: this.#connection, backend: this.backend }, job as Stored<Job>);
      return 'settled';
    } catch (error) {
      return error instanceof KubeError && error.code === 'NOT_FOUND' ? 'absent' : found;
    }
  }
}
