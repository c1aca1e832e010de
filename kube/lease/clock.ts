import { startTimer } from '../timer';

/** What a process knows of time. Tests give clocks that are wrong, and processes that sleep. */
export interface Clock {
  /** Never set, but stops while the machine sleeps. */
  monotonicMs(): number;
  /** Goes on while the machine sleeps, but can be set. */
  wallMs(): number;
  /** Answers with how to stop it. */
  startTimer(ms: number, what: () => void): () => void;
}

export const realClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  startTimer,
};

/** A moment, and how long it is ago. */
export class Moment {
  readonly #clock: Clock;
  readonly #monotonic: number;
  readonly #wall: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#monotonic = clock.monotonicMs();
    this.#wall = clock.wallMs();
  }

  /** At least so long, also when the machine slept: for what must be over in time. */
  atMostMsAgo(): number {
    return Math.max(this.atLeastMsAgo(), this.#clock.wallMs() - this.#wall);
  }

  /** No longer than that, whoever sets the clock: for what must have lasted. */
  atLeastMsAgo(): number {
    return this.#clock.monotonicMs() - this.#monotonic;
  }
}
