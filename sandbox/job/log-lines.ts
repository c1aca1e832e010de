/** A timestamp of the kubelet is 20 to 35 characters; what is longer is none. */
const longestStamp = 40;
const newline = 0x0a;
const space = 0x20;

/**
 * Takes the timestamps off a log that is followed with them, and leaves out what came before a connection broke, byte
 * for byte: a log that is followed again starts with whole lines that were told before.
 */
export class LogLines {
  #stamp = '';
  #isInStamp = true;
  /** The last line that was told: its stamp, its place among lines of that stamp, and how much of it was told. */
  #told = { stamp: '', place: 0, bytes: 0 };
  /** The line that is read now. */
  #line = { stamp: '', place: 0, bytes: 0 };

  /** Where to follow from when the connection broke; `undefined` for the beginning. */
  get sinceTime(): string | undefined {
    return this.#told.stamp === '' ? undefined : this.#told.stamp;
  }

  /** To be called before the log is followed again. */
  again(): void {
    this.#stamp = '';
    this.#isInStamp = true;
    this.#line = { stamp: '', place: 0, bytes: 0 };
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
      const piece = this.#tell(chunk.subarray(from, to));
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
    const isSame = this.#stamp === this.#line.stamp;
    this.#line = { stamp: this.#stamp, place: isSame ? this.#line.place + 1 : 0, bytes: 0 };
    this.#stamp = '';
    this.#isInStamp = false;
    return end < 0 ? to : end + 1;
  }

  #tell(piece: Buffer): Buffer {
    const line = this.#line;
    const told = this.#told;
    const start = line.bytes;
    line.bytes += piece.length;
    const order = compareStamps(line.stamp, told.stamp) || line.place - told.place;
    if (order < 0) return piece.subarray(piece.length);
    const known = order === 0 ? Math.max(0, told.bytes - start) : 0;
    if (known >= piece.length) return piece.subarray(piece.length);
    this.#told = { ...line };
    return piece.subarray(known);
  }
}

/** Nanoseconds are written without trailing zeros, so texts do not compare as they stand. */
function compareStamps(left: string, right: string): number {
  const [one, other] = [padded(left), padded(right)];
  return one === other ? 0 : one < other ? -1 : 1;
}

function padded(stamp: string): string {
  const [seconds = '', fraction = ''] = stamp.replace(/Z$/, '').split('.');
  return `${seconds}.${fraction.padEnd(9, '0')}`;
}
