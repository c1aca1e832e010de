import {
  encodeFrame,
  type Frame,
  FrameBreach,
  fourBytes,
  frameHeader,
  fromPod,
  toPod,
  type Windows,
  windowsOf,
} from './frames';
import type { Outgoing } from './outgoing';

/** 1 is a command's standard output and the content of a file, 2 a command's standard error. */
export type StreamNumber = 1 | 2;

/** The supervisor's answer that ends an operation. */
export interface Answer {
  readonly problem?: { readonly code: string; readonly text: string };
  readonly result?: unknown;
}

/** What an operation hears. None of them may throw. */
export interface ChannelEvents {
  /** The bytes are the peer's; `grant` lets it send as many more. */
  output?(stream: StreamNumber, bytes: Buffer): void;
  /** The bytes are empty, or where a kept output begins. */
  started?(told: Buffer): void;
  /** Nothing of the command lives any more, while its output is still under way. */
  exit?(end: unknown): void;
  /** The last one, always told: the answer, or that none will come. */
  over(answer: Answer | undefined): void;
}

/** One operation in the pod. Everything the peer says on it is checked here: kinds, credit, shape. */
export class Channel {
  readonly #outgoing: Outgoing | undefined;
  readonly #events: ChannelEvents;
  readonly #windows: Windows;
  readonly #allowed: Record<StreamNumber, number>;
  readonly #taken: Record<StreamNumber, number> = { 1: 0, 2: 0 };
  #credit: number;
  #waitingForCredit: (() => void) | undefined;
  readonly #told = new Set<number>();
  #isOver = false;

  constructor(
    readonly id: number,
    outgoing: Outgoing | undefined,
    events: ChannelEvents,
    windows: Windows,
  ) {
    this.#outgoing = outgoing;
    this.#events = events;
    this.#windows = windows;
    this.#allowed = { ...windows.output };
    this.#credit = windows.atFirst;
  }

  /** One that is over before it began, for what must not be sent. */
  static never(events: ChannelEvents): Channel {
    const channel = new Channel(0, undefined, events, windowsOf('run'));
    channel.finish(undefined);
    return channel;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether it reads what is sent to it. */
  get takesInput(): boolean {
    return this.#windows.input > 0;
  }

  /** How many bytes of input may be sent now. */
  get credit(): number {
    return this.#credit;
  }

  /** Resolves with credit, and at the end of the operation. */
  async creditCame(): Promise<void> {
    if (this.#credit > 0 || this.#isOver) return;
    await new Promise<void>((resolve) => {
      this.#waitingForCredit = resolve;
    });
  }

  /** Sends a piece that fits the credit and is left alone until this resolves, when the connection has taken it. */
  send(piece: Uint8Array): Promise<void> {
    if (this.#isOver || !this.#outgoing) return Promise.resolve();
    this.#credit -= piece.length;
    return this.#outgoing.sent([frameHeader(toPod.data, this.id, piece.length), piece]);
  }

  end(trailer: string): void {
    this.#tell(toPod.end, trailer);
  }

  stop(): void {
    this.#tell(toPod.stop);
  }

  signal(name: string): void {
    this.#tell(toPod.signal, name);
  }

  /** Of a command with a terminal; both fit sixteen bits. */
  resize(columns: number, rows: number): void {
    this.#tell(toPod.resize, fourBytes(columns * 0x1_0000 + rows));
  }

  /** The rest of this stream is not sent any more. */
  mute(stream: StreamNumber): void {
    this.#tell(toPod.mute, Buffer.of(stream));
  }

  grant(stream: StreamNumber, bytes: number): void {
    this.#taken[stream] += bytes;
    if (this.#taken[stream] < this.#windows.output[stream] / 4) return;
    this.#allowed[stream] += this.#taken[stream];
    this.#tell(toPod.credit, Buffer.concat([Buffer.of(stream), fourBytes(this.#taken[stream])]));
    this.#taken[stream] = 0;
  }

  /** Throws FrameBreach. */
  receive({ type, payload, stream }: Frame): void {
    if (type === fromPod.started || type === fromPod.exit) this.#refuseAgain(type);
    if (type === fromPod.output) this.#output(stream, payload);
    else if (type === fromPod.grant) this.#granted(payload);
    else if (type === fromPod.started) this.#events.started?.(payload);
    else if (type === fromPod.exit) this.#events.exit?.(parsed(payload));
    else if (type === fromPod.done) this.finish(answerOf(payload));
    else throw new FrameBreach(`a frame of type ${type} on a channel`);
  }

  /** Ends it from this side, when the connection is gone. */
  finish(answer: Answer | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#waitingForCredit?.();
    this.#events.over(answer);
  }

  /** Whoever hears of a start or an end does something about it, such as to open another operation: once. */
  #refuseAgain(type: number): void {
    if (this.#told.has(type)) throw new FrameBreach(`a second frame of type ${type} on a channel`);
    this.#told.add(type);
  }

  #tell(type: number, payload: Uint8Array | string = ''): void {
    if (!this.#isOver) this.#outgoing?.send(encodeFrame(type, this.id, payload));
  }

  #output(stream: number | undefined, bytes: Buffer): void {
    if (stream !== 1 && stream !== 2) throw new FrameBreach('output of no stream');
    if (bytes.length > this.#allowed[stream]) throw new FrameBreach('more output than was asked for');
    this.#allowed[stream] -= bytes.length;
    this.#events.output?.(stream, bytes);
  }

  #granted(payload: Buffer): void {
    const bytes = payload.length === 4 ? payload.readUInt32BE() : 0;
    if (bytes === 0 || this.#credit + bytes > this.#windows.input)
      throw new FrameBreach('credit for input that was not sent');
    this.#credit += bytes;
    this.#waitingForCredit?.();
    this.#waitingForCredit = undefined;
  }
}

function parsed(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch {
    throw new FrameBreach('an answer that is not JSON');
  }
}

function answerOf(payload: Buffer): Answer {
  const answer = parsed(payload);
  if (typeof answer !== 'object' || answer === null) throw new FrameBreach('an answer that is no object');
  const { problem, result } = answer as Record<string, unknown>;
  if (problem === undefined) return { result };
  const { code, text } = (problem ?? {}) as Record<string, unknown>;
  if (typeof code !== 'string' || typeof text !== 'string')
    throw new FrameBreach('a problem without code and text');
  return { problem: { code, text } };
}
