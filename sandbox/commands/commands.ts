import type { Answer, Supervisor } from '../supervisor';
import { CommandHandle } from './command-handle';
import { DetachedCommand, type DetachedSummary, summariesOf } from './detached-command';
import { Execution, notStarted, runRequest } from './execution';
import {
  type AttachCommandOptions,
  checkAttach,
  checkCommand,
  checkDetached,
  inputGiven,
  type RunOptions,
  type StartOptions,
} from './options';

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
  /** Starts a program that outlives this client, and resolves when it runs. One that has its id already is not started. */
  start(
    argv: readonly string[],
    options: StartOptions & { readonly detached: true },
  ): Promise<DetachedCommand>;
  /** Starts a program, and resolves when it runs. */
  start(argv: readonly string[], options?: StartOptions): Promise<CommandHandle>;
  /** Follows a detached command, from the output that is there already on. `CommandMissing` where there is none. */
  attach(commandId: string, options?: AttachCommandOptions): Promise<DetachedCommand>;
  /** The detached commands of the sandbox, of whichever client: those that run, and the last that are over. */
  list(): Promise<DetachedSummary[]>;
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

  start(
    argv: readonly string[],
    options: StartOptions & { readonly detached: true },
  ): Promise<DetachedCommand>;
  start(argv: readonly string[], options?: StartOptions): Promise<CommandHandle>;
  async start(argv: readonly string[], options: StartOptions = {}): Promise<CommandHandle> {
    if (options.detached) return this.#detach(argv, options);
    return startedHandle(this.#execute(argv, options, true), options);
  }

  async attach(commandId: string, options: AttachCommandOptions = {}): Promise<DetachedCommand> {
    checkAttach(commandId, options, this.#supervisor.host.id);
    // What runs there is not this client's alone: the loss of its stream is no reason to delete it.
    this.#supervisor.outlive();
    return this.#follow(commandId, [commandId], options);
  }

  async list(): Promise<DetachedSummary[]> {
    const answer = await this.#asked('kept', {});
    return summariesOf(answer, this.#supervisor.host.id);
  }

  async #detach(argv: readonly string[], options: StartOptions): Promise<DetachedCommand> {
    const { id: sandboxId } = this.#supervisor.host;
    checkCommand(argv, options, sandboxId);
    const { id, keepBytes } = checkDetached(options, sandboxId);
    // Before it is sent: when the answer is lost, the command may run.
    this.#supervisor.outlive();
    const { problem } = await this.#asked('detach', { ...runRequest(argv, options), id, keepBytes });
    if (problem) throw notStarted(argv, sandboxId, problem);
    return this.#follow(id, argv, options);
  }

  async #follow(
    id: string,
    argv: readonly string[],
    options: AttachCommandOptions,
  ): Promise<DetachedCommand> {
    const { signal, onStdout, onStderr, maxOutputBytes } = options;
    const { stdout = 0, stderr = 0 } = options.offsets ?? {};
    const followed = { id, offsets: { stdout, stderr } };
    const how = { signal, onStdout, onStderr, maxOutputBytes };
    const execution = new Execution(this.#supervisor, argv, how, true, followed);
    await execution.started;
    return new DetachedCommand(id, execution, this.#supervisor);
  }

  async #asked(operation: string, details: object): Promise<Answer> {
    const answer = await this.#supervisor.ask(operation, details);
    if (!answer) throw (await this.#supervisor.ended).error;
    return answer;
  }

  #execute(argv: readonly string[], options: StartOptions, hasHandle: boolean): Execution {
    checkCommand(argv, options, this.#supervisor.host.id);
    return new Execution(this.#supervisor, argv, options, hasHandle);
  }
}

export async function startedHandle(command: RunningCommand, options: StartOptions): Promise<CommandHandle> {
  await command.started;
  return new CommandHandle(command, inputGiven(options) === 'pipe', options.pty !== undefined);
}
