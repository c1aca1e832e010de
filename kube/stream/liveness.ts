import type WebSocket from 'ws';
import type { LivenessTiming } from './liveness-timing';

const usual: LivenessTiming = { pingMs: 5_000, silenceMs: 30_000, inputStallMs: 600_000 };

/**
 * Finds out that the other end of a WebSocket is gone without a word.
 *
 * A server that has sent everything closes, and its kernel goes on sending what we have not read yet. A ping that meets
 * it then is answered by a reset, which throws that rest away, the status of the command among it. So it pings only
 * into silence: what comes is proof enough, and while we do not read there is nothing to be heard.
 */
export class Liveness {
  readonly #socket: WebSocket;
  readonly #bytesRead: () => number;
  readonly #timing: LivenessTiming;
  readonly #timer: NodeJS.Timeout;
  #afterReading: NodeJS.Immediate | undefined;
  #heardAt = Date.now();
  #tickedAt = Date.now();
  #readByThen = 0;
  /** Since the last tick the reading was held up: what waited before it may still come. */
  #wasHeldUp = false;
  #pings = 0;
  #answered = 0;
  /** Input that was sent after this many pings may still wait before the server, and the next ping behind it. */
  #inputAfterPing = -1;

  constructor(
    socket: WebSocket,
    /** How much has come on the connection. */
    bytesRead: () => number,
    timing: Partial<LivenessTiming>,
    onDead: (silentMs: number) => void,
  ) {
    this.#socket = socket;
    this.#bytesRead = bytesRead;
    this.#timing = { ...usual, ...timing };
    this.#timer = setInterval(() => {
      // What has come meanwhile is read first: a timer that was held up runs before that.
      this.#afterReading = setImmediate(() => this.#tick(onDead));
    }, this.#timing.pingMs);
    socket.on('pong', (data: Buffer) => {
      this.#answered = Math.max(this.#answered, Number(data.toString('latin1')) || 0);
      this.#heardAt = Date.now();
      // An answer is no output, behind which more may be on its way.
      this.#readByThen = this.#bytesRead();
    });
  }

  /** The reading goes on, after it was held up. */
  resumed(): void {
    this.#heardAt = Date.now();
    this.#wasHeldUp = true;
  }

  inputSent(): void {
    this.#inputAfterPing = this.#pings;
  }

  stop(): void {
    clearInterval(this.#timer);
    clearImmediate(this.#afterReading);
  }

  #tick(onDead: (silentMs: number) => void): void {
    const now = Date.now();
    const late = now - this.#tickedAt > 2 * this.#timing.pingMs;
    this.#tickedAt = now;
    const read = this.#bytesRead();
    const flows = read > this.#readByThen || this.#wasHeldUp || this.#socket.isPaused;
    this.#readByThen = read;
    this.#wasHeldUp = false;
    // Who does not read cannot hear: neither while the reader is slow, nor while this process stood still.
    if (flows || late) this.#heardAt = now;
    const inputWaits = this.#answered <= this.#inputAfterPing;
    const silentMs = now - this.#heardAt;
    if (silentMs > (inputWaits ? this.#timing.inputStallMs : this.#timing.silenceMs)) onDead(silentMs);
    else if (!flows) this.#ping();
  }

  #ping(): void {
    this.#pings += 1;
    this.#socket.ping(String(this.#pings));
  }
}
