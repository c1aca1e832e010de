import type { Writable } from 'node:stream';
import { type Exec, type ExecEnd, onAbort } from '../../kube';
import { SandboxError } from '../errors';
import type { SandboxHost, StreamNumber } from '../supervisor';
import type { CommandHandle } from './command-handle';
import { type Commands, startedHandle } from './commands';
import type { DetachedCommand, DetachedSummary } from './detached-command';
import { feed } from './input';
import {
  type AttachCommandOptions,
  checkAttach,
  checkCommand,
  type RunOptions,
  type StartOptions,
} from './options';
import { Outputs } from './outputs';
import { type CommandFacts, CommandResult, commandInWords, type Outcome } from './result';
import type { RunningCommand } from './running-command';
import { unsupported } from './unsupported';

/** Starts a program in the sandbox's container, once. */
export type OpenExec = (request: {
  readonly command: readonly string[];
  readonly stdin: boolean;
}) => Promise<Exec>;

/**
 * Commands without a supervisor: each is an exec of its own. What an exec cannot do is `Unsupported`, and a timeout
 * or an abort deletes the sandbox, since nothing else ends a process tree there.
 */
export class DirectCommands implements Commands {
  readonly #open: OpenExec;
  readonly #host: SandboxHost;
  readonly #running = new Set<DirectExecution>();
  #isClosed = false;

  constructor(open: OpenExec, host: SandboxHost) {
    this.#open = open;
    this.#host = host;
  }

  async run(argv: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
    return this.#execute(argv, options, false).result;
  }

  shell(text: string, options: RunOptions = {}): Promise<CommandResult> {
    return this.run(['sh', '-c', text], options);
  }

