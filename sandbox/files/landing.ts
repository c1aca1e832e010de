/** What a small file or a list takes; then what a large file takes, unless it is written slowly. */
const SIZES = [64 << 10, 1 << 20];

/**
 * Bytes that have come and wait to be taken, in two buffers that are used in turn. They are copied, so that what came
 * off the connection is free at once, a large file leaves no garbage, and a sender that cuts its bytes small gains
 * nothing: it is held to its credit, and a byte takes a byte.
 */
export class Landing {
  #filling = Buffer.alloc(0);
  #taken = Buffer.alloc(0);
  #filled = 0;

  put(bytes: Buffer): void {
    const wanted = this.#filled + bytes.length;
    if (wanted > this.#filling.length) this.#grow(wanted);
    this.#filled += bytes.copy(this.#filling, this.#filled);
  }

  /** Everything that has come, in one piece, which is overwritten after the next call. */
  take(): Buffer {
    const bytes = this.#filling.subarray(0, this.#filled);
    [this.#filling, this.#taken] = [this.#taken, this.#filling];
    this.#filled = 0;
    return bytes;
  }

  drop(): void {
    this.#filled = 0;
  }

  #grow(wanted: number): void {
    const size = SIZES.find((size) => size >= wanted) ?? 2 * wanted;
    const larger = Buffer.allocUnsafeSlow(size);
    this.#filling.copy(larger, 0, 0, this.#filled);
    this.#filling = larger;
  }
}
