import { mismatch } from './file-errors';
import type { FileOperation, FileOptions } from './file-operation';
import { RecordReader } from './records';

/** How a folder is watched. */
export interface WatchOptions extends FileOptions {
  /**
   * Also everything below it.
   * @default false
   */
  readonly recursive?: boolean;
}

/** What happened in a folder that is watched. */
export interface FileChange {
  /**
   * Something is there that was not (`made`), was written to or given other bytes (`changed`), or is not there any more
   * (`gone`). A name that changes is `gone` and `made`. After `missed` look at the folder: more happened than was told.
   */
  readonly is: 'made' | 'changed' | 'gone' | 'missed';
  /** From the folder that is watched; of `missed` a dot. Bytes that are no UTF-8 are shown as U+FFFD. */
  readonly path: string;
  /** The path as bytes, where it is no UTF-8. */
  readonly pathBytes: Uint8Array | undefined;
}

/**
 * Changes of a folder, in their order: at most one reader. Each is told at least once, and one that is written piece by
 * piece not for each. It ends with `close()`; when the folder goes away it throws `FileMissing`.
 *
 * @example
 * const watch = await sandbox.files.watch('src', { recursive: true });
 * for await (const { is, path } of watch) {
 *   console.log(is, path);
 *   await watch.close();
 * }
 */
export class FileWatch implements AsyncIterableIterator<FileChange> {
  readonly #operation: FileOperation;
  readonly #records: RecordReader;
  #isClosed = false;

  private constructor(operation: FileOperation) {
    this.#operation = operation;
    this.#records = new RecordReader(operation);
  }

  /** @internal Resolves when every later change is told. */
  static async open(operation: FileOperation): Promise<FileWatch> {
    const watch = new FileWatch(operation);
    try {
      const first = await watch.#read();
      if (first?.is !== 'ready') throw watch.#odd();
      return watch;
    } catch (error) {
      await operation.close();
      throw error;
    }
  }

  async next(): Promise<IteratorResult<FileChange, undefined>> {
    try {
      while (!this.#isClosed) {
        const told = await this.#read();
        if (!told) break;
        const { is, path, pathBytes } = told;
        if (is === 'alive') continue;
        if (is !== 'made' && is !== 'changed' && is !== 'gone' && is !== 'missed') throw this.#odd();
        return { done: false, value: { is, path, pathBytes } };
      }
    } catch (error) {
      if (!this.#isClosed) {
        await this.close();
        throw error;
      }
    }
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<FileChange, undefined>> {
    await this.close();
    return { done: true, value: undefined };
  }

  /** Watches no more. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#operation.close();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** What the supervisor tells is looked at before it is believed. */
  async #read(): Promise<
    { readonly is: string; readonly path: string; readonly pathBytes: Uint8Array | undefined } | undefined
  > {
    const length = await this.#records.exactly(4);
    if (length && length.readUInt32BE() > MOST_BYTES) throw this.#odd();
    const text = length && (await this.#records.exactly(length.readUInt32BE()));
    if (!text) {
      // It says why there is nothing more.
      await this.#operation.result();
      return undefined;
    }
    const { is, path, bytes } = parsed(text);
    if (typeof is !== 'string' || typeof path !== 'string') throw this.#odd();
    const pathBytes = typeof bytes === 'string' ? Buffer.from(bytes, 'base64') : undefined;
    return { is, path: pathBytes?.toString('utf8') ?? path, pathBytes };
  }

  #odd(): Error {
    return mismatch(this.#operation.place, 'something else than a change', 'changes of a folder');
  }
}

const MOST_BYTES = 64 << 10;

function parsed(text: Buffer): Readonly<Record<string, unknown>> {
  try {
    const told: unknown = JSON.parse(text.toString('utf8'));
    return typeof told === 'object' && told !== null ? (told as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
