const AT_FIRST = 20;
const LEAST = 4;
/** Who started within this time did not wait for the others. */
const QUICK_MS = 10_000;
/** A sandbox that no client has entered ends 20 s after it began. */
const SLOW_MS = 20_000;

/**
 * How many members of a manager start at once: as many as its cluster starts well, which a laptop and a fleet of nodes
 * differ in. Each that was quick lets one more start, which doubles them from one round to the next; a slow one takes a
 * tenth of them away, and one that failed half.
 */
export class Pace {
  #most = AT_FIRST;

  get most(): number {
    return this.#most;
  }

  started(tookMs: number): void {
    if (tookMs <= QUICK_MS) this.#most += 1;
    else if (tookMs > SLOW_MS) this.#shrinkTo(0.9);
  }

  failed(): void {
    this.#shrinkTo(0.5);
  }

  #shrinkTo(part: number): void {
    this.#most = Math.max(LEAST, Math.floor(this.#most * part));
  }
}
