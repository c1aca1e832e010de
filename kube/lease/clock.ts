import { uptime } from 'node:os';
import { onAbort, startTimer } from '../timer';

/** What a process knows of time. Tests give clocks that are wrong, and processes that sleep. */
export interface Clock {
  /** Never set, but stops while the machine sleeps. */
  monotonicMs(): number;
  /** Never set, and goes on while the machine sleeps; in steps of ten milliseconds. */
  bootMs(): number;
  /** Can be set; where a host stops a virtual machine, it is the only one that is put right afterwards. */
  wallMs(): number;
  /** Answers with how to stop it. */
  startTimer(ms: number, what: () => void): () => void;
}

export const realClock: Clock = {
  monotonicMs: () => performance.now(),
  bootMs: () => uptime() * 1000,
  wallMs: () => Date.now(),
  startTimer,
};

/** A moment, and how long it is ago. */
export class Moment {
  readonly #clock: Clock;
  readonly #monotonic: number;
  readonly #boot: number;
  readonly #wall: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#monotonic = clock.monotonicMs();
    this.#boot = clock.bootMs();
    this.#wall = clock.wallMs();
  }

  /** At least so long, also when the machine slept and its clock was set back: for what must be over in time. */
  atMostMsAgo(): number {
    return Math.max(
      this.atLeastMsAgo(),
      this.#clock.bootMs() - this.#boot,
      this.#clock.wallMs() - this.#wall,
    );
  }

  /** No longer than that, whoever sets the clock: for what must have lasted. */
  atLeastMsAgo(): number {
    return this.#clock.monotonicMs() - this.#monotonic;
  }
}

/** Resolves after the time, by that clock, or when the signal is aborted. */
export function pauseBy(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      stop();
      forget?.();
      resolve();
    };
    const stop = clock.startTimer(ms, done);
    const forget = signal && onAbort(signal, done);
  });
}
