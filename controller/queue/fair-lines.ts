import type { Priority } from '../../kube';

/** From the one that goes first to the one that can wait. */
export const ranks: readonly Priority[] = ['high', 'normal', 'low'];
/** After so many keys of higher ranks, a rank that waits is next, so that none is starved. */
export const PASSED_OVER = 16;

export function higher(one: Priority, other: Priority | undefined): Priority {
  return other !== undefined && ranks.indexOf(other) < ranks.indexOf(one) ? other : one;
}

/**
 * Keys that are ready, each once. Within a rank the flows take turns, so that a namespace with a thousand objects does
 * not hold up another one's first; within a flow the first that came is the first that goes.
 */
export class FairLines {
  readonly #lines = new Map<Priority, Map<string, Set<string>>>(ranks.map((rank) => [rank, new Map()]));
  readonly #passed = new Map<Priority, number>(ranks.map((rank) => [rank, 0]));
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(rank: Priority, flow: string, key: string): void {
    const flows = this.#lines.get(rank)!;
    const line = flows.get(flow) ?? new Set();
    if (line.has(key)) return;
    flows.set(flow, line.add(key));
    this.#size += 1;
  }

  remove(rank: Priority, flow: string, key: string): void {
    const flows = this.#lines.get(rank)!;
    const line = flows.get(flow);
    if (!line?.delete(key)) return;
    if (line.size === 0) flows.delete(flow);
    this.#size -= 1;
  }

  shift(): string | undefined {
    const rank = this.#nextRank();
    if (rank === undefined) return undefined;
    const flows = this.#lines.get(rank)!;
    const [flow, line] = flows.entries().next().value!;
    const [key] = line;
    line.delete(key!);
    // To the end of the row: the next turn is another flow's.
    flows.delete(flow);
    if (line.size > 0) flows.set(flow, line);
    this.#size -= 1;
    return key;
  }

  clear(): void {
    for (const flows of this.#lines.values()) flows.clear();
    this.#size = 0;
  }

  #nextRank(): Priority | undefined {
    const waiting = ranks.filter((rank) => this.#lines.get(rank)!.size > 0);
    const next = waiting.find((rank) => this.#passed.get(rank)! >= PASSED_OVER) ?? waiting[0];
    for (const rank of ranks) {
      const isPassedOver = rank !== next && waiting.includes(rank);
      this.#passed.set(rank, isPassedOver ? this.#passed.get(rank)! + 1 : 0);
    }
    return next;
  }
}
