/** Bytes that a command printed; text is a view of them. */
export class Output {
  constructor(readonly bytes: Uint8Array) {}

  get length(): number {
    return this.bytes.length;
  }

  /** As UTF-8; what is none becomes U+FFFD. */
  get text(): string {
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength).toString('utf8');
  }

  toString(): string {
    return this.text;
  }
}

/** Keeps the first bytes of a stream, and says whether there were more. */
export class Collector {
  readonly #most: number;
  #parts: Buffer[] = [];
  #length = 0;
  #isTruncated = false;

  constructor(most: number) {
    this.#most = most;
  }

  get isTruncated(): boolean {
    return this.#isTruncated;
  }

  push(bytes: Buffer): void {
    const room = this.#most - this.#length;
    if (bytes.length > room) this.#isTruncated = true;
    const kept = bytes.subarray(0, room);
    if (kept.length === 0) return;
    this.#length += kept.length;
    const last = this.#parts.at(-1);
    // Many small pieces cost more than their bytes.
    if (last && last.length + kept.length <= JOINED_BYTES) {
      this.#parts[this.#parts.length - 1] = Buffer.concat([last, kept]);
    } else this.#parts.push(Buffer.from(kept));
  }

  output(): Output {
    return new Output(this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts));
  }
}

const JOINED_BYTES = 4096;
