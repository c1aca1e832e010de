import { type Connection, onAbort, startTimer } from '../../kube';

/** A question that is not answered by then may be a right guess, with much to send: the others go on. */
const LONGEST_TURN_MS = 250;
/** After a wrong guess nobody guesses for so many times as long as it took: a busy cluster is asked less. */
const PATIENCE = 4;

const known = new WeakMap<Connection, Guesses>();

/** Those of all sandboxes that start over a connection. */
export function guessesOver(connection: Connection): Guesses {
  const guesses = known.get(connection) ?? new Guesses();
  known.set(connection, guesses);
  return guesses;
}

/** The time in which one asks. */
export interface Turn {
  /** It has asked: the next one may, after a rest. */
  over(): void;
  /** It was right: the next one may at once, as what started together runs together. */
  wasRight(): void;
}

/** Of one that need not guess. */
export const noTurn: Turn = { over: () => {}, wasRight: () => {} };

/**
 * Who may ask for a container that its node has not told to run yet. The answer comes up to a second before the node
 * says so, which is half of the start of one sandbox. But each question takes as much of the cluster as a tenth of a
 * start, and when twenty start at once, what they ask for waits for what they ask. So one asks at a time, in turn.
 */
export class Guesses {
  readonly #waiting = new Set<() => void>();
  #isTaken = false;
  #freeAt = 0;
  #stopResting: (() => void) | undefined;

  /** Resolves with this one's turn, or, when the signal is aborted before, with one that takes nobody's time. */
  turn(signal: AbortSignal): Promise<Turn> {
    if (signal.aborted) return Promise.resolve(noTurn);
    return new Promise((resolve) => {
      const begin = () => {
        forget();
        resolve(this.#begin());
      };
      this.#waiting.add(begin);
      const forget = onAbort(signal, () => {
        this.#waiting.delete(begin);
        if (this.#waiting.size === 0) this.#rested();
        resolve(noTurn);
      });
      this.#next();
    });
  }

  #begin(): Turn {
    const began = performance.now();
    let isOver = false;
    const end = (restMs: number) => {
      if (isOver) return;
      isOver = true;
      stop();
      this.#freeAt = performance.now() + restMs;
      this.#isTaken = false;
      this.#next();
    };
    const over = () => end(PATIENCE * (performance.now() - began));
    const stop = startTimer(LONGEST_TURN_MS, over);
    return { over, wasRight: () => end(0) };
  }

  #next(): void {
    if (this.#isTaken || this.#stopResting || this.#waiting.size === 0) return;
    const restMs = this.#freeAt - performance.now();
    if (restMs > 0) {
      this.#stopResting = startTimer(restMs, () => {
        this.#rested();
        // Its timer decides: it may be a moment early by the clock.
        this.#freeAt = 0;
        this.#next();
      });
      return;
    }
    const [first] = this.#waiting;
    this.#waiting.delete(first!);
    this.#isTaken = true;
    first!();
  }

  /** Without anybody who waits, a timer would only keep a program from its end. */
  #rested(): void {
    this.#stopResting?.();
    this.#stopResting = undefined;
  }
}
