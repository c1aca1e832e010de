/** Where a clock of ours and the monotonic one of this process are taken from; tests give others. */
const monotonicMs = () => performance.now();

/**
 * The clock of the server, from the Date of its answers, which has whole seconds. Between two answers it goes on with
 * the monotonic clock of this process, so that neither a wrong clock here nor one that is set meanwhile matters.
 */
export class ServerClock {
  readonly #elapsed: () => number;
  /** The server's time when `#elapsed` was 0; every answer says that it is at least this, so the latest is the nearest. */
  #origin: number | undefined;

  constructor(elapsed: () => number = monotonicMs) {
    this.#elapsed = elapsed;
  }

  /** @param date the Date header of an answer that has just come */
  heard(date: string | undefined): void {
    const told = date === undefined ? Number.NaN : Date.parse(date);
    if (Number.isNaN(told)) return;
    const origin = told - this.#elapsed();
    const known = this.#origin;
    // A server that was replaced, or set its clock, is believed anew.
    if (known === undefined || Math.abs(origin - known) > 5_000 || origin > known) this.#origin = origin;
  }

  /** Milliseconds since 1970 by the server; by this machine while no answer with a Date came. At most a second behind. */
  now(): number {
    return this.#origin === undefined ? Date.now() : this.#origin + this.#elapsed();
  }
}
