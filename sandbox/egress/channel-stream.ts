import { Duplex } from 'node:stream';
import { type Channel, type Supervisor, sendAll } from '../supervisor';

/** A connection that something in the sandbox has opened to a port that we listen on there. */
export class ChannelStream extends Duplex {
  readonly #channel: Channel;
  /** What was handed on while nobody read, and may come again when somebody does. */
  #held = 0;

  /** @param came called when there is a connection @param over called when there is none any more */
  constructor(supervisor: Supervisor, port: number, came: (stream: ChannelStream) => void, over: () => void) {
    super({ allowHalfOpen: true });
    this.on('error', () => {});
    this.#channel = supervisor.open(
      'accept',
      { port },
      {
        started: () => came(this),
        output: (_stream, bytes) => {
          if (this.destroyed) return;
          // The bytes are the peer's to use again.
          if (this.push(Buffer.from(bytes))) this.#channel.grant(1, bytes.length);
          else this.#held += bytes.length;
        },
        exit: () => void this.push(null),
        over: (answer) => {
          if (answer && !answer.problem) this.#endInOrder();
          else this.destroy();
          over();
        },
      },
    );
  }

  /** What came before may still be read. */
  #endInOrder(): void {
    if (this.destroyed) return;
    this.push(null);
    this.end();
  }

  override _read(): void {
    if (this.#held > 0) this.#channel.grant(1, this.#held);
    this.#held = 0;
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    sendAll(this.#channel, bytes).then(() => done(), done);
  }

  override _final(done: () => void): void {
    this.#channel.end('');
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#channel.stop();
    done(error);
  }
}
