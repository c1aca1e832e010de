import type { Io } from './command';
import { type CommandEntry, run } from './run';

/** Runs the command line as a process of its own: what it writes, and the exit code. */
export async function program(
  argv: readonly string[],
  commands: Readonly<Record<string, CommandEntry>>,
): Promise<void> {
  const io: Io = {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  };

  // `drydock ... | head` closes the pipe early, and a terminal can be closed (EIO): that is the reader's choice and not a
  // failure of ours, and what has to be cleaned up still is.
  for (const output of [process.stdout, process.stderr]) {
    output.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') {
        throw error;
      }
    });
  }

  // Node ends with 0 and without a word when nothing is left that could wake it up, also while we still wait for an answer
  // that will not come. Nobody may take that for success.
  const endsEarly = (code: number) => {
    if (code !== 0) return;
    process.exitCode = 1;
    io.err(endedEarly(argv));
  };
  process.once('exit', endsEarly);
  try {
    // The exit code is set, not forced: what is still being written to a pipe gets written.
    process.exitCode = await run(argv, commands, io);
  } finally {
    process.off('exit', endsEarly);
  }
}

/** Of the command only its name: what follows can be a secret. */
function endedEarly([command = '']: readonly string[]): string {
  return `drydock: ${command} ended before it was done: nothing was left that it waited for. What it has done stays done, and what it has not is not known. This is a defect: run it again, and report it if it stays.\n`;
}
