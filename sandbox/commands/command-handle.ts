import type { Writable } from 'node:stream';
import { SandboxError } from '../errors';
import type { CommandEvent } from './event-queue';
import type { Execution } from './execution';
import { inputOf } from './input';
import type { CommandResult } from './result';

/** The events of a command: at most one reader, who may be slow and slows only this command down. */
export interface CommandEvents extends AsyncIterableIterator<CommandEvent<CommandResult>> {
  next(): Promise<IteratorResult<CommandEvent<CommandResult>, undefined>>;
  /** Reads no more: the rest of the output is kept for the result only. */
  return(): Promise<IteratorResult<CommandEvent<CommandResult>, undefined>>;
}

/** A command that runs. */
export class CommandHandle {
  /** What the command reads, when it was started with `stdin: 'pipe'`; takes no more than the command does. */
  readonly stdin: Writable | undefined;
  readonly #execution: Execution;
  readonly #sandboxId: string;
  #events: CommandEvents | undefined;

  /** @internal */
  constructor(execution: Execution, sandboxId: string, withInput: boolean) {
    this.#execution = execution;
    this.#sandboxId = sandboxId;
    this.stdin = withInput ? inputOf(execution.channel) : undefined;
  }

  /**
   * Output as it comes, and at last `end`. While nobody reads, a megabyte waits here and then the command stands still;
   * so read it, or call `wait()`.
   */
  get events(): CommandEvents {
    this.#events ??= eventsOf(this.#execution);
    return this.#events;
  }

  /** How it ended. Output that nobody reads as events is kept for the result up to `maxOutputBytes`. */
  wait(): Promise<CommandResult> {
    if (!this.#events) this.#execution.collect();
    return this.#execution.result;
  }

  /**
   * Without an argument ends the command and everything it started, which is the outcome `aborted`: SIGTERM, and half
   * a second later SIGKILL. With one sends that signal to the command itself, such as `SIGINT`, and nothing else.
   */
  kill(signal?: string): void {
    if (signal === undefined) {
      this.#execution.stop();
      return;
    }
    if (!/^SIG[A-Z0-9]{1,12}$/.test(signal)) {
      const facts = {
        where: `a command in sandbox ${this.#sandboxId}`,
        found: `the signal ${JSON.stringify(signal)}`,
        expected: 'the name of a signal, such as SIGINT',
        remedy: 'correct the name',
      };
      throw new SandboxError('ArgumentInvalid', facts, { sandboxId: this.#sandboxId });
    }
    this.#execution.channel.signal(signal);
  }

  /** Ends it if it still runs. */
  async close(): Promise<void> {
    this.#execution.stop();
    this.#execution.collect();
    await this.#execution.result;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function eventsOf(execution: Execution): CommandEvents {
  let isOver = false;
  const events: CommandEvents = {
    async next() {
      while (!isOver) {
        const piece = execution.queue.shift();
        if (piece) {
          execution.taken(piece.type, piece.bytes.length);
          return { done: false, value: piece };
        }
        if (execution.isOver) {
          isOver = true;
          return { done: false, value: { type: 'end', result: await execution.result } };
        }
        await execution.queue.changed();
      }
      return { done: true, value: undefined };
    },
    async return() {
      isOver = true;
      execution.collect();
      execution.queue.wake();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => events,
  };
  return events;
}
