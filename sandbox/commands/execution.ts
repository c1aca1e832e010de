import type { Writable } from 'node:stream';
import { isCount, onAbort, startTimer } from '../../kube';
import { SandboxError, type SandboxErrorCode } from '../errors';
import {
  type Answer,
  Channel,
  type ChannelEvents,
  type StreamNumber,
  type Supervisor,
  type SupervisorEnd,
} from '../supervisor';
import { FrameBreach } from '../supervisor/frames';
import { feed, inputOf } from './input';
import { inputGiven, type StartOptions } from './options';
import { Outputs } from './outputs';
import { type CommandFacts, CommandResult, type CommandUsage, commandInWords, type Outcome } from './result';
import type { RunningCommand } from './running-command';
import type { TerminalSize } from './terminal-size';

/** After a timeout or a stop: the tree has to end within this, or the sandbox goes. */
const END_BOUND_MS = 4_000;

/** After the end of a command: the longest silence until its output is over. */
const OVER_BOUND_MS = 10_000;

/** What the reaper says at the end; its fields are the pod's, and are looked at before they are believed. */
interface EndOfRun {
  readonly exitCode: number;
  readonly signal: string | undefined;
  readonly reason: string | undefined;
  readonly survivors: number;
  readonly oomKills: number;
  readonly usage: CommandUsage | undefined;
}

/** A command that runs already, and how much of each output its reader has. */
export interface Followed {
  readonly id: string;
  readonly offsets: { readonly stdout: number; readonly stderr: number };
}

/** One command below a supervisor, from the request to its one outcome; or one that is followed, to the same outcome. */
export class Execution implements RunningCommand {
  readonly started: Promise<void>;
  readonly result: Promise<CommandResult>;
  readonly outputs: Outputs;
  readonly stdin: Writable | undefined;
  /** Of one that is followed: where what is sent of its output begins. */
  from: Followed['offsets'] = { stdout: 0, stderr: 0 };
  readonly #channel: Channel;
  readonly #supervisor: Supervisor;
  readonly #argv: readonly string[];
  readonly #options: StartOptions;
  readonly #muted = new Set<StreamNumber>();
  readonly #startedAt = performance.now();
  readonly #isNeverBegun: boolean;
  /** It was begun when the sandbox was closed or about to be: not an outcome, but a mistake of its caller. */
  readonly #isTooLate: boolean;
  #wish: 'timedOut' | 'aborted' | undefined;
  #end: EndOfRun | undefined;
  #isCut = false;
  #isLeft = false;
  #brokenInput: { readonly error: unknown } | undefined;
  /** Ends the wait for what must come: the end of the tree, and after it the word that it is over. */
  #endWait: (() => void) | undefined;
  #settleStart!: { resolve(): void; reject(error: unknown): void };
  #settle!: { resolve(result: CommandResult): void; reject(error: unknown): void };
  readonly #forgetSignal: (() => void) | undefined;

