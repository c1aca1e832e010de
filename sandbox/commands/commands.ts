import type { Supervisor } from '../supervisor';
import { CommandHandle } from './command-handle';
import { Execution } from './execution';
import { checkCommand, type RunOptions, type StartOptions } from './options';

import type { CommandResult } from './result';
import type { RunningCommand } from './running-command';

/** Runs commands in a sandbox. A command is started at most once: none is ever run again by itself. */
export interface Commands {
  /**
   * Runs a program with arguments, and waits until nothing of it runs any more. Resolves with every outcome;
   * `.orThrow()` makes an error of all but exit code 0. Rejects with `CommandNotStarted` when there is nothing to run.
   */
  run(argv: readonly string[], options?: RunOptions): Promise<CommandResult>;
  /** Runs a line of shell: `sh -c TEXT`. Never put text of others into it; give that as environment or input. */
  shell(text: string, options?: RunOptions): Promise<CommandResult>;
  /** Starts a program, and resolves when it runs. */
  start(argv: readonly string[], options?: StartOptions): Promise<CommandHandle>;
}

/** Commands by a supervisor: many at once over one stream. */
export class SupervisedCommands implements Commands {
  readonly #supervisor: Supervisor;

  constructor(supervisor: Supervisor) {
    this.#supervisor = supervisor;
  }

  async run(argv: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
    return this.#execute(argv, options, false).result;
  }

  shell(text: string, options: RunOptions = {}): Promise<CommandResult> {
    return this.run(['sh', '-c', text], options);
  }

  async start(argv: readonly string[], options: StartOptions = {}): Promise<CommandHandle> {
    return startedHandle(this.#execute(argv, options, true), options);
  }

  #execute(argv: readonly string[], options: StartOptions, hasHandle: boolean): Execution {
    checkCommand(argv, options, this.#supervisor.host.id);
    return new Execution(this.#supervisor, argv, options, hasHandle);
  }
}

export async function startedHandle(command: RunningCommand, options: StartOptions): Promise<CommandHandle> {
  await command.started;
  return new CommandHandle(command, options.stdin === 'pipe');
}