  start(
    argv: readonly string[],
    options: StartOptions & { readonly detached: true },
  ): Promise<DetachedCommand>;
  start(argv: readonly string[], options?: StartOptions): Promise<CommandHandle>;
  async start(argv: readonly string[], options: StartOptions = {}): Promise<CommandHandle> {
    if (options.detached) throw unsupported('`detached`', this.#host.id);
    return startedHandle(this.#execute(argv, options, true), options);
  }

  async attach(commandId: string, options: AttachCommandOptions = {}): Promise<DetachedCommand> {
    checkAttach(commandId, options, this.#host.id);
    throw unsupported('a detached command', this.#host.id);
  }

  async list(): Promise<DetachedSummary[]> {
    throw unsupported('detached commands', this.#host.id);
  }

  /** What runs is let go of; nothing more is begun. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const running of this.#running) running.letGo();
  }

  #execute(argv: readonly string[], options: StartOptions, hasHandle: boolean): DirectExecution {
    const { id } = this.#host;
    checkCommand(argv, options, id);
    if (this.#isClosed) throw closed(id);
    if (options.cwd !== undefined) throw unsupported('`cwd`', id);
    if (options.env !== undefined && Object.keys(options.env).length > 0) throw unsupported('`env`', id);
    if (options.pty !== undefined) throw unsupported('`pty`', id);
    const running = new DirectExecution(this.#open, this.#host, argv, options, hasHandle);
    this.#running.add(running);
    const over = () => this.#running.delete(running);
    running.result.then(over, over);
    return running;
  }
}

function closed(sandboxId: string): SandboxError {
  const facts = {
    where: `a command in sandbox ${sandboxId}`,
    found: 'a sandbox that was closed or released',
    expected: 'an open sandbox',
    remedy: 'do not use a sandbox after close()',
  };
  return new SandboxError('Closed', facts, { sandboxId });
}

/** Output that waits for a reader of events; more of it stops the reading of the stream. */
const MAX_WAITING_BYTES = 1 << 20;

/** What the node says of a program that it could not start. */
const NOT_STARTED =
  /executable file not found|no such file or directory|permission denied|exec format error/i;

class DirectExecution implements RunningCommand {
  readonly started: Promise<void>;
  readonly result: Promise<CommandResult>;
  readonly outputs: Outputs;
  readonly #host: SandboxHost;
  readonly #argv: readonly string[];
  readonly #options: StartOptions;
  readonly #startedAt = performance.now();
  #stdin: Writable | undefined;
  #exec: Exec | undefined;
  #waiting = 0;
  #isOver = false;
  #isDestroyed = false;
  #wish: 'timedOut' | 'aborted' | undefined;
  #brokenInput: { readonly error: unknown } | undefined;
  #overdue: NodeJS.Timeout | undefined;
  #forgetSignal: (() => void) | undefined;

  constructor(
    open: OpenExec,
    host: SandboxHost,
    argv: readonly string[],
    options: StartOptions,
    hasHandle: boolean,
  ) {
    this.#host = host;
    this.#argv = argv;
    this.#options = options;
    const onTaken = (_stream: StreamNumber, bytes: number) => {
      this.#waiting -= bytes;
      this.#balance();
    };
    this.outputs = new Outputs(options, hasHandle, onTaken, () => this.stop());
    const opening = options.signal?.aborted ? Promise.resolve(undefined) : this.#open(open);
    this.started = opening.then(() => {});
    this.result = opening.then((exec) => this.#follow(exec));
    this.started.catch(() => {});
    this.result.catch(() => {});
  }

  get sandboxId(): string {
    return this.#host.id;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get stdin(): Writable | undefined {
    return this.#stdin;
  }

  stop(): void {
    this.#end('aborted');
  }

  /** The sandbox is closed or released: what becomes of the command is not followed any more. */
  letGo(): void {
    if (this.#isOver) return;
    this.#wish ??= 'aborted';
    this.outputs.collect();
    this.#isDestroyed = true;
    this.#exec?.close();
  }

  signal(name: string): void {
    throw unsupported(`the signal ${name}`, this.#host.id);
  }

  async #open(open: OpenExec): Promise<Exec | undefined> {
    const { stdin, timeoutMs, signal } = this.#options;
    this.#forgetSignal = signal && onAbort(signal, () => this.stop());
    if (timeoutMs !== undefined) this.#overdue = setTimeout(() => this.#end('timedOut'), timeoutMs);
    try {
      this.#exec = await open({ command: this.#argv, stdin: stdin !== undefined });
    } catch (error) {
      this.#finish();
      // It was let go of meanwhile, and the pod that was to run it is gone.
      if (this.#wish) return undefined;
      throw error;
    }
    if (this.#isDestroyed) this.#exec.close();
    this.#stdin = this.#exec.stdin;
    if (this.#stdin && stdin !== undefined && stdin !== 'pipe') {
      void feed(this.#stdin, stdin, (error) => {
        this.#brokenInput ??= { error };
        this.stop();
      });
    }
    return this.#exec;
  }

  async #follow(exec: Exec | undefined): Promise<CommandResult> {
    if (!exec) {
      this.#finish();
      return this.#facts(this.#wish ?? 'aborted');
    }
    const read = ([1, 2] as const).map((stream) => this.#read(exec, stream));
    const end = await exec.ended;
    await Promise.all(read);
    this.#finish();
    const failure = this.outputs.failure ?? this.#brokenInput;
    if (failure) throw failure.error;
    return this.#conclude(end);
  }

  #read(exec: Exec, stream: StreamNumber): Promise<void> {
    const output = stream === 1 ? exec.stdout! : exec.stderr!;
    output.on('data', (bytes: Buffer) => {
      this.#waiting += bytes.length;
      this.outputs.push(stream, bytes);
      this.#balance();
    });
    return new Promise((resolve) => {
      for (const event of ['end', 'error', 'close']) output.once(event, () => resolve());
    });
  }

  #balance(): void {
    const isFull = this.#waiting > MAX_WAITING_BYTES;
    for (const output of [this.#exec?.stdout, this.#exec?.stderr]) {
      if (output && isFull !== output.isPaused()) isFull ? output.pause() : output.resume();
    }
  }

  /** There is no other way to end what runs. */
  #end(wish: 'timedOut' | 'aborted'): void {
    if (this.#isOver || this.#wish) return;
    this.#wish = wish;
    this.outputs.collect();
    void this.#host
      .destroy(`${commandInWords(this.#argv)}: ${wish}, and there is no supervisor to end it`)
      .catch(() => {})
      .then(() => {
        this.#isDestroyed = true;
        this.#exec?.close();
      });
  }

  async #conclude(end: ExecEnd): Promise<CommandResult> {
    if (this.#wish) return this.#facts(this.#wish);
    if (end.type === 'exited' && end.outputComplete) return this.#facts('exited', { exitCode: end.exitCode });
    if (end.type === 'failed' && NOT_STARTED.test(end.error.message)) {
      const facts = {
        where: `${commandInWords(this.#argv)} in sandbox ${this.#host.id}`,
        found: end.error.found,
        expected: 'a program that can be started',
        remedy: 'it did not run: check that the program is in the image, and may be executed',
      };
      throw new SandboxError('CommandNotStarted', facts, { sandboxId: this.#host.id, cause: end.error });
    }
    const fate = await this.#host.fate().catch(() => undefined);
    return fate ? this.#facts(fate.outcome, { cause: fate.cause }) : this.#facts('connectionLost');
  }

  #facts(outcome: Outcome, known: Pick<Partial<CommandFacts>, 'exitCode' | 'cause'> = {}): CommandResult {
    const facts: CommandFacts = {
      outcome,
      exitCode: known.exitCode,
      signal: undefined,
      stdout: this.outputs.stdout,
      stderr: this.outputs.stderr,
      truncated: this.outputs.isTruncated,
      durationMs: performance.now() - this.#startedAt,
      cause: known.cause,
    };
    return new CommandResult(facts, this.#argv, this.#host.id);
  }

  #finish(): void {
    this.#isOver = true;
    clearTimeout(this.#overdue);
    this.#forgetSignal?.();
    this.outputs.wake();
  }
}
