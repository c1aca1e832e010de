import type { Writable } from 'node:stream';
import { shown } from '../../errors';
import type { Place } from '../arguments';
import { SandboxError } from '../errors';
import type { CommandResult } from './result';
import type { RunningCommand } from './running-command';
import { checkTerminalSize, type TerminalSize } from './terminal-size';

/** Output of a command as it comes, and at last how it ended. */
export type CommandEvent =
  | { readonly type: 'stdout' | 'stderr'; readonly bytes: Uint8Array }
  | { readonly type: 'end'; readonly result: CommandResult };

/** The events of a command: at most one reader, who may be slow and slows only this command down. */
export interface CommandEvents extends AsyncIterableIterator<CommandEvent> {
  next(): Promise<IteratorResult<CommandEvent, undefined>>;
  /** Reads no more: the rest of the output is kept for the result only. */
  return(): Promise<IteratorResult<CommandEvent, undefined>>;
}

/**
 * A command that runs.
 *
 * @example
 * const server = await sandbox.commands.start(['cat'], { stdin: 'pipe' });
 * server.stdin?.end('one line\n');
 * const result = await server.wait();
 */
export class CommandHandle {
  /** What the command reads, when it was started with `stdin: 'pipe'`; takes no more than the command does. */
  readonly stdin: Writable | undefined;
  readonly #command: RunningCommand;
  readonly #hasTerminal: boolean;
  #events: CommandEvents | undefined;

  /** @internal */
  constructor(command: RunningCommand, takesInput: boolean, hasTerminal = false) {
    this.#command = command;
    this.#hasTerminal = hasTerminal;
    this.stdin = takesInput ? command.stdin : undefined;
  }

  /**
   * Output as it comes, and at last `end`; without an output that a callback hears. Unread, a megabyte waits here, and
   * then the command is held up; so read it, or call `wait()`.
   */
  get events(): CommandEvents {
    this.#events ??= eventsOf(this.#command);
    return this.#events;
  }

  /** How it ended. Output that is not read as events is kept for the result up to `maxOutputBytes`. */
  wait(): Promise<CommandResult> {
    if (!this.#events) this.#command.outputs.collect();
    return this.#command.result;
  }

  /**
   * Without an argument ends the command and everything it started, which is the outcome `aborted`: SIGTERM, and half
   * a second later SIGKILL. With one sends that signal to the command itself, such as `SIGINT`, and nothing else.
   */
  kill(signal?: string): void {
    if (signal === undefined) {
      this.#command.stop();
      return;
    }
    if (typeof signal !== 'string' || !/^SIG[A-Z0-9]{1,12}$/.test(signal)) {
      const facts = {
        where: `a command in sandbox ${this.#command.sandboxId}`,
        found: `the signal: ${shown(signal)}`,
        expected: 'the name of a signal, such as SIGINT',
        remedy: 'correct the name',
      };
      throw new SandboxError('ArgumentInvalid', facts, { sandboxId: this.#command.sandboxId });
    }
    this.#command.signal(signal);
  }

  /** How large its terminal is now; a command that is over has none any more, and nothing happens. */
  resize(size: TerminalSize): void {
    const { sandboxId } = this.#command;
    const place = { where: `a command in sandbox ${sandboxId}`, sandboxId };
    const checked = checkTerminalSize(place, 'size', size);
    if (!this.#hasTerminal) throw withoutTerminal(place);
    this.#command.resize?.(checked);
  }

  /** Ends it if it still runs. */
  async close(): Promise<void> {
    this.#command.stop();
    this.#command.outputs.collect();
    await this.#command.result;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function withoutTerminal({ where, sandboxId }: Place): SandboxError {
  const facts = {
    where,
    found: 'resize() of a command without a terminal',
    expected: 'a command that was started with `pty`',
    remedy: 'Start it with `pty: { columns, rows }`.',
  };
  return new SandboxError('ArgumentInvalid', facts, { sandboxId });
}

function eventsOf(command: RunningCommand): CommandEvents {
  let isOver = false;
  const read = async (): Promise<IteratorResult<CommandEvent, undefined>> => {
    while (!isOver) {
      const piece = command.outputs.shift();
      if (piece) return { done: false, value: piece };
      if (command.isOver) {
        isOver = true;
        return { done: false, value: { type: 'end', result: await command.result } };
      }
      await command.outputs.changed();
    }
    return { done: true, value: undefined };
  };
  // Who asks twice at once gets two events, one after the other.
  let last: Promise<unknown> = Promise.resolve();
  const events: CommandEvents = {
    next() {
      const next = last.then(read);
      last = next.catch(() => {});
      return next;
    },
    async return() {
      isOver = true;
      command.outputs.collect();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => events,
  };
  return events;
}
