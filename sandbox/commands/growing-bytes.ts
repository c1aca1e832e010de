/** What one growing piece holds at most; what comes then begins another. */
export const PIECE_BYTES = 64 << 10;

/** Bytes that small pieces are added to, each copied about once: joining two buffers each time copies all of them. */
export class GrowingBytes {
  #space: Buffer;
  #length: number;

  constructor(bytes: Buffer) {
    this.#space = Buffer.from(bytes);
    this.#length = bytes.length;
  }

  get length(): number {
    return this.#length;
  }

  /** Valid until the next `add`. */
  get bytes(): Buffer {
    return this.#space.subarray(0, this.#length);
  }

  /** Whether there was room for it. */
  add(bytes: Buffer): boolean {
    const length = this.#length + bytes.length;
    if (length > PIECE_BYTES) return false;
    if (length > this.#space.length) {
      const space = Buffer.allocUnsafe(Math.min(PIECE_BYTES, Math.max(length, 2 * this.#space.length)));
      this.bytes.copy(space);
      this.#space = space;
    }
    bytes.copy(this.#space, this.#length);
    this.#length = length;
    return true;
  }
}
