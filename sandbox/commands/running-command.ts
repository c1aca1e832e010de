import type { Writable } from 'node:stream';
import type { Outputs } from './outputs';
import type { CommandResult } from './result';
import type { TerminalSize } from './terminal-size';

/** A command under way, whichever way it is run: what a handle is made of. */
export interface RunningCommand {
  readonly sandboxId: string;
  /** Resolves when it runs, or when it cannot be known whether it does; rejects when it could not be started. */
  readonly started: Promise<void>;
  readonly result: Promise<CommandResult>;
  readonly outputs: Outputs;
  /** No output will come any more. */
  readonly isOver: boolean;
  readonly stdin: Writable | undefined;
  /** Ends it and everything it started. */
  stop(): void;
  /** Of one with a terminal: how large that is now. */
  resize?(size: TerminalSize): void;
  /** Sends a signal to the command itself. */
  signal(name: string): void;
}
