import type { Sandbox, StartOptions, TerminalSize } from '../sandbox';
import { UsageError } from './command';
import { type Passed, pass } from './sandbox-output';

/** Before a sandbox is made or entered for it. */
export function checkTerminal(name: string): void {
  const { stdin, stdout } = process;
  if (stdin.isTTY && stdout.isTTY) return;
  throw new UsageError(`${name} needs a terminal for its input and its output`, 'drydock sandbox --help');
}

/**
 * Gives this terminal to a command: every key goes there, Ctrl-C as well, and what it writes is shown as it is. The
 * terminal is again as it was when the command is over, however that comes.
 */
export async function atTerminal(
  sandbox: Sandbox,
  command: readonly string[],
  { env, ...how }: Pick<StartOptions, 'env' | 'timeoutMs' | 'signal'>,
): Promise<Passed> {
  const { stdin, stdout, stderr } = process;
  const handle = await sandbox.commands.start(command, {
    ...how,
    env: { ...(process.env.TERM && { TERM: process.env.TERM }), ...env },
    pty: sizeOf(stdout),
  });
  const follow = () => handle.resize(sizeOf(stdout));
  const restore = () => {
    stdin.setRawMode(false);
  };
  process.once('exit', restore);
  stdout.on('resize', follow);
  try {
    stdin.setRawMode(true);
    stdin.pipe(handle.stdin!);
    // It may have become another one while the command was started.
    follow();
    return await pass(handle, { stdout, stderr }, true);
  } finally {
    stdout.off('resize', follow);
    process.off('exit', restore);
    stdin.unpipe(handle.stdin);
    // A terminal that is listened to keeps this program.
    stdin.pause();
    restore();
  }
}

/** Some terminals say that they have no cells. */
function sizeOf({ columns, rows }: Partial<TerminalSize>): TerminalSize {
  return { columns: columns || 80, rows: rows || 24 };
}
