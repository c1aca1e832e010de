import { type Readable, Writable } from 'node:stream';
import type { Pod } from '../../imports/k8s';
import { checkObject, invalid } from '../arguments';
import type { Connection } from '../connection';
import { KubeError } from '../errors';
import { objectPath, resource } from '../resource';
import { type ExecEnd, parseExecStatus } from './exec-status';
import type { LivenessTiming } from './liveness-timing';
import type { PulledStream } from './pulled-stream';
import { type SocketEnd, StreamSocket } from './stream-socket';

export interface ExecOptions {
  /** @default the connection's namespace */
  readonly namespace?: string;
  readonly pod: string;
  /** @default the pod's only or default container */
  readonly container?: string;
  /** Program and arguments; no shell reads them. */
  readonly command: readonly string[];
  /**
   * With containerd the input ends for a command that closes its standard output, as `sh -c 'cat > file'` does.
   * @default false
   */
  readonly stdin?: boolean;
  /**
   * Whether `stdin.end()` must reach the command. Only servers from 1.30 on can say so; others are refused before the
   * command starts. `false` accepts them: the command then never sees the end of its input. @default true
   */
  readonly stdinEnd?: boolean;
  /** @default true */
  readonly stdout?: boolean;
  /** @default true, and false with a terminal, where all output is stdout */
  readonly stderr?: boolean;
  /** @default false */
  readonly tty?: boolean;
  readonly signal?: AbortSignal;
  /** The longest that opening may take. @default the connection's deadline */
  readonly openDeadlineMs?: number;
  /** The longest that the whole exec may take; the command itself is not ended by it. @default none */
  readonly deadlineMs?: number;
  readonly liveness?: Partial<LivenessTiming>;
}

/**
 * A command that was started once. Read every output that was asked for, or it is held up when about a megabyte
 * waits: that is how a slow reader slows the command down. Closing does not end the command.
 */
export interface Exec {
  /** Takes no more than the command reads; `end()` is the end of its input. */
  readonly stdin: Writable | undefined;
  /** Ends with the command; fails when `ended` is unknown. */
  readonly stdout: Readable | undefined;
  readonly stderr: Readable | undefined;
  /** Never rejects. */
  readonly ended: Promise<ExecEnd>;
  /** The size of the terminal. */
  resize(columns: number, rows: number): void;
  /** Lets go of the connection; `ended` is unknown then, unless it was known before. */
  close(reason?: KubeError): void;
}

const pods = resource<Pod>('v1', 'Pod');
const withEnd = 'v5.channel.k8s.io';
const withoutEnd = 'v4.channel.k8s.io';
const channels = { stdin: 0, stdout: 1, stderr: 2, status: 3, resize: 4, close: 255 } as const;

/** With the channel and the header of the WebSocket it fills four records of TLS: a crumb would cost as much as one. */
const inputFrameBytes = (64 << 10) - 9;
/**
 * The same for one record. A connection keeps what its largest write took of OpenSSL for as long as it is open, which is
 * more for four records than for one, and of thousands that wait most have sent a supervisor and little else.
 */
const recordFrameBytes = (16 << 10) - 9;
/** A stream that has sent more than a supervisor carries files. */
const largeInputBytes = 4 << 20;
/**
 * Frames that were taken and are used again, by whichever stream sends next: thousands that wait would each hold one of
 * their own.
 */
const inputFrames: Buffer[] = [];
const spareInputFrames = 8;
/** After the status the server flushes and closes; one that forgets to is not waited for. */
const closeGraceMs = 10_000;

/** Starts a command in a container. Resolves when the server has accepted it. */
export async function exec(connection: Connection, options: ExecOptions): Promise<Exec> {
  checkObject('exec', 'options', options);
  const { pod: name, command, tty = false, stdin = false, stdout = true, stderr = !tty } = options;
  const path = objectPath(connection, pods, { namespace: options.namespace, name, subresource: 'exec' });
  const where = `EXEC ${path}`;
  if (!Array.isArray(command) || !command.every((text) => typeof text === 'string')) {
    throw invalid(where, 'command', command, 'a list of texts');
  }
  if (command.length === 0) {
    throw new KubeError('ARGUMENT_INVALID', {
      where,
      found: 'an empty command',
      expected: 'a program',
      remedy: 'name it',
    });
  }
  const needsEnd = stdin && options.stdinEnd !== false;
  const socket = await StreamSocket.open(connection, {
    where,
    path,
    resource: 'pods/exec',
    query: { container: options.container, command, stdin, stdout, stderr, tty },
    protocols: needsEnd ? [withEnd] : [withEnd, withoutEnd],
    signal: options.signal,
    openDeadlineMs: options.openDeadlineMs,
    deadlineMs: options.deadlineMs,
    liveness: options.liveness,
    afterLoss: 'the command may have run, and may still run: look into the pod, or delete it',
  });
  return new ExecSession(where, socket, { stdin, stdout, stderr });
}

class ExecSession implements Exec {
  readonly stdin: Writable | undefined;
  readonly stdout: Readable | undefined;
  readonly stderr: Readable | undefined;
  readonly ended: Promise<ExecEnd>;
  readonly #where: string;
  readonly #socket: StreamSocket;
  readonly #outputs = new Map<number, PulledStream>();
  #sentBytes = 0;
  #status: ExecEnd | undefined;
  #grace: NodeJS.Timeout | undefined;

