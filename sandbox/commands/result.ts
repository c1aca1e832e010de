import type { Cause } from '../causes/cause';
import { SandboxError, type SandboxErrorCode } from '../errors';
import type { Output } from './output';

/** How a command ended: exactly one of these. Only `exited` with code 0 is a success. */
export type Outcome =
  /** It ended by itself; `exitCode` says with what. */
  | 'exited'
  /** A signal ended it that did not come from here; `signal` says which. */
  | 'signaled'
  /** `timeoutMs` was over. Nothing of it runs any more. */
  | 'timedOut'
  /** The caller's signal, or `kill()`. Nothing of it runs any more. */
  | 'aborted'
  /** The kernel killed it for lack of memory. */
  | 'oomKilled'
  /** The node put the sandbox out. */
  | 'evicted'
  /** The sandbox was deleted, or lost with its node. */
  | 'podLost'
  /** The way to it broke, and how it ended is not known. It may have run. */
  | 'connectionLost';

export interface CommandFacts {
  readonly outcome: Outcome;
  /** For `exited`. */
  readonly exitCode: number | undefined;
  /** For `signaled` and `oomKilled`, such as `SIGSEGV`. */
  readonly signal: string | undefined;
  readonly stdout: Output;
  readonly stderr: Output;
  /** There was more output than this: beyond `maxOutputBytes`, or lost with the connection after the end. */
  readonly truncated: boolean;
  /** From the request to its end, by the clock of the caller. */
  readonly durationMs: number;
  /** For outcomes that come from the sandbox's end: what the cluster said. */
  readonly cause: Cause | undefined;
  /** What it took; `undefined` where its end was not told, and without a supervisor. */
  readonly usage?: CommandUsage;
}

/** What a command and everything that it started took. */
export interface CommandUsage {
  /** Time on processors, of all its processes together. */
  readonly cpuMs: number;
  /** The most memory that one of its processes had. What all had together is in `sandbox.stats()`. */
  readonly peakMemoryBytes: number;
}

/**
 * How a command ended, and what it printed.
 *
 * @example
 * const result = await sandbox.commands.run(['make', 'test'], { timeoutMs: 120_000 });
 * if (!result.ok) console.error(result.outcome, result.exitCode, result.stderr.text);
 */
export class CommandResult implements CommandFacts {
  readonly outcome: Outcome;
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly truncated: boolean;
  readonly durationMs: number;
  readonly cause: Cause | undefined;
  readonly usage: CommandUsage | undefined;
  readonly #argv: readonly string[];
  readonly #sandboxId: string;

  /** @internal */
  constructor(facts: CommandFacts, argv: readonly string[], sandboxId: string) {
    this.outcome = facts.outcome;
    this.exitCode = facts.exitCode;
    this.signal = facts.signal;
    this.stdout = facts.stdout;
    this.stderr = facts.stderr;
    this.truncated = facts.truncated;
    this.durationMs = facts.durationMs;
    this.cause = facts.cause;
    this.usage = facts.usage;
    this.#argv = argv;
    this.#sandboxId = sandboxId;
  }

  /** It exited with code 0. */
  get ok(): boolean {
    return this.outcome === 'exited' && this.exitCode === 0;
  }

  /** The result itself when it is a success; else throws a SandboxError. */
  orThrow(): this {
    if (this.ok) return this;
    const { cause } = this;
    throw new SandboxError(
      CODES[this.outcome] ?? 'CommandFailed',
      {
        where: `${commandInWords(this.#argv)} in sandbox ${this.#sandboxId}`,
        found: `${cause?.found ?? this.#found()}${lastWords(this.stderr)}`,
        expected: 'exit code 0',
        remedy: cause?.remedy ?? REMEDIES[this.outcome] ?? 'Read what it printed.',
      },
      { sandboxId: this.#sandboxId, retryable: cause?.retryable, cause: this },
    );
  }

  #found(): string {
    if (this.outcome === 'exited') return `exit code ${this.exitCode}`;
    if (this.outcome === 'signaled') return `an end by ${this.signal}`;
    return this.outcome;
  }
}

const CODES: Partial<Record<Outcome, SandboxErrorCode>> = {
  timedOut: 'TimedOut',
  oomKilled: 'OOMKilled',
  evicted: 'Evicted',
  podLost: 'PodLost',
  connectionLost: 'ConnectionLost',
  aborted: 'Aborted',
};

const REMEDIES: Partial<Record<Outcome, string>> = {
  timedOut: 'Give a longer `timeoutMs`, or find out what it waits for.',
  aborted: 'Nothing, if that was meant.',
  oomKilled: 'Give the sandbox more memory, or the command less work.',
  connectionLost: 'It may have run: look at what it should have changed before you run it again.',
};

/** Program and arguments, short and printable. */
export function commandInWords(argv: readonly string[]): string {
  const text = JSON.stringify(argv);
  return text.length > 120 ? `${text.slice(0, 120)}...` : text;
}

/** The end of standard error, printable: it is the pod's. */
function lastWords(stderr: Output): string {
  const text = stderr.text.trim().slice(-300);
  return text ? `; its last words: ${JSON.stringify(text)}` : '';
}
