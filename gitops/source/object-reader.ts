import type { ObjectInStore } from './object-batch';

interface Asked {
  readonly names: readonly string[];
  readonly bytes: number;
  readonly answer: (objects: readonly (ObjectInStore | undefined)[]) => void;
  readonly fail: (error: unknown) => void;
}

type Read = (names: readonly string[], bytes: number) => Promise<readonly (ObjectInStore | undefined)[]>;

/**
 * Reads objects for many who ask at once by few calls of git: who asks while one runs shares the next one, up to a bound of
 * what is held at a time.
 */
export class ObjectReader {
  readonly #read: Read;
  readonly #mostBytes: number;
  readonly #waiting: Asked[] = [];
  #isReading = false;

  constructor(read: Read, mostBytes: number) {
    this.#read = read;
    this.#mostBytes = mostBytes;
  }

  /** @param bytes the most that they have together */
  objects(names: readonly string[], bytes: number): Promise<readonly (ObjectInStore | undefined)[]> {
    if (names.length === 0) return Promise.resolve([]);
    return new Promise((answer, fail) => {
      this.#waiting.push({ names, bytes, answer, fail });
      void this.#work();
    });
  }

  async #work(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    // Who asks in the same turn is not left for the next call.
    await null;
    while (this.#waiting.length > 0) {
      const batch = this.#next();
      const bytes = batch.reduce((sum, one) => sum + one.bytes, 0);
      try {
        const objects = await this.#read(
          batch.flatMap(({ names }) => names),
          bytes,
        );
        let at = 0;
        for (const { names, answer } of batch) {
          answer(objects.slice(at, at + names.length));
          at += names.length;
        }
      } catch (error) {
        for (const { fail } of batch) fail(error);
      }
    }
    this.#isReading = false;
  }

  #next(): Asked[] {
    const batch = [this.#waiting.shift()!];
    let bytes = batch[0]!.bytes;
    while (this.#waiting.length > 0 && bytes + this.#waiting[0]!.bytes <= this.#mostBytes) {
      bytes += this.#waiting[0]!.bytes;
      batch.push(this.#waiting.shift()!);
    }
    return batch;
  }
}
