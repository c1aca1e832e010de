/** Lets one in at a time, in the order in which they came. */
export class Line {
  private last: Promise<void> = Promise.resolve();
  private length = 0;

  get isEmpty(): boolean {
    return this.length === 0;
  }

  /**
   * Does the work when all who came before have left, or rejects when the signal comes first. Who has done the work has
   * left, and may leave before: what is still to do then is done beside the work of the next one.
   */
  async wait<T>(signal: AbortSignal, work: (leave: () => void) => Promise<T>): Promise<T> {
    const before = this.last;
    let isIn = true;
    let tellNext = () => {};
    const left = new Promise<void>((resolve) => {
      tellNext = resolve;
    });
    // Who leaves before its turn lets nobody in before theirs.
    this.last = before.then(() => left);
    this.length++;
    const leave = () => {
      if (isIn) this.length--;
      isIn = false;
      tellNext();
    };
    try {
      await unlessAborted(before, signal);
      return await work(leave);
    } finally {
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
