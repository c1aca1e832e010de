import { onAbort } from './timer';

/** `high` is for what keeps a program alive, such as its lease; `low` for what can wait, such as a cleanup. */
export type Priority = 'high' | 'normal' | 'low';

const ranks: readonly Priority[] = ['high', 'normal', 'low'];
/** After so many turns given to others, a rank that waits is next, so that no rank is starved by a higher one. */
const passedOver = 16;

interface Waiting {
  readonly grant: () => void;
}

/**
 * Who calls next when more want to than may. Within a rank the flows take turns, so a thousand calls of one do not
 * hold up the first of another; within a flow the first that came is the first that goes. Calls of rank `high` have a
 * few places of their own: a lease is renewed also while every other place is taken by a slow call.
 */
export class Turns {
  readonly #places: number;
  readonly #reserve: number;
  readonly #lines = new Map<Priority, Map<string, Set<Waiting>>>(ranks.map((rank) => [rank, new Map()]));
  readonly #passed = new Map<Priority, number>(ranks.map((rank) => [rank, 0]));
  #taken = 0;

  constructor(places: number) {
    this.#places = places;
    this.#reserve = Math.max(1, Math.ceil(places / 16));
  }

  /** Resolves with how to give the place back; rejects with what `why` says when the signal is aborted before. */
  async take(rank: Priority, flow: string, signal: AbortSignal, why: () => unknown): Promise<() => void> {
    if (signal.aborted) throw why();
    if (!this.#isFree(rank)) await this.#wait(rank, flow, signal, why);
    else this.#taken += 1;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#taken -= 1;
      this.#callNext();
    };
  }

  /** Places are handed on at once, so a free one means that no call of this rank waits. */
  #isFree(rank: Priority): boolean {
    return this.#taken < this.#places + (rank === 'high' ? this.#reserve : 0);
  }

  #wait(rank: Priority, flow: string, signal: AbortSignal, why: () => unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      const flows = this.#lines.get(rank)!;
      const waiting: Waiting = {
        grant: () => {
          forget();
          resolve();
        },
      };
      const line = flows.get(flow) ?? new Set();
      line.add(waiting);
      flows.set(flow, line);
      const forget = onAbort(signal, () => {
        const line = flows.get(flow);
        line?.delete(waiting);
        if (line?.size === 0) flows.delete(flow);
        reject(why());
      });
    });
  }

  #callNext(): void {
    for (;;) {
      const rank = this.#nextRank();
      if (rank === undefined) return;
      const flows = this.#lines.get(rank)!;
      const [flow, line] = flows.entries().next().value!;
      const [first] = line as Set<Waiting>;
      line.delete(first!);
      // To the end of the row: the next turn is another flow's.
      flows.delete(flow);
      if (line.size > 0) flows.set(flow, line);
      this.#taken += 1;
      first!.grant();
    }
  }

  /** The highest rank that waits and may go, unless a lower one was passed over often enough. */
  #nextRank(): Priority | undefined {
    const waits = (rank: Priority) => this.#lines.get(rank)!.size > 0;
    const able = ranks.filter((rank) => waits(rank) && this.#isFree(rank));
    const next = able.find((rank) => this.#passed.get(rank)! >= passedOver) ?? able[0];
    for (const rank of ranks) {
      if (rank === next || !waits(rank)) this.#passed.set(rank, 0);
      else if (able.includes(rank)) this.#passed.set(rank, this.#passed.get(rank)! + 1);
    }
    return next;
  }
}
