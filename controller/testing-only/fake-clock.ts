import type { Clock } from '../../kube';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly what: () => void;
}

/** Far more than happens in any scenario. */
const MOST_AT_ONCE = 50_000;

/** Time that goes on when the test says so. All clocks of one world share its timers, in the order of the true time. */
export class World {
  /** The true time. */
  now = 0;
  #order = 0;
  readonly #timers = new Set<Timer>();

  /** @returns how to stop it */
  at(time: number, what: () => void): () => void {
    this.#order += 1;
    const timer = { at: Math.max(time, this.now), order: this.#order, what };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  get isEmpty(): boolean {
    return this.#timers.size === 0;
  }

  /** The time goes on to `until`, and all that happens meanwhile happens, with what follows from each. */
  async goOn(until: number): Promise<void> {
    await settle();
    for (let count = 0; ; count += 1) {
      if (count > MOST_AT_ONCE) throw new Error('the world: it does not come to rest');
      const next = this.#next();
      if (!next || next.at > until) break;
      this.#timers.delete(next);
      this.now = next.at;
      next.what();
      await settle();
    }
    this.now = until;
  }

  #next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
        first = timer;
    }
    return first;
  }
}

/** Lets everything happen that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
}

/** A clock that is right. */
export function clockOf(world: World): Clock {
  return {
    monotonicMs: () => world.now,
    bootMs: () => world.now,
    wallMs: () => world.now,
    startTimer: (ms, what) => world.at(world.now + ms, what),
  };
}
