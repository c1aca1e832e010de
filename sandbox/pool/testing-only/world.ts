import type { Clock } from '../../../kube';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly what: () => void;
}

/** Far more than happens in any schedule. */
const MOST = 60_000;

/** Time that goes on when the test says so, in milliseconds. The same schedule always happens in the same order. */
export class World {
  now = 0;
  #order = 0;
  readonly #timers: Timer[] = [];
  readonly problems: string[] = [];

  /** @param tally what happened how often, over many worlds */
  constructor(readonly tally: Map<string, number> = new Map()) {}

  count(what: string): void {
    this.tally.set(what, (this.tally.get(what) ?? 0) + 1);
  }

  at(time: number, what: () => void): () => void {
    this.#order += 1;
    const timer = { at: Math.max(time, this.now), order: this.#order, what };
    let index = this.#timers.length;
    while (index > 0 && this.#timers[index - 1]!.at > timer.at) index -= 1;
    this.#timers.splice(index, 0, timer);
    return () => {
      const found = this.#timers.indexOf(timer);
      if (found >= 0) this.#timers.splice(found, 1);
    };
  }

  after(ms: number, what: () => void): () => void {
    return this.at(this.now + ms, what);
  }

  /** What must never be, with when it was. */
  convict(what: string): void {
    this.problems.push(`${what}, at ${this.now} ms`);
  }

  /** All that happens until then, and what follows from each. Ends early when something was that must never be. */
  async goOn(until: number): Promise<void> {
    await settle();
    for (let count = 0; this.#timers.length > 0 && this.#timers[0]!.at <= until; count += 1) {
      if (this.problems.length > 0) return;
      if (count > MOST) {
        this.convict('the world does not come to rest');
        return;
      }
      const { at, what } = this.#timers.shift()!;
      this.now = at;
      what();
      await settle();
    }
    this.now = until;
  }
}

/** Lets everything happen that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** A process with clocks of its own, which can be paused and killed, also at the moment of a certain call. */
export class Process {
  #stillUntil = 0;
  #stillMs = 0;
  #steps = 0;
  isDead = false;
  readonly #atDeath: (() => void)[] = [];

  constructor(
    readonly world: World,
    /** How fast its clocks go, and how wrong the one on its wall is. */
    readonly rate: number,
    readonly offsetMs: number,
    /** Dies before it sends its call of this number, or, where it is odd, before it hears the answer. */
    readonly diesAtStep: number | undefined,
  ) {}

  readonly clock: Clock = {
    monotonicMs: () => this.rate * this.world.now + 1_000_000,
    bootMs: () => this.rate * this.world.now,
    wallMs: () => this.rate * this.world.now + this.offsetMs,
    startTimer: (ms, what) => {
      if (ms === Number.POSITIVE_INFINITY) return () => {};
      return this.world.after(ms / this.rate, () => this.run(what));
    },
  };

  /** Runs at once, or when the process goes on. */
  run(what: () => void): void {
    if (this.isDead) return;
    if (this.world.now >= this.#stillUntil) what();
    else this.world.at(this.#stillUntil, () => this.run(what));
  }

  pause(ms: number): void {
    const until = Math.max(this.#stillUntil, this.world.now + ms);
    this.#stillMs += until - Math.max(this.#stillUntil, this.world.now);
    this.#stillUntil = until;
  }

  /** The time in which it has run. */
  get runMs(): number {
    return this.world.now - this.#stillMs;
  }

  /** Whether it lives on after this step. */
  step(): boolean {
    this.#steps += 1;
    if (this.#steps === this.diesAtStep) this.kill();
    return !this.isDead;
  }

  /** When it was killed. */
  diedAt = Number.POSITIVE_INFINITY;

  kill(): void {
    if (this.isDead) return;
    this.isDead = true;
    this.diedAt = this.world.now;
    for (const ended of this.#atDeath) ended();
  }

  onDeath(what: () => void): void {
    this.#atDeath.push(what);
  }
}
