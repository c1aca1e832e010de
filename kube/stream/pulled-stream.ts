import { Readable } from 'node:stream';
import { Fifo } from './fifo';

/**
 * A Readable that holds what came off a socket until it is read, and says how much that is. What was received before
 * a failure is still read; the error comes after it.
 */
export class PulledStream {
  readonly readable: Readable;
  readonly #chunks = new Fifo<Buffer>();
  readonly #onLess: () => void;
  #waiting = false;
  #end: { readonly error: Error | undefined } | undefined;
  #bytes = 0;

  constructor(onLess: () => void) {
    this.#onLess = onLess;
    this.readable = new Readable({
      // Everything waits in one place, here, where the error can wait behind it.
      highWaterMark: 0,
      read: () => {
        this.#waiting = true;
        this.#feed();
      },
      destroy: (error, done) => {
        this.#chunks.clear();
        this.#bytes = 0;
        this.#onLess();
        done(error);
      },
    });
    // A caller that looks at the outcome and not at the stream must not be ended by an unhandled event.
    this.readable.on('error', () => {});
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(chunk: Buffer): void {
    if (this.readable.destroyed || this.#end || chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    this.#feed();
  }

  finish(error?: Error): void {
    if (this.#end) return;
    this.#end = { error };
    this.#feed();
  }

  #feed(): void {
    if (!this.#waiting || this.readable.destroyed) return;
    const chunk = this.#chunks.shift();
    if (chunk) {
      this.#waiting = false;
      this.#bytes -= chunk.length;
      this.readable.push(chunk);
      this.#onLess();
      return;
    }
    if (!this.#end) return;
    if (this.#end.error) this.readable.destroy(this.#end.error);
    else this.readable.push(null);
  }
}