  constructor(
    where: string,
    socket: StreamSocket,
    wanted: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean },
  ) {
    this.#where = where;
    this.#socket = socket;
    if (wanted.stdout) this.#outputs.set(channels.stdout, socket.addOutput());
    if (wanted.stderr) this.#outputs.set(channels.stderr, socket.addOutput());
    this.stdin = wanted.stdin ? this.#input() : undefined;
    this.stdout = this.#outputs.get(channels.stdout)?.readable;
    this.stderr = this.#outputs.get(channels.stderr)?.readable;
    this.ended = socket.closed.then((end) => this.#conclude(end));
    socket.start((data, isBinary) => this.#receive(data, isBinary));
  }

  resize(columns: number, rows: number): void {
    const size = Buffer.from(JSON.stringify({ Width: columns, Height: rows }));
    this.#socket.sendInput(Buffer.concat([Buffer.of(channels.resize), size]), () => {});
  }

  close(reason?: KubeError): void {
    this.#socket.fail(reason ?? closedByCaller(this.#where));
  }

  #receive(data: Buffer, isBinary: boolean): void {
    const channel = data[0];
    const payload = data.subarray(1);
    const output = channel === undefined ? undefined : this.#outputs.get(channel);
    if (!isBinary || channel === undefined) this.#breach('a frame without a channel');
    // Servers greet with an empty frame on each channel.
    else if (payload.length === 0) return;
    else if (output) output.push(payload);
    else if (channel === channels.status) this.#status ??= parseExecStatus(payload, this.#where);
    else if (channel === channels.close) this.#outputs.get(payload[0]!)?.finish();
    else this.#breach(`a frame on channel ${channel}`);
    this.#awaitClose();
  }

  /** Restarted by every frame, so that only silence after the status counts. */
  #awaitClose(): void {
    if (!this.#status) return;
    clearTimeout(this.#grace);
    this.#grace = setTimeout(() => {
      if (this.#socket.isPaused) this.#awaitClose();
      else this.#socket.terminate();
    }, closeGraceMs);
  }

  #conclude({ code, failure }: SocketEnd): ExecEnd {
    clearTimeout(this.#grace);
    const noStatus = () => this.#socket.lost(`an end of the connection (code ${code}) without a status`);
    const end: ExecEnd = this.#status ?? { type: 'unknown', error: failure ?? noStatus() };
    for (const output of this.#outputs.values()) {
      output.finish(end.type === 'unknown' ? end.error : failure);
    }
    this.stdin?.destroy();
    return end.type === 'exited' ? { ...end, outputComplete: failure === undefined } : end;
  }

  #input(): Writable {
    const input = new Writable({
      highWaterMark: inputFrameBytes,
      write: (chunk: Buffer, _encoding, done) => this.#send([chunk], done),
      writev: (waiting, done) =>
        this.#send(
          waiting.map(({ chunk }) => chunk as Buffer),
          done,
        ),
      final: (done) => {
        if (this.#socket.protocol !== withEnd) done(endUnsupported(this.#where));
        else this.#socket.sendInput(Buffer.of(channels.close, channels.stdin), done);
      },
    });
    // A caller that looks at the outcome and not at the stream must not be ended by an unhandled event.
    input.on('error', () => {});
    return input;
  }

  /** One frame after the other, each filled from as many pieces as it takes; `from` is the first that is left. */
  #send(pieces: Buffer[], done: (error?: Error | null) => void, from = 0): void {
    const frame = inputFrames.pop() ?? Buffer.alloc(1 + inputFrameBytes, channels.stdin);
    const full = 1 + (this.#sentBytes < largeInputBytes ? recordFrameBytes : inputFrameBytes);
    let length = 1;
    let next = from;
    while (next < pieces.length && length < full) {
      const piece = pieces[next]!;
      const copied = piece.copy(frame, length, 0, full - length);
      length += copied;
      if (copied === piece.length) next += 1;
      else pieces[next] = piece.subarray(copied);
    }
    this.#sentBytes += length - 1;
    this.#socket.sendInput(frame.subarray(0, length), (error) => {
      if (!error && inputFrames.length < spareInputFrames) inputFrames.push(frame);
      if (error) done(this.#socket.lost('an end of the connection while input was sent', error));
      else if (next < pieces.length) this.#send(pieces, done, next);
      else done();
    });
  }

  #breach(found: string): void {
    const facts = {
      where: this.#where,
      found,
      expected: 'frames of the channel protocol',
      remedy: 'check for a proxy between here and the API server',
    };
    this.#socket.fail(new KubeError('STREAM_PROTOCOL', facts, { effect: 'unknown' }));
  }
}

function closedByCaller(where: string): KubeError {
  return new KubeError(
    'CLOSED',
    {
      where,
      found: 'close()',
      expected: 'a status of the command',
      remedy: 'await `ended` before you close',
    },
    { effect: 'unknown' },
  );
}

function endUnsupported(where: string): KubeError {
  return new KubeError(
    'STDIN_END_UNSUPPORTED',
    {
      where,
      found: `a server that speaks ${withoutEnd}`,
      expected: `${withEnd}, which can end the input of a command`,
      remedy: 'use Kubernetes 1.30 or newer, or a command that does not wait for the end of its input',
    },
    { effect: 'unknown' },
  );
}