  constructor(
    supervisor: Supervisor,
    argv: readonly string[],
    options: StartOptions,
    hasHandle: boolean,
    followed?: Followed,
  ) {
    this.#supervisor = supervisor;
    this.#argv = argv;
    this.#options = options;
    const onTaken = (stream: StreamNumber, bytes: number) => {
      // What will not be seen need not travel; a peer that sends it all the same runs out of credit.
      if (!this.outputs.isDeaf(stream)) this.#channel.grant(stream, bytes);
      else if (!this.#muted.has(stream)) this.#mute(stream);
    };
    this.outputs = new Outputs(options, hasHandle, onTaken, () => this.stop());
    this.started = new Promise((resolve, reject) => {
      this.#settleStart = { resolve, reject };
    });
    this.result = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // A caller may ask for one of them only; the other must not end the program.
    this.started.catch(() => {});
    this.result.catch(() => {});
    const { timeoutMs, signal } = options;
    const events: ChannelEvents = {
      started: (told) => {
        if (followed) this.#beginsAt(told, followed);
        this.#settleStart.resolve();
      },
      output: (stream, bytes) => {
        this.outputs.push(stream, bytes);
        if (this.#end) this.#awaitOver();
      },
      exit: (end) => this.#ended(endOf(end)),
      over: (answer) => void this.#over(answer),
    };
    // What was given up before it began is not begun.
    this.#isNeverBegun = signal?.aborted ?? false;
    this.#isTooLate = supervisor.isEnding;
    this.#channel = this.#isNeverBegun
      ? Channel.never(events)
      : followed
        ? supervisor.open('follow', followRequest(followed), events)
        : supervisor.open('run', this.#request(hasHandle), events);
    if (timeoutMs !== undefined && !this.#channel.isOver) {
      this.#await(timeoutMs + END_BOUND_MS, () => this.#tooLate('timedOut'));
    }
    if (signal && !this.#channel.isOver) this.#forgetSignal = onAbort(signal, () => this.stop());
    const stdin = inputGiven(options);
    const onBroken = (error: Error) => {
      this.#brokenInput ??= { error };
      this.stop();
    };
    this.stdin = stdin === undefined ? undefined : inputOf(this.#channel, onBroken);
    if (this.stdin && stdin !== undefined && stdin !== 'pipe') void feed(this.stdin, stdin, onBroken);
  }

  get sandboxId(): string {
    return this.#supervisor.host.id;
  }

  get isOver(): boolean {
    return this.#channel.isOver;
  }

  /** Ends the whole tree. */
  stop(): void {
    if (this.isOver || this.#wish) return;
    // It has ended already; what is left is output that is not waited for any more.
    if (this.#end) {
      this.outputs.collect();
      this.#await(END_BOUND_MS, () => this.#neverOver());
      return;
    }
    this.#wish = 'aborted';
    this.#channel.stop();
    this.#await(END_BOUND_MS, () => this.#tooLate('aborted'));
  }

  /** What is over has no size any more. */
  resize({ columns, rows }: TerminalSize): void {
    this.#channel.resize(columns, rows);
  }

  /** Follows it no more: it runs on. */
  leave(): void {
    this.#isLeft = true;
    this.outputs.collect();
    this.#channel.end('');
  }

  signal(name: string): void {
    this.#channel.signal(name);
  }

  #mute(stream: StreamNumber): void {
    this.#muted.add(stream);
    this.#channel.mute(stream);
  }

  #request(tellsStart: boolean): object {
    return { ...runRequest(this.#argv, this.#options), tellsStart };
  }

  #beginsAt(told: Buffer, { offsets }: Followed): void {
    if (told.length !== 16) throw new FrameBreach('a beginning of no output');
    const [stdout, stderr] = [Number(told.readBigUInt64BE(0)), Number(told.readBigUInt64BE(8))];
    this.from = { stdout, stderr };
    this.#isCut = stdout > offsets.stdout || stderr > offsets.stderr;
  }

  #ended(end: EndOfRun | undefined): void {
    if (this.#end || !end) return;
    this.#end = end;
    this.#awaitOver();
  }

  /** After its end only output is under way: that it is over has to be said, unless a reader of ours holds it up. */
  #awaitOver(): void {
    this.#await(OVER_BOUND_MS, () => {
      if (this.outputs.isHolding) this.#awaitOver();
      else this.#neverOver();
    });
  }

  #await(ms: number, tooLate: () => void): void {
    this.#endWait?.();
    this.#endWait = this.#channel.isOver ? undefined : startTimer(ms, tooLate);
  }

  #neverOver(): void {
    this.#supervisor.giveUp(
      `${commandInWords(this.#argv)} has ended, and the supervisor did not report its end`,
    );
  }

  /** The supervisor does not end it, so the sandbox is deleted; the stream ends with that, and so does this. */
  #tooLate(wish: 'timedOut' | 'aborted'): void {
    this.#wish ??= wish;
    this.#supervisor.giveUp(`${commandInWords(this.#argv)} was to end and did not`);
  }

  async #over(answer: Answer | undefined): Promise<void> {
    this.#endWait?.();
    this.#forgetSignal?.();
    // A source without an end must not be read without a reader.
    this.stdin?.destroy();
    const result = await this.#conclude(answer);
    const failure = this.outputs.failure ?? this.#brokenInput;
    if (failure) this.#settle.reject(failure.error);
    else if (result instanceof CommandResult) this.#settle.resolve(result);
    else {
      this.#settleStart.reject(result);
      this.#settle.reject(result);
    }
    this.#settleStart.resolve();
    this.outputs.wake();
  }

  async #conclude(answer: Answer | undefined): Promise<CommandResult | SandboxError> {
    if (this.#isNeverBegun) return this.#facts('aborted', undefined);
    if (!answer) {
      const end = await this.#supervisor.ended;
      return this.#isTooLate && end.why === 'closed' ? end.error : this.#lost(end);
    }
    const { problem } = answer;
    if (this.#isLeft && (problem || isLeft(answer.result))) return leftBehind(this.sandboxId);
    if (problem?.code === 'KEEPER_LOST') return this.#facts('connectionLost', undefined);
    if (problem?.code === 'REAPER_LOST') {
      this.#supervisor.giveUp(`the parent of ${commandInWords(this.#argv)} was killed`);
      return this.#lost(await this.#supervisor.ended);
    }
    if (problem) return notStarted(this.#argv, this.sandboxId, problem);
    const end = endOf(answer.result);
    if (!end) {
      this.#supervisor.giveUp('an end of a command that says nothing');
      return this.#lost(await this.#supervisor.ended);
    }
    this.#isCut ||= hasMissed(answer.result);
    if (end.survivors > 0) {
      this.#supervisor.giveUp(`${end.survivors} processes of ${commandInWords(this.#argv)} do not end`);
      await this.#supervisor.ended;
    }
    return this.#facts(outcomeOf(end), end);
  }

  /** Without a status of its own: what the pod's end says, and no guess. */
  #lost({ why, fate }: SupervisorEnd): CommandResult {
    // An explicit end that came before the break stays one; output that was still to come is missing.
    if (this.#end) {
      this.#isCut = true;
      return this.#facts(outcomeOf(this.#end), this.#end);
    }
    if (fate) return this.#facts(fate.outcome, undefined, fate.cause);
    // The sandbox is gone by now, and with it the command.
    if (this.#wish) return this.#facts(this.#wish, undefined);
    return this.#facts(LOST_OUTCOMES[why], undefined);
  }

  #facts(outcome: Outcome, end: EndOfRun | undefined, cause?: CommandFacts['cause']): CommandResult {
    const isSignal = outcome === 'signaled' || outcome === 'oomKilled';
    const facts: CommandFacts = {
      outcome,
      exitCode: outcome === 'exited' ? end!.exitCode : undefined,
      signal: isSignal ? end?.signal : undefined,
      stdout: this.outputs.stdout,
      stderr: this.outputs.stderr,
      truncated: this.outputs.isTruncated || this.#isCut,
      durationMs: performance.now() - this.#startedAt,
      cause,
      usage: end?.usage,
    };
    return new CommandResult(facts, this.#argv, this.#supervisor.host.id);
  }
}

/** Why it does not run, as the supervisor says it. */
export function notStarted(
  argv: readonly string[],
  sandboxId: string,
  { code, text }: { readonly code: string; readonly text: string },
): SandboxError {
  const facts = {
    where: `${commandInWords(argv)} in sandbox ${sandboxId}`,
    found: printable(`${code}: ${text}`),
    expected: EXPECTED[code] ?? 'a program that can be started',
    remedy: REMEDIES[code] ?? 'it did not run: look at what the system said',
  };
  const told = { sandboxId, retryable: PASSING.includes(code) };
  return new SandboxError(CODES[code] ?? 'CommandNotStarted', facts, told);
}

const CODES: Readonly<Record<string, SandboxErrorCode>> = {
  NO_COMMAND: 'CommandMissing',
  OFFSET: 'ArgumentInvalid',
};
const EXPECTED: Readonly<Record<string, string>> = {
  NO_COMMAND: 'a detached command',
  OFFSET: 'offsets within what the command has written',
};
const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: 'it did not run: check that the program is in the image, and on PATH',
  EACCES: 'it did not run: check that the file may be executed by the user of the sandbox',
  CWD: 'it did not run: make the folder first, or correct `cwd`',
  EAGAIN: 'it did not run: the sandbox has as many processes as it may; end some, or claim another',
  TERMINAL: 'it did not run: start it without `pty`, or in a sandbox whose system gives terminals',
  REAPER_GONE: 'it did not run, and nothing of it was begun: try again',
  NO_COMMAND: 'commands.list() tells the ids; what was detached ends with its sandbox',
  OFFSET: 'commands.list() tells how much was written',
  COMMAND_IS_THERE: 'attach to it by its id, or give another one',
};
/** What may be otherwise the next time. */
const PASSING: readonly string[] = ['EAGAIN', 'REAPER_GONE'];

