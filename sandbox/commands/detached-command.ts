import { SandboxError } from '../errors';
import type { Answer, Supervisor } from '../supervisor';
import { CommandHandle } from './command-handle';
import type { Execution } from './execution';

/**
 * A command that outlives its client, followed by this one.
 *
 * @example
 * const build = await sandbox.commands.start(['make'], { detached: true, commandId: 'build' });
 * await build.release();
 * const again = await sandbox.commands.attach('build');
 * const result = await again.wait();
 */
export class DetachedCommand extends CommandHandle {
  /** What `attach` takes. */
  readonly id: string;
  readonly #execution: Execution;
  readonly #supervisor: Supervisor;

  /** @internal */
  constructor(id: string, execution: Execution, supervisor: Supervisor) {
    super(execution, false);
    this.id = id;
    this.#execution = execution;
    this.#supervisor = supervisor;
  }

  /**
   * Where the output of this handle begins, in bytes from the start of the command: later than was asked for where older
   * output is not kept any more. Add what you have read to it, and you have the offsets for the next `attach`.
   */
  get from(): { readonly stdout: number; readonly stderr: number } {
    return this.#execution.from;
  }

  /** Follows it no more; it runs on. What waits for its end here is rejected with `Closed`. */
  async release(): Promise<void> {
    this.#execution.leave();
    await this.#execution.result.catch(() => {});
  }

  /** Ends it if it still runs, and lets the sandbox forget it. */
  override async close(): Promise<void> {
    await super.close();
    await this.#supervisor.ask('forget', { id: this.id });
  }
}

/** What is known of a detached command. */
export interface DetachedSummary {
  readonly id: string;
  /** Of a long command line the beginning. */
  readonly argv: readonly string[];
  readonly isRunning: boolean;
  readonly startedAt: Date;
  /** How many bytes it has written to each output. */
  readonly written: { readonly stdout: number; readonly stderr: number };
}

/** What the supervisor tells is looked at before it is believed. */
export function summariesOf(answer: Answer | undefined, sandboxId: string): DetachedSummary[] {
  const { commands } = (answer?.result ?? {}) as { readonly commands?: unknown };
  if (!Array.isArray(commands)) throw odd(sandboxId);
  return commands.map((told: unknown) => {
    const { id, argv, ageMs, stdout, stderr, end, isLost } = (told ?? {}) as Record<string, unknown>;
    if (typeof id !== 'string' || !Array.isArray(argv) || typeof ageMs !== 'number') throw odd(sandboxId);
    const written = (extent: unknown) => Number((extent as readonly unknown[] | undefined)?.[1] ?? 0);
    return {
      id,
      argv: argv.map(String),
      isRunning: end === undefined && isLost !== true,
      startedAt: new Date(Date.now() - ageMs),
      written: { stdout: written(stdout), stderr: written(stderr) },
    };
  });
}

function odd(sandboxId: string): SandboxError {
  const facts = {
    where: `commands.list in sandbox ${sandboxId}`,
    found: 'an answer of the supervisor that is no list of commands',
    expected: 'a list of commands',
    remedy: 'Claim another sandbox: what runs in this one has changed its supervisor.',
  };
  return new SandboxError('SupervisorProtocol', facts, { sandboxId });
}
