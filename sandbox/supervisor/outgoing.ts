import type { Writable } from 'node:stream';

/** Frames that wait to be sent, in pieces; what waits leaves in one write. */
export class Outgoing {
  readonly #stream: Writable;
  #waiting: Uint8Array[] = [];
  #done: (() => void)[] = [];
  #isScheduled = false;
  #writing = false;
  #closed = false;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  send(...frame: readonly Uint8Array[]): void {
    if (this.#closed) return;
    this.#waiting.push(...frame);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // What is said in one go leaves in one go.
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#flush();
    });
  }

  /** Resolves when the stream has taken the frame, or never will: a writer goes no faster than the connection. */
  sent(frame: readonly Uint8Array[]): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#done.push(resolve);
      this.send(...frame);
    });
  }

  close(): void {
    this.#closed = true;
    this.#waiting = [];
    this.#settle();
  }

  #settle(): void {
    const done = this.#done;
    this.#done = [];
    for (const resolve of done) resolve();
  }

  #flush(): void {
    if (this.#writing || this.#waiting.length === 0) return;
    const pieces = this.#waiting;
    const done = this.#done;
    this.#waiting = [];
    this.#done = [];
    this.#writing = true;
    const last = pieces.pop();
    this.#stream.cork();
    for (const piece of pieces) this.#stream.write(piece);
    // Its failure is told by the end of the transport.
    this.#stream.write(last, () => {
      this.#writing = false;
      for (const resolve of done) resolve();
      this.#flush();
    });
    this.#stream.uncork();
  }
}
