import type { StreamNumber } from '../supervisor';
import { MAX_OUTPUT_BYTES, type StartOptions } from './options';
import { Collector, type Output } from './output';

/** A piece of output. */
export interface OutputPiece {
  readonly type: 'stdout' | 'stderr';
  bytes: Buffer;
}

/** Pieces smaller than this are joined with the one before. */
const JOINED_BYTES = 4096;

/**
 * What becomes of a command's output: kept for the result, told to callbacks, and where somebody reads events, held
 * until they do. `onTaken` hears what went through, so that as much may come again.
 */
export class Outputs {
  readonly #options: StartOptions;
  readonly #onTaken: (stream: StreamNumber, bytes: number) => void;
  readonly #onFailure: () => void;
  readonly #collectors: Record<StreamNumber, Collector>;
  readonly #waiting: OutputPiece[] = [];
  #isQueueing: boolean;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(
    options: StartOptions,
    hasHandle: boolean,
    onTaken: (stream: StreamNumber, bytes: number) => void,
    onFailure: () => void,
  ) {
    this.#onFailure = onFailure;
    this.#options = options;
    // Where callbacks hear it, nobody has to read events.
    this.#isQueueing = hasHandle && options.onStdout === undefined && options.onStderr === undefined;
    this.#onTaken = onTaken;
    const most = options.maxOutputBytes ?? MAX_OUTPUT_BYTES;
    this.#collectors = { 1: new Collector(most), 2: new Collector(most) };
  }

  get stdout(): Output {
    return this.#collectors[1].output();
  }

  get stderr(): Output {
    return this.#collectors[2].output();
  }

  get isTruncated(): boolean {
    return this.#collectors[1].isTruncated || this.#collectors[2].isTruncated;
  }

  push(stream: StreamNumber, bytes: Buffer): void {
    this.#collectors[stream].push(bytes);
    this.#tell(stream, bytes);
    if (this.#isQueueing) this.#queue(stream === 1 ? 'stdout' : 'stderr', bytes);
    else this.#onTaken(stream, bytes.length);
  }

  /** What a callback threw; the first one. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** Nobody will see any more of this stream, so it need not travel. */
  isDeaf(stream: StreamNumber): boolean {
    return !this.#isQueueing && !this.#listener(stream) && this.#collectors[stream].isTruncated;
  }

  /** The next piece, for a reader of events. */
  shift(): OutputPiece | undefined {
    const piece = this.#waiting.shift();
    if (piece) this.#onTaken(piece.type === 'stdout' ? 1 : 2, piece.bytes.length);
    return piece;
  }

  /** Resolves at the next piece, or when somebody wakes it. */
  changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  wake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  /** No events are read from now on. */
  collect(): void {
    this.#isQueueing = false;
    while (this.shift());
    this.wake();
  }

  /** A callback that throws does not end the program: the command is ended, and its caller hears the error. */
  #tell(stream: StreamNumber, bytes: Buffer): void {
    if (this.#failure) return;
    try {
      this.#listener(stream)?.(bytes);
    } catch (error) {
      this.#failure = { error };
      this.#onFailure();
    }
  }

  #listener(stream: StreamNumber): ((bytes: Uint8Array) => void) | undefined {
    return stream === 1 ? this.#options.onStdout : this.#options.onStderr;
  }

  #queue(type: OutputPiece['type'], bytes: Buffer): void {
    const last = this.#waiting.at(-1);
    if (last?.type === type && last.bytes.length + bytes.length <= JOINED_BYTES) {
      last.bytes = Buffer.concat([last.bytes, bytes]);
    } else this.#waiting.push({ type, bytes });
    this.wake();
  }
}
