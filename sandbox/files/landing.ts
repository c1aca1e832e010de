import { windowsOf } from '../supervisor';

const LARGE_BYTES = 16 << 20;
/** What a small file or a list takes, then what large ones take; what is written slowly takes its whole window. */
const SIZES = [64 << 10, 1 << 20, LARGE_BYTES, windowsOf('read').output[1]];
/** Taken at once at most: what the connection brings in one turn, and no more than what a processor keeps at hand. */
const PIECE_BYTES = 4 << 20;

/** One large ring that nobody uses now: a new one for each file would soon make the engine look for garbage. */
let spare: Buffer | undefined;

/**
 * Bytes that have come and wait to be taken, in a ring. They are copied, so that what came off the connection is free
 * at once, a large file leaves no garbage, and a sender that cuts its bytes small gains nothing: it is held to its
 * credit, and a byte takes a byte.
 */
export class Landing {
  #ring: Buffer = Buffer.alloc(0);
  /** Where the piece lies that was taken last, how long it is, and how much waits behind it. */
  #start = 0;
  #taken = 0;
  #waiting = 0;

  put(bytes: Buffer): void {
    const wanted = this.#taken + this.#waiting + bytes.length;
    if (wanted > this.#ring.length) this.#grow(wanted);
    const copied = bytes.copy(this.#ring, this.#inRing(this.#start + this.#taken + this.#waiting));
    bytes.copy(this.#ring, 0, copied);
    this.#waiting += bytes.length;
  }

  /** What has come, or the first of it, in one piece that is overwritten after the next call. */
  take(): Buffer {
    this.#start = this.#waiting === 0 ? 0 : this.#inRing(this.#start + this.#taken);
    const bytes = this.#ring.subarray(this.#start).subarray(0, Math.min(this.#waiting, PIECE_BYTES));
    this.#taken = bytes.length;
    this.#waiting -= bytes.length;
    return bytes;
  }

  drop(): void {
    this.#waiting = 0;
  }

  /** Said when nothing more comes and no piece is read any more. */
  close(): void {
    if (this.#ring.length === LARGE_BYTES) spare = this.#ring;
    this.#replaceRing(Buffer.alloc(0));
    this.#waiting = 0;
  }

  #inRing(position: number): number {
    return position < this.#ring.length ? position : position - this.#ring.length;
  }

  /** The piece that was taken last stays where it is, in the ring before. */
  #grow(wanted: number): void {
    const larger = ringFor(wanted);
    const from = this.#inRing(this.#start + this.#taken);
    const copied = this.#ring.subarray(from).subarray(0, this.#waiting).copy(larger);
    this.#ring.copy(larger, copied, 0, this.#waiting - copied);
    this.#replaceRing(larger);
  }

  #replaceRing(ring: Buffer): void {
    this.#ring = ring;
    this.#start = 0;
    this.#taken = 0;
  }
}

function ringFor(bytes: number): Buffer {
  const size = SIZES.find((size) => size >= bytes) ?? 2 * bytes;
  if (size !== LARGE_BYTES || !spare) return Buffer.allocUnsafeSlow(size);
  const ring = spare;
  spare = undefined;
  return ring;
}
