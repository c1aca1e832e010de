import type { Readable } from 'node:stream';
import type { EgressEvent, EgressOptions } from './options';
import { type EgressRefusal, Refused } from './refused';

/** A connection over which nothing has gone for so long is over. */
const IDLE_MS = 60_000;

/** Counts what one tunnel or request carries, ends it at its bounds, and tells of it once. */
export class Meter {
  readonly #began = performance.now();
  #sent = 0;
  #received = 0;
  #isTold = false;
  readonly #idle: NodeJS.Timeout;

  /** @param end breaks it off */
  constructor(
    private readonly kind: EgressEvent['kind'],
    private readonly target: string,
    private readonly maxBytes: number,
    private readonly listener: EgressOptions['onEvent'],
    private readonly end: (why: Refused | undefined) => void,
  ) {
    this.#idle = setTimeout(() => this.end(undefined), IDLE_MS);
  }

  /** Counts what goes out of a stream of either side. */
  watch(from: Readable, way: 'sent' | 'received'): void {
    from.on('data', (bytes: Buffer) => {
      if (way === 'sent') this.#sent += bytes.length;
      else this.#received += bytes.length;
      this.#idle.refresh();
      if (this.#sent + this.#received <= this.maxBytes) return;
      const limit = new Refused('limit', this.target);
      this.over(limit.why);
      this.end(limit);
    });
  }

  over(refused?: EgressRefusal): void {
    clearTimeout(this.#idle);
    if (this.#isTold) return;
    this.#isTold = true;
    try {
      this.listener?.({
        kind: this.kind,
        target: this.target,
        refused,
        sentBytes: this.#sent,
        receivedBytes: this.#received,
        durationMs: performance.now() - this.#began,
      });
    } catch {
      // What a listener throws ends no connection.
    }
  }
}
