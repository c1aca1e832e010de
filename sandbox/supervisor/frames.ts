/**
 * The frames between the client and the supervisor in the pod: u32 length of what follows, u8 type, u32 channel,
 * payload; numbers are big-endian. program/frames.go is the other half.
 */

/** What the client sends. */
export const toPod = { open: 1, data: 2, end: 3, credit: 4, stop: 5, signal: 6, mute: 7, resize: 8 } as const;
/** What the pod sends. */
export const fromPod = { hello: 32, started: 33, output: 34, exit: 35, done: 36, grant: 37 } as const;

export const PROTOCOL_VERSION = 2;
/**
 * Bytes of a stream that go into one frame at most: with all that is put before them on the way (the header of the
 * frame, the channel of the exec, the header of the WebSocket) they fill 64 KiB, which leaves no crumbs.
 */
export const CHUNK_BYTES = (64 << 10) - 18;

/** How much may be under way at most of what goes to an operation, and of each stream that comes from it. */
export interface Windows {
  readonly input: number;
  /** Of the input: how much may be sent before any is granted. */
  readonly atFirst: number;
  readonly output: Readonly<Record<1 | 2, number>>;
}

const COMMAND_WINDOW = 16 * CHUNK_BYTES;

/**
 * So many commands have a place for a first piece of input each, which comes with their request, and as many files;
 * others wait until the supervisor grants it. Apart, because a file is read on and a command may never read. All beyond
 * that comes out of what all of them share: program/inputs.go.
 */
export const INPUT_PLACES = 32;

/** Whether an operation reads what the client sends. */
export function takesInput(operation: string, details: object): boolean {
  if (operation === 'run') return (details as { readonly stdin?: boolean }).stdin === true;
  return operation === 'write' || operation === 'upload' || operation === 'connect' || operation === 'accept';
}

/**
 * A file goes alone, and needs so much that every hop between here and there has something to carry; with less they
 * wait for each other, and wake each other for every piece. What comes waits here, what goes waits in the sandbox, whose
 * memory is small.
 */
export function windowsOf(operation: string, input: 'none' | 'granted' | 'atOnce' = 'none'): Windows {
  const isCommand = operation === 'run' || operation === 'follow' || operation === 'accept';
  const most = isCommand ? COMMAND_WINDOW : 128 * CHUNK_BYTES;
  return {
    input: input === 'none' ? 0 : most,
    atFirst: input === 'atOnce' ? CHUNK_BYTES : 0,
    output: isCommand ? { 1: COMMAND_WINDOW, 2: COMMAND_WINDOW } : { 1: 384 * CHUNK_BYTES, 2: 0 },
  };
}

/** The longest payload that the client sends: a command with its arguments and environment. */
export const MAX_OUTGOING = (1 << 20) - 5;
/** The longest payload that is taken from the pod: a chunk with its stream number, or an answer. */
export const MAX_INCOMING = CHUNK_BYTES + 16;

const LENGTH_BYTES = 4;
const HEADER_BYTES = 9;
/** With the number of the stream. */
const OUTPUT_HEADER_BYTES = HEADER_BYTES + 1;

export interface Frame {
  readonly type: number;
  readonly channel: number;
  readonly payload: Buffer;
  /** Of output: which of the two. Its payload is what has come of it, and more of the same may follow. */
  readonly stream?: number;
}

export function encodeFrame(type: number, channel: number, payload: Uint8Array | string = ''): Buffer {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  return Buffer.concat([frameHeader(type, channel, bytes.length), bytes]);
}

/** What is put before a payload of that length. */
export function frameHeader(type: number, channel: number, payloadBytes: number): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt32BE(HEADER_BYTES - LENGTH_BYTES + payloadBytes, 0);
  header.writeUInt8(type, LENGTH_BYTES);
  header.writeUInt32BE(channel, LENGTH_BYTES + 1);
  return header;
}

export function fourBytes(number: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(number);
  return bytes;
}

/** What is wrong with bytes that are no frames, for the error of their reader. */
export class FrameBreach extends Error {}

interface OutputUnderWay {
  readonly channel: number;
  readonly stream: number;
  missing: number;
}

/**
 * Cuts what arrives into frames. It holds less than one frame, whatever comes: a length out of bounds is refused
 * before a byte of its payload is kept. Output is handed on as it comes, so that large files are not put together.
 */
export class FrameParser {
  #parts: Buffer[] = [];
  #held = 0;
  /** Bytes of the frame under way, with its length; 0 until the length is known. */
  #wanted = 0;
  /** Output under way, and how many bytes of it are missing. */
  #output: OutputUnderWay | undefined;

  /** Throws FrameBreach; after that the stream cannot be read on. */
  push(chunk: Buffer, onFrame: (frame: Frame) => void): void {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#output) rest = this.#handOn(this.#output, rest, onFrame);
      else if (this.#wanted === 0) {
        rest = this.#keep(rest, LENGTH_BYTES);
        if (this.#held === LENGTH_BYTES) this.#wanted = LENGTH_BYTES + lengthOf(this.#joined());
      } else {
        rest = this.#keep(rest, Math.min(this.#wanted, OUTPUT_HEADER_BYTES));
        if (this.#held >= OUTPUT_HEADER_BYTES) {
          if (this.#beginsOutput(this.#joined())) continue;
          rest = this.#keep(rest, this.#wanted);
        }
        if (this.#held === this.#wanted) this.#tell(onFrame);
      }
    }
  }

  /** Output needs no more of its frame than the head that is held; the rest is handed on. */
  #beginsOutput(head: Buffer): boolean {
    if (head.readUInt8(LENGTH_BYTES) !== fromPod.output) return false;
    const missing = this.#wanted - OUTPUT_HEADER_BYTES;
    // One without bytes is handed on whole, and refused by whom it is for.
    if (missing === 0) return false;
    const [channel, stream] = [head.readUInt32BE(LENGTH_BYTES + 1), head.readUInt8(HEADER_BYTES)];
    this.#output = { channel, stream, missing };
    this.#forget();
    return true;
  }

  #handOn(output: OutputUnderWay, from: Buffer, onFrame: (frame: Frame) => void): Buffer {
    const { channel, stream } = output;
    const payload = from.subarray(0, output.missing);
    output.missing -= payload.length;
    if (output.missing === 0) this.#output = undefined;
    onFrame({ type: fromPod.output, channel, stream, payload });
    return from.subarray(payload.length);
  }

  #tell(onFrame: (frame: Frame) => void): void {
    const whole = this.#joined();
    this.#forget();
    onFrame({
      type: whole.readUInt8(LENGTH_BYTES),
      channel: whole.readUInt32BE(LENGTH_BYTES + 1),
      payload: whole.subarray(HEADER_BYTES),
    });
  }

  #forget(): void {
    this.#parts = [];
    this.#held = 0;
    this.#wanted = 0;
  }

  /** Whether a frame is under way: an end here is an end in its middle. */
  get isBetweenFrames(): boolean {
    return this.#held === 0 && !this.#output;
  }

  #keep(from: Buffer, until: number): Buffer {
    const taken = Math.max(0, Math.min(until - this.#held, from.length));
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