const LOST_OUTCOMES: Readonly<Record<SupervisorEnd['why'], Outcome>> = {
  closed: 'aborted',
  lost: 'connectionLost',
  breach: 'connectionLost',
  givenUp: 'podLost',
};

function outcomeOf({ reason, signal, exitCode, oomKills }: EndOfRun): Outcome {
  if (reason === 'timeout') return 'timedOut';
  if (reason === 'stop') return 'aborted';
  // A shell says 137 of a child that was killed.
  if (oomKills > 0 && (signal === 'SIGKILL' || exitCode === 137)) return 'oomKilled';
  return signal === undefined ? 'exited' : 'signaled';
}

/** The end as the pod tells it, if it tells one: without a code and without a signal nothing is known. */
function endOf(told: unknown): EndOfRun | undefined {
  const { exitCode, signal, reason, survivors = 0, oomKills = 0 } = (told ?? {}) as Record<string, unknown>;
  const isSignal = typeof signal === 'string' && /^SIG[A-Z0-9]{1,12}$/.test(signal);
  const isExit = Number.isInteger(exitCode) && (exitCode as number) >= 0 && (exitCode as number) <= 255;
  const isReason = reason === 'timeout' || reason === 'stop';
  if (!isSignal && !isExit && !isReason) return undefined;
  return {
    exitCode: exitCode as number,
    signal: isSignal ? signal : undefined,
    reason: isReason ? reason : undefined,
    survivors: typeof survivors === 'number' ? survivors : 1,
    oomKills: typeof oomKills === 'number' ? oomKills : 0,
    usage: usageOf(told),
  };
}

