import type WebSocket from 'ws';
import type { LivenessTiming } from './liveness-timing';

const usual: LivenessTiming = { pingMs: 5_000, silenceMs: 30_000, inputStallMs: 600_000 };

/** Finds out that the other end of a WebSocket is gone without a word. */
export class Liveness {
  readonly #socket: WebSocket;
  readonly #timing: LivenessTiming;
  readonly #timer: NodeJS.Timeout;
  #heardAt = Date.now();
  #tickedAt = Date.now();
  #pings = 0;
  #answered = 0;
  /** Input that was sent after this many pings may still wait before the server, and the next ping behind it. */
  #inputAfterPing = -1;

  constructor(socket: WebSocket, timing: Partial<LivenessTiming>, onDead: (silentMs: number) => void) {
    this.#socket = socket;
    this.#timing = { ...usual, ...timing };
    this.#timer = setInterval(() => this.#tick(onDead), this.#timing.pingMs);
    socket.on('pong', (data: Buffer) => {
      this.#answered = Math.max(this.#answered, Number(data.toString('latin1')) || 0);
      this.heard();
    });
  }

  heard(): void {
    this.#heardAt = Date.now();
  }

  inputSent(): void {
    this.#inputAfterPing = this.#pings;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(onDead: (silentMs: number) => void): void {
    const now = Date.now();
    const late = now - this.#tickedAt > 2 * this.#timing.pingMs;
    this.#tickedAt = now;
    // Who does not read cannot hear: neither while the reader is slow, nor while this process stood still.
    if (this.#socket.isPaused || late) this.#heardAt = now;
    const inputWaits = this.#answered <= this.#inputAfterPing;
    const silentMs = now - this.#heardAt;
    if (silentMs > (inputWaits ? this.#timing.inputStallMs : this.#timing.silenceMs)) {
      onDead(silentMs);
      return;
    }
    this.#pings += 1;
    this.#socket.ping(String(this.#pings));
  }
}
