import type WebSocket from 'ws';
import { checkMs } from '../amounts';
import type { Query } from '../call';
import type { Connection } from '../connection';
import { KubeError } from '../errors';
import { report } from '../hooks';
import { limitOf } from '../limit';
import { onAbort } from '../timer';
import { transportError } from '../transport-error';
import { collectWhatWasRead } from './buffer-collection';
import { Liveness } from './liveness';
import type { LivenessTiming } from './liveness-timing';
import { type OpenedSocket, openSocket } from './open-socket';
import { PulledStream } from './pulled-stream';

/** Output that waits for its reader; more of it stops the reading of the socket. */
const maxWaitingBytes = 1 << 20;

export interface StreamCall {
  /** For errors: what is done, and the path. */
  readonly where: string;
  readonly path: string;
  readonly resource: string;
  readonly query: Query;
  readonly protocols: readonly string[];
  readonly signal?: AbortSignal;
  readonly openDeadlineMs?: number;
  /** The longest that it may be open. @default none */
  readonly deadlineMs?: number;
  readonly liveness?: Partial<LivenessTiming>;
  /** What a caller can do when the connection breaks. */
  readonly afterLoss: string;
}

/** How a connection ended: `failure` is why, unless both ends closed it in good order. */
export interface SocketEnd {
  readonly code: number;
  readonly failure: KubeError | undefined;
}

/** One WebSocket with what every stream needs: pings, deadlines, an end that is always told, and backpressure. */
export class StreamSocket {
  /** Never rejects. */
  readonly closed: Promise<SocketEnd>;
  readonly #call: StreamCall;
  readonly #socket: WebSocket;
  readonly #liveness: Liveness;
  readonly #outputs: PulledStream[] = [];
  #failure: KubeError | undefined;

  static async open(connection: Connection, call: StreamCall): Promise<StreamSocket> {
    checkMs(call.where, { openDeadlineMs: call.openDeadlineMs, deadlineMs: call.deadlineMs });
    const openMs = call.openDeadlineMs ?? connection.deadlineMs;
    const opening = limitOf(connection, call.signal, openMs, call.where);
    try {
      return new StreamSocket(connection, call, await openSocket(connection, call, opening));
    } finally {
      opening.clear();
    }
  }

  private constructor(connection: Connection, call: StreamCall, { socket, bytesRead }: OpenedSocket) {
    this.#call = call;
    this.#socket = socket;
    this.#liveness = new Liveness(socket, bytesRead, call.liveness ?? {}, (silentMs) =>
      this.fail(this.lost(`silence for ${silentMs} ms, pings unanswered`)),
    );
    const { resource, path } = call;
    const startedAt = Date.now();
    const tell = (what: 'opened' | 'closed') => {
      const durationMs = Date.now() - startedAt;
      report(connection.hooks, {
        type: 'stream',
        resource,
        path,
        what,
        error: this.#failure?.code,
        durationMs,
      });
    };
    const limit = limitOf(connection, call.signal, call.deadlineMs, call.where);
    limit.sent = true;
    // What cannot be understood is not waited for: a hostile peer would never finish the closing handshake.
    socket.on('error', (error) => this.fail(transportError(call.where, error, true)));
    this.closed = new Promise((resolve) => {
      socket.once('close', (code: number) => {
        limit.clear();
        this.#liveness.stop();
        if (code !== 1000) this.#failure ??= this.lost(`an end of the connection (code ${code})`);
        tell('closed');
        resolve({ code, failure: this.#failure });
      });
    });
    tell('opened');
    onAbort(limit.signal, () => this.fail(limit.why()!));
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  get isPaused(): boolean {
    return this.#socket.isPaused;
  }

  /** An output that is fed by `onFrame`; the socket is read only while none of them has much waiting. */
  addOutput(): PulledStream {
    const output = new PulledStream(() => this.#balance());
    this.#outputs.push(output);
    return output;
  }

  /** Begins to read; nothing is lost before. */
  start(onFrame: (data: Buffer, isBinary: boolean) => void): void {
    this.#socket.on('message', (data: Buffer, isBinary: boolean) => {
      collectWhatWasRead(data.length);
      onFrame(data, isBinary);
      this.#balance();
    });
    this.#socket.resume();
  }

  /** `done` is called when the kernel has taken the frame, so a full connection holds the writer. */
  sendInput(frame: Buffer, done: (error?: Error | null) => void): void {
    this.#liveness.inputSent();
    this.#socket.send(frame, (error) => done(error));
  }

  /** Ends the connection at once; the first reason stays. */
  fail(reason: KubeError): void {
    this.#failure ??= reason;
    this.terminate();
  }

  /** Ends the connection without a reason of ours. */
  terminate(): void {
    this.#socket.terminate();
  }

  lost(found: string, cause?: unknown): KubeError {
    return new KubeError(
      'CONNECTION_LOST',
      { where: this.#call.where, found, expected: 'a stream until its end', remedy: this.#call.afterLoss },
      { cause, effect: 'unknown' },
    );
  }

  #balance(): void {
    const full = this.#outputs.some((output) => output.bytes > maxWaitingBytes);
    if (full && !this.#socket.isPaused) this.#socket.pause();
    if (!full && this.#socket.isPaused) {
      this.#liveness.resumed();
      this.#socket.resume();
    }
  }
}