function usageOf(told: unknown): CommandUsage | undefined {
  const { cpuMs, rssKiB } = told as { readonly cpuMs?: number; readonly rssKiB?: number };
  if (cpuMs === undefined || rssKiB === undefined || !isCount(cpuMs, 0) || !isCount(rssKiB, 0)) {
    return undefined;
  }
  return { cpuMs, peakMemoryBytes: rssKiB * 1024 };
}

/** What starts a command, whoever keeps it. */
export function runRequest(argv: readonly string[], options: StartOptions): object {
  const { cwd = '', env = {}, timeoutMs = 0, pty } = options;
  const changes = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value ?? null]));
  return {
    argv,
    cwd,
    env: changes,
    timeoutMs: Math.ceil(timeoutMs),
    stdin: inputGiven(options) !== undefined,
    pty,
  };
}

function followRequest({ id, offsets }: Followed): object {
  return { id, offsets: [offsets.stdout, offsets.stderr] };
}

function isLeft(told: unknown): boolean {
  return (told as { readonly left?: unknown } | undefined)?.left === true;
}

/** Output that came faster than it was read, and is not kept any more. */
function hasMissed(told: unknown): boolean {
  const { missed } = (told ?? {}) as { readonly missed?: unknown };
  return Array.isArray(missed) && missed.some((bytes) => typeof bytes === 'number' && bytes > 0);
}

function leftBehind(sandboxId: string): SandboxError {
  const facts = {
    where: `a detached command in sandbox ${sandboxId}`,
    found: 'release() of its handle',
    expected: 'a handle that follows it',
    remedy: 'Attach to it again by its id: it runs on.',
  };
  return new SandboxError('Closed', facts, { sandboxId });
}

/** Words of the pod, for one line of a message. */
function printable(text: string): string {
  return JSON.stringify(text.slice(0, 300)).slice(1, -1);
}
