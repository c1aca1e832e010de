/**
 * The frames between the client and the supervisor in the pod: u32 length of what follows, u8 type, u32 channel,
 * payload; numbers are big-endian. program/frames.go is the other half.
 */

/** What the client sends. */
export const toPod = { open: 1, data: 2, end: 3, credit: 4, stop: 5, signal: 6, mute: 7 } as const;
/** What the pod sends. */
export const fromPod = { hello: 32, started: 33, output: 34, exit: 35, done: 36, grant: 37 } as const;

export const PROTOCOL_VERSION = 1;
/** How much of one stream may be under way. */
export const WINDOW = 1 << 20;
/** Bytes of a stream that go into one frame at most. */
export const CHUNK_BYTES = 64 << 10;
/** The longest payload that the client sends: a command with its arguments and environment. */
export const MAX_OUTGOING = (1 << 20) - 5;
/** The longest payload that is taken from the pod: a chunk with its stream number, or an answer. */
export const MAX_INCOMING = CHUNK_BYTES + 16;

const LENGTH_BYTES = 4;
const HEADER_BYTES = 9;

export interface Frame {
  readonly type: number;
  readonly channel: number;
  readonly payload: Buffer;
}

export function encodeFrame(type: number, channel: number, payload: Uint8Array | string = ''): Buffer {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const frame = Buffer.allocUnsafe(HEADER_BYTES + bytes.length);
  frame.writeUInt32BE(HEADER_BYTES - LENGTH_BYTES + bytes.length, 0);
  frame.writeUInt8(type, LENGTH_BYTES);
  frame.writeUInt32BE(channel, LENGTH_BYTES + 1);
  frame.set(bytes, HEADER_BYTES);
  return frame;
}

export function fourBytes(number: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(number);
  return bytes;
}

/** What is wrong with bytes that are no frames, for the error of whoever reads them. */
export class FrameBreach extends Error {}

/**
 * Cuts what arrives into frames. It holds less than one frame, whatever comes: a length out of bounds is refused
 * before a byte of its payload is kept.
 */
export class FrameParser {
  #parts: Buffer[] = [];
  #held = 0;
  /** Bytes of the frame under way, with its length; 0 until the length is known. */
  #wanted = 0;

  /** Throws FrameBreach; after that the stream cannot be read on. */
  push(chunk: Buffer, onFrame: (frame: Frame) => void): void {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#wanted === 0) {
        rest = this.#keep(rest, LENGTH_BYTES);
        if (this.#held < LENGTH_BYTES) return;
        this.#wanted = LENGTH_BYTES + lengthOf(this.#joined());
      }
      rest = this.#keep(rest, this.#wanted);
      if (this.#held < this.#wanted) return;
      const whole = this.#joined();
      this.#parts = [];
      this.#held = 0;
      this.#wanted = 0;
      onFrame({
        type: whole.readUInt8(LENGTH_BYTES),
        channel: whole.readUInt32BE(LENGTH_BYTES + 1),
        payload: whole.subarray(HEADER_BYTES),
      });
    }
  }

  /** Whether a frame is under way: an end here is an end in its middle. */
  get isBetweenFrames(): boolean {
    return this.#held === 0;
  }

  #keep(from: Buffer, until: number): Buffer {
    const taken = Math.min(until - this.#held, from.length);
    if (taken > 0) this.#parts.push(from.subarray(0, taken));
    this.#held += taken;
    return from.subarray(taken);
  }

  #joined(): Buffer {
    if (this.#parts.length > 1) this.#parts = [Buffer.concat(this.#parts, this.#held)];
    return this.#parts[0]!;
  }
}

function lengthOf(header: Buffer): number {
  const length = header.readUInt32BE(0);
  const least = HEADER_BYTES - LENGTH_BYTES;
  if (length < least || length > least + MAX_INCOMING) throw new FrameBreach(`a frame of ${length} bytes`);
  return length;
}
