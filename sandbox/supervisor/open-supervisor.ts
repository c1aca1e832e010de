import { onAbort } from '../../kube';
import { SandboxError } from '../errors';
import { inWords } from './end-in-words';
import { type Frame, FrameBreach, FrameParser, fromPod, PROTOCOL_VERSION } from './frames';
import type { SandboxHost } from './sandbox-host';
import { Supervisor } from './supervisor';
import { endOf, type Transport } from './transport';

/** What `openSupervisor` needs to send the program first. */
export interface OpenOptions {
  readonly host: SandboxHost;
  /** The program for a machine, as `uname -m` names it; without it the other end is a supervisor already. */
  readonly program?: (machine: string) => Promise<Buffer>;
  /** The longest that it may take until it answers. @default 30000 */
  readonly openMs?: number;
  readonly signal?: AbortSignal;
}

/** The first line of what `bootCommand` prints is short; a peer that sends more is no shell. */
const MAX_LINE = 64;
const KEPT_STDERR = 4096;

/** Sends the program if there is one to send, and waits for its hello. Rejects with `SupervisorUnavailable`. */
export async function openSupervisor(transport: Transport, options: OpenOptions): Promise<Supervisor> {
  return new Opening(transport, options).opened;
}

/** From the first byte to the hello. */
class Opening {
  readonly opened: Promise<Supervisor>;
  readonly #transport: Transport;
  readonly #options: OpenOptions;
  readonly #parser = new FrameParser();
  #line: Buffer | undefined;
  #supervisor: Supervisor | undefined;
  #stderr = '';
  #resolve!: (supervisor: Supervisor) => void;
  #reject!: (error: Error) => void;
  #isOver = false;

  constructor(transport: Transport, options: OpenOptions) {
    this.#transport = transport;
    this.#options = options;
    this.#line = options.program && Buffer.alloc(0);
    this.opened = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const late = setTimeout(() => this.#fail('no hello in time'), options.openMs ?? 30_000);
    const { signal } = options;
    const forget = signal && onAbort(signal, () => this.#fail('an abort by the caller', signal.reason));
    const clear = () => {
      clearTimeout(late);
      forget?.();
    };
    this.opened.then(clear, clear);
    transport.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString('utf8')).slice(0, KEPT_STDERR);
    });
    transport.stdout!.on('data', (chunk: Buffer) => this.#receive(chunk));
    // Both ends are told by `ended`.
    transport.stdin!.on('error', () => {});
    transport.stdout!.on('error', () => {});
    transport.stderr?.on('error', () => {});
    void endOf(transport).then((end) => this.#fail(`an end of the stream: ${inWords(end)}`, end));
  }

  #receive(chunk: Buffer): void {
    try {
      if (this.#isOver && !this.#supervisor) return;
      if (this.#line) this.#receiveLine(chunk);
      else this.#parser.push(chunk, (frame) => this.#receiveFrame(frame));
    } catch (error) {
      if (!(error instanceof FrameBreach)) throw error;
      if (this.#supervisor) this.#supervisor.breach(error.message);
      else this.#fail(error.message);
    }
  }

  #receiveLine(chunk: Buffer): void {
    this.#line = Buffer.concat([this.#line!, chunk]);
    const end = this.#line.indexOf('\n');
    if (end < 0 && this.#line.length <= MAX_LINE) return;
    if (end < 0 || end !== this.#line.length - 1) throw new FrameBreach('more than the name of a machine');
    const machine = this.#line.subarray(0, end).toString('utf8');
    this.#line = undefined;
    this.#options.program!(machine).then(
      (program) => {
        const { stdin } = this.#transport;
        stdin!.write(`${program.length}\n`);
        stdin!.write(program);
      },
      (error) => this.#fail(error.message, error),
    );
  }

  #receiveFrame(frame: Frame): void {
    if (this.#supervisor) {
      this.#supervisor.receive(frame);
      return;
    }
    const hello = frame.type === fromPod.hello ? helloOf(frame.payload) : undefined;
    if (!hello || frame.channel !== 0) throw new FrameBreach('something else than a hello');
    this.#isOver = true;
    this.#supervisor = new Supervisor(this.#transport, this.#options.host, hello.cwd);
    this.#resolve(this.#supervisor);
  }

  #fail(found: string, cause?: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#transport.close();
    const said = this.#stderr.trim();
    const facts = {
      where: `the start of the supervisor in sandbox ${this.#options.host.id}`,
      found: said ? `${found}; it printed ${JSON.stringify(said)}` : found,
      expected: 'a hello',
      remedy:
        'use an image with `sh`, `uname` and `head` and a workspace that may hold programs, or run without a supervisor',
    };
    this.#reject(
      new SandboxError('SupervisorUnavailable', facts, { sandboxId: this.#options.host.id, cause }),
    );
  }
}

function helloOf(payload: Buffer): { readonly cwd: string } | undefined {
  try {
    const { version, cwd } = JSON.parse(payload.toString('utf8')) ?? {};
    return version === PROTOCOL_VERSION && typeof cwd === 'string' && cwd.startsWith('/')
      ? { cwd }
      : undefined;
  } catch {
    return undefined;
  }
}
