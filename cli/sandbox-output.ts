import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { Printable, printable } from '../errors';
import {
  type CommandHandle,
  type CommandResult,
  SandboxError,
  type SkippedEntry,
  type TransferResult,
} from '../sandbox';

/** Where a command's output goes. */
export interface Outputs {
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
}

/** How a command ended, and whether its output had no reader any more. */
export interface Passed {
  readonly result: CommandResult;
  readonly isUnread: boolean;
}

/**
 * Writes what a command writes, as it comes: its bytes to a file or pipe, and to a terminal what a person can trust,
 * unless `isRaw`. A slow reader slows the command down.
 */
export async function pass(handle: CommandHandle, outputs: Outputs, isRaw: boolean): Promise<Passed> {
  const neutral = { stdout: new Printable(), stderr: new Printable() };
  const closed = new Set<string>();
  const write = async (name: 'stdout' | 'stderr', bytes: Uint8Array | string) => {
    const output = outputs[name];
    if (bytes.length === 0 || closed.has(name)) return;
    if (!output.write(bytes)) await once(output, 'drain').catch(() => {});
  };
  // A reader that leaves, as `head` does, wants no more of it: the command is ended as a pipe would end it.
  for (const name of ['stdout', 'stderr'] as const) {
    outputs[name].on('error', () => {
      closed.add(name);
      handle.kill();
    });
  }
  for (;;) {
    const { value, done } = await handle.events.next();
    if (done) return { result: await handle.wait(), isUnread: closed.size > 0 };
    if (value.type === 'end') {
      for (const name of ['stdout', 'stderr'] as const) await write(name, neutral[name].end());
      return { result: value.result, isUnread: closed.size > 0 };
    }
    const isShown = !isRaw && outputs[value.type].isTTY === true;
    await write(value.type, isShown ? neutral[value.type].text(value.bytes) : value.bytes);
  }
}

/** The exit code that a shell would have, and for what a shell has no code, words. */
export function exitCodeOf({ result, isUnread }: Passed, err: (text: string) => void): number {
  const { outcome, exitCode, signal, cause } = result;
  if (outcome === 'exited') return exitCode ?? 1;
  // The reader knows that it has left, so there is nothing to say.
  if (outcome === 'aborted' && isUnread) return 128 + SIGNALS.SIGPIPE;
  const words = { signaled: `killed by ${signal}`, timedOut: 'timed out', oomKilled: 'out of memory' };
  const said = (words as Partial<Record<string, string>>)[outcome] ?? outcome;
  err(`drydock: ${said}${cause ? `: ${printable(cause.found)}` : ''}\n`);
  if (outcome === 'signaled') return 128 + ((SIGNALS as Partial<Record<string, number>>)[signal ?? ''] ?? 0);
  return CODES[outcome] ?? 125;
}

/** What was copied, after what was left out of it. */
export function copied({ entries, bytes, skipped }: TransferResult): string {
  return `${skipped.map(leftOut).join('')}${entries} entries, ${bytes} bytes, verified\n`;
}

function leftOut({ shown, kind }: SkippedEntry): string {
  const what = kind === 'link' ? 'a link that leads out of the folder' : 'a device, pipe or socket';
  return `left out: ${printable(shown)}, ${what}\n`;
}

/** As a shell has it: 127 for a program that is not there, 126 for one that may not be run. */
export function notStartedCode(error: unknown): number | undefined {
  if (!(error instanceof SandboxError) || error.code !== 'CommandNotStarted') return undefined;
  return /^EACCES\b|permission denied/i.test(error.found) ? 126 : 127;
}

/** As `timeout` and shells have them. */
const CODES: Partial<Record<CommandResult['outcome'], number>> = {
  timedOut: 124,
  aborted: 130,
  oomKilled: 137,
};
const SIGNALS = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
} as const;
