import type { StreamNumber } from '../supervisor';
import { GrowingBytes } from './growing-bytes';
import { MAX_OUTPUT_BYTES, type StartOptions } from './options';
import { Collector, type Output } from './output';

/** A piece of output. */
export interface OutputPiece {
  readonly type: 'stdout' | 'stderr';
  readonly bytes: Buffer;
}

/** A piece is joined with the one before it up to this, so that a reader has whole lines and not crumbs. */
const JOINED_BYTES = 4096;
/**
 * More pieces than this do not wait. A program that changes between its two outputs with each byte would make millions
 * of them; then what comes is joined with the last of its own output, and the order between the two is lost, as it is
 * in their pipes.
 */
const MOST_PIECES = 1024;

interface Waiting {
  readonly type: OutputPiece['type'];
  readonly content: GrowingBytes;
}

/**
 * What becomes of a command's output: kept for the result, told to callbacks, and where somebody reads events, held
 * until they do. `onTaken` hears what went through, so that as much may come again.
 */
export class Outputs {
  readonly #options: StartOptions;
  readonly #onTaken: (stream: StreamNumber, bytes: number) => void;
  readonly #onFailure: () => void;
  readonly #collectors: Record<StreamNumber, Collector>;
  readonly #waiting: Waiting[] = [];
  readonly #last: Partial<Record<OutputPiece['type'], Waiting>> = {};
  /** Whether somebody may read events; an output that a callback hears is not among them. */
  #isQueueing: boolean;
  #failure: { readonly error: unknown } | undefined;
  readonly #woken: Array<() => void> = [];

  constructor(
    options: StartOptions,
    hasHandle: boolean,
    onTaken: (stream: StreamNumber, bytes: number) => void,
    onFailure: () => void,
  ) {
    this.#onFailure = onFailure;
    this.#options = options;
    this.#isQueueing = hasHandle;
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
    if (this.#isQueued(stream)) this.#queue(stream === 1 ? 'stdout' : 'stderr', bytes);
    else this.#onTaken(stream, bytes.length);
  }

  /** What a callback threw; the first one. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** No more of this stream will be seen, so it need not travel. */
  isDeaf(stream: StreamNumber): boolean {
    return !this.#isQueued(stream) && !this.#listener(stream) && this.#collectors[stream].isTruncated;
  }

  /** Output waits for a reader of events. */
  get isHolding(): boolean {
    return this.#waiting.length > 0;
  }

  /** The next piece, for a reader of events. */
  shift(): OutputPiece | undefined {
    const first = this.#waiting.shift();
    if (!first) return undefined;
    const { type, content } = first;
    if (this.#last[type] === first) delete this.#last[type];
    this.#onTaken(type === 'stdout' ? 1 : 2, content.length);
    return { type, bytes: content.bytes };
  }

  /** Resolves at the next piece, or when somebody wakes it. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#woken.push(resolve));
  }

  wake(): void {
    for (const resolve of this.#woken.splice(0)) resolve();
  }

  /** No events are read from now on. */
  collect(): void {
    this.#isQueueing = false;
    while (this.shift());
    this.wake();
  }

  #isQueued(stream: StreamNumber): boolean {
    return this.#isQueueing && !this.#listener(stream);
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
    if (!this.#lastFor(type, bytes)?.content.add(bytes)) {
      const piece = { type, content: new GrowingBytes(bytes) };
      this.#waiting.push(piece);
      this.#last[type] = piece;
    }
    this.wake();
  }

  /** What these bytes are joined with, if there is room in it. */
  #lastFor(type: OutputPiece['type'], bytes: Buffer): Waiting | undefined {
    if (this.#waiting.length >= MOST_PIECES) return this.#last[type];
    const last = this.#waiting.at(-1);
    const isSmall = last !== undefined && last.content.length + bytes.length <= JOINED_BYTES;
    return isSmall && last.type === type ? last : undefined;
  }
}
