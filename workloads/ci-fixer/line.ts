/** Lets one in at a time, in the order in which they came. */
export class Line {
  private last: Promise<unknown> = Promise.resolve();
  private length = 0;

  get isEmpty(): boolean {
    return this.length === 0;
  }

  /** Does the work when all who came before have done theirs, or rejects when the signal comes first. */
  async wait<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    this.length++;
    const turn = this.last.then(() => {
      signal.throwIfAborted();
      return work();
    });
    this.last = turn.then(
      () => {},
      () => {},
    );
    try {
      return await turn;
    } finally {
      this.length--;
    }
  }
}
