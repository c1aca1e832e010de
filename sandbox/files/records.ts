import { type Header, headerOf } from './file-entry';
import { mismatch } from './file-errors';
import type { FileOperation } from './file-operation';

/**
 * A folder travels as records: u32 length, a header as JSON, and for a file its bytes and their SHA-256.
 * program/folders.go is the other half.
 */
const MAX_HEADER_BYTES = 64 << 10;
const LENGTH_BYTES = 4;
/** Small records leave together. */
const BATCH_BYTES = 64 << 10;

/** Reads records off an operation; holds no more than a header and what came with it. */
export class RecordReader {
  readonly #operation: FileOperation;
  #rest: Buffer = Buffer.alloc(0);

  constructor(operation: FileOperation) {
    this.#operation = operation;
  }

  /** The next header, or `undefined` when no more bytes come: then the answer says why. */
  async header(): Promise<Header | undefined> {
    const length = await this.exactly(LENGTH_BYTES);
    if (!length) return undefined;
    const bytes = length.readUInt32BE();
    if (bytes > MAX_HEADER_BYTES) throw this.#refuse(`a header of ${bytes} bytes`);
    const text = await this.exactly(bytes);
    if (!text) return undefined;
    const header = headerOf(parsed(text));
    if (!header) throw this.#refuse('an invalid header');
    return header;
  }

  /** That many bytes in one piece, the caller's own; `undefined` when fewer come. */
  async exactly(bytes: number): Promise<Buffer | undefined> {
    const whole = Buffer.alloc(bytes);
    for (let filled = 0; filled < bytes; ) {
      const part = await this.some(bytes - filled);
      if (!part) return undefined;
      filled += part.copy(whole, filled);
    }
    return whole;
  }

  /** Some bytes, at most so many, until the next call. */
  async some(most: number): Promise<Buffer | undefined> {
    if (this.#rest.length === 0) {
      const chunk = await this.#operation.next();
      if (!chunk) return undefined;
      this.#rest = chunk;
    }
    const taken = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  #refuse(found: string): Error {
    return mismatch(this.#operation.place, found, 'records of a folder');
  }
}

function parsed(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** A header as it travels: its length, and JSON. */
export function recordHeader(header: object): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, text]);
}

/** Writes records onto an operation. */
export class RecordWriter {
  readonly #operation: FileOperation;
  #waiting: Buffer[] = [];
  #bytes = 0;

  constructor(operation: FileOperation) {
    this.#operation = operation;
  }

  async header(header: object): Promise<void> {
    await this.bytes(recordHeader(header));
  }

  /** The bytes may be used again when this resolves. */
  async bytes(bytes: Uint8Array): Promise<void> {
    if (this.#bytes + bytes.length > BATCH_BYTES) await this.flush();
    if (bytes.length > BATCH_BYTES) {
      await this.#operation.send(bytes);
      return;
    }
    this.#waiting.push(Buffer.from(bytes));
    this.#bytes += bytes.length;
  }

  async flush(): Promise<void> {
    if (this.#bytes === 0) return;
    const batch = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#bytes = 0;
    await this.#operation.send(batch);
  }
}
