import { PassThrough, type Readable, Writable } from 'node:stream';
import { encodeFrame, fromPod, PROTOCOL_VERSION, toPod } from '../frames';
import { openSupervisor } from '../open-supervisor';
import type { Supervisor } from '../supervisor';
import { WatchedHost } from './local-supervisor';

/** A frame that the client sent. */
export interface Asked {
  readonly type: number;
  readonly channel: number;
  readonly payload: Buffer;
}

/** The other end of a supervisor's stream, in the hands of a test: it can say anything at any time. */
export class HostilePeer {
  readonly host = new WatchedHost();
  supervisor!: Supervisor;
  /** Set by the test: what it does about a frame of the client. */
  onFrame: (frame: Asked) => void = () => {};
  readonly #toClient = new PassThrough({ highWaterMark: 1 << 30 });
  #end!: (how: unknown) => void;
  #pending = Buffer.alloc(0);

  static async open(): Promise<HostilePeer> {
    const peer = new HostilePeer();
    const ended = new Promise<unknown>((resolve) => {
      peer.#end = resolve;
    });
    const stdin = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        peer.#receive(chunk);
        done();
      },
    });
    const stdout: Readable = peer.#toClient;
    const close = () => {
      peer.end('closed by the client');
    };
    const opening = openSupervisor({ stdin, stdout, ended, close }, { host: peer.host });
    peer.send(fromPod.hello, 0, JSON.stringify({ version: PROTOCOL_VERSION, cwd: '/' }));
    peer.supervisor = await opening;
    return peer;
  }

  /** Whatever the bytes are. */
  raw(bytes: Uint8Array): void {
    if (!this.#toClient.destroyed) this.#toClient.write(bytes);
  }

  send(type: number, channel: number, payload: Uint8Array | string = ''): void {
    this.raw(encodeFrame(type, channel, payload));
  }

  output(channel: number, bytes: Uint8Array | string, stream = 1): void {
    this.send(fromPod.output, channel, Buffer.concat([Buffer.of(stream), Buffer.from(bytes as string)]));
  }

  done(channel: number, message: unknown): void {
    this.send(fromPod.done, channel, JSON.stringify(message));
  }

  end(how: unknown = 'an end'): void {
    this.#end(how);
    this.#toClient.end();
  }

  #receive(chunk: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    while (this.#pending.length >= 9) {
      const length = 4 + this.#pending.readUInt32BE();
      if (this.#pending.length < length) return;
      const frame = this.#pending.subarray(0, length);
      this.#pending = this.#pending.subarray(length);
      this.onFrame({ type: frame.readUInt8(4), channel: frame.readUInt32BE(5), payload: frame.subarray(9) });
    }
  }
}

/** Answers the first operation that is opened, with whatever the test says on its channel. */
export function onOpen(peer: HostilePeer, answer: (channel: number, request: unknown) => void): void {
  peer.onFrame = ({ type, channel, payload }) => {
    if (type === toPod.open) answer(channel, JSON.parse(payload.toString('utf8')));
  };
}

/** One record of a folder, as the supervisor would send it. */
export function record(header: object, content: Uint8Array | string = ''): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, text, Buffer.from(content as string)]);
}
