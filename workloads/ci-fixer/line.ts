/** Lets one in at a time, in the order in which they came. */
export class Line {
  private last: Promise<void> = Promise.resolve();
  private length = 0;

  get isEmpty(): boolean {
    return this.length === 0;
  }

  /** Does the work when all who came before have done theirs, or rejects when the signal comes first. */
  async wait<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.last;
    let leave = () => {};
    const left = new Promise<void>((resolve) => {
      leave = resolve;
    });
    // Who leaves before its turn lets nobody in before theirs.
    this.last = before.then(() => left);
    this.length++;
    try {
      await unlessAborted(before, signal);
      return await work();
    } finally {
      this.length--;
      leave();
    }
  }
}

function unlessAborted(turn: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    void turn.then(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
  });
}
