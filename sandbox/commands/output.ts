import { GrowingBytes } from './growing-bytes';

/**
 * Bytes that a command printed; text is a view of them.
 *
 * @example
 * const { stdout } = await sandbox.commands.run(['cat', 'report.bin']);
 * console.log(stdout.length, stdout.text, stdout.bytes);
 */
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
  readonly #parts: GrowingBytes[] = [];
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
    // Many small pieces cost more than their bytes.
    if (!this.#parts.at(-1)?.add(kept)) this.#parts.push(new GrowingBytes(kept));
  }

  output(): Output {
    return new Output(Buffer.concat(this.#parts.map(({ bytes }) => bytes)));
  }
}
