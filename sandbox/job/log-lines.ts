/** A timestamp of the kubelet is 20 to 35 characters; what is longer is none. */
const longestStamp = 40;
const newline = 0x0a;
const space = 0x20;

/**
 * A node reads two pipes, and may write down a line after one that is a little newer. Only one that is older by more than
 * this could be missed, if just then the connection breaks.
 */
const lateSeconds = 1;

/**
 * Takes the timestamps off a log that is followed with them, and leaves out what was told before a connection broke: a
 * log that is followed again starts with lines of the last seconds, in the order in which they were told.
 */
export class LogLines {
  #stamp = '';
  #isInStamp = true;
  /** How many lines of each stamp were told whole, by second; of the last seconds only. */
  readonly #told = new Map<number, Map<string, number>>();
  #newest = Number.NEGATIVE_INFINITY;
  /** The line that was told in part. */
  #cut: { readonly stamp: string; readonly bytes: number } | undefined;
  /** What has yet to come again before there is news; older lines than `from` were not asked for. */
  #toSkip = new Map<string, number>();
  #from = Number.NEGATIVE_INFINITY;
  /** The line that is read now, and how much of its beginning is known. */
  #line = { stamp: '', bytes: 0, known: 0 };

  /** Where to follow from when the connection broke, in whole seconds; `undefined` for the beginning. */
  get sinceTime(): string | undefined {
    const since = this.#newest - lateSeconds;
    return Number.isFinite(since) ? new Date(since * 1000).toISOString() : undefined;
  }

  /** To be called before the log is followed again. */
  again(): void {
    this.#stamp = '';
    this.#isInStamp = true;
    this.#from = this.#newest - lateSeconds;
    this.#toSkip = new Map([...this.#told.values()].flatMap((stamps) => [...stamps]));
  }

  /** The new bytes of the output in a piece of the log. */
  read(chunk: Buffer): Buffer[] {
    const news: Buffer[] = [];
    let from = 0;
    while (from < chunk.length) {
      if (this.#isInStamp) {
        from = this.#readStamp(chunk, from);
        continue;
      }
      const end = chunk.indexOf(newline, from);
      const to = end < 0 ? chunk.length : end + 1;
      const piece = this.#tell(chunk.subarray(from, to), end >= 0);
      if (piece.length > 0) news.push(piece);
      if (end >= 0) this.#isInStamp = true;
      from = to;
    }
    return news;
  }

  #readStamp(chunk: Buffer, from: number): number {
    const end = chunk.indexOf(space, from);
    const to = end < 0 ? chunk.length : end;
    this.#stamp += chunk.toString('latin1', from, Math.min(to, from + longestStamp));
    if (end < 0 && this.#stamp.length < longestStamp) return to;
    this.#line = { stamp: this.#stamp, bytes: 0, known: this.#knownOf(this.#stamp) };
    this.#stamp = '';
    this.#isInStamp = false;
    return end < 0 ? to : end + 1;
  }

  /** How much of the line that begins now was told before. */
  #knownOf(stamp: string): number {
    if (this.#secondOf(stamp) < this.#from) return Number.POSITIVE_INFINITY;
    const toSkip = this.#toSkip.get(stamp) ?? 0;
    if (toSkip > 0) {
      this.#toSkip.set(stamp, toSkip - 1);
      return Number.POSITIVE_INFINITY;
    }
    return this.#cut?.stamp === stamp ? this.#cut.bytes : 0;
  }

  #tell(piece: Buffer, isEnd: boolean): Buffer {
    const line = this.#line;
    const news = piece.subarray(Math.max(0, Math.min(line.known - line.bytes, piece.length)));
    line.bytes += piece.length;
    if (line.bytes > line.known) {
      this.#cut = isEnd ? undefined : { stamp: line.stamp, bytes: line.bytes };
      if (isEnd) this.#remember(line.stamp);
    }
    return news;
  }

  #remember(stamp: string): void {
    const second = this.#secondOf(stamp);
    if (second > this.#newest) {
      this.#newest = second;
      for (const old of this.#told.keys()) if (old < second - lateSeconds) this.#told.delete(old);
    }
    if (second < this.#newest - lateSeconds) return;
    const stamps = this.#told.get(second) ?? new Map<string, number>();
    this.#told.set(second, stamps.set(stamp, (stamps.get(stamp) ?? 0) + 1));
  }

  /** What is no stamp counts as the newest. */
  #secondOf(stamp: string): number {
    const second = Math.floor(Date.parse(stamp) / 1000);
    return Number.isNaN(second) ? this.#newest : second;
  }
}
