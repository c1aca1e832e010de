#!/usr/bin/env node
import { commands } from './commands';
import { run } from './run';

const io = {
  out: (text: string) => process.stdout.write(text),
  err: (text: string) => process.stderr.write(text),
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

// The exit code is set, not forced: what is still being written to a pipe gets written.
run(process.argv.slice(2), commands, io).then((code) => {
  process.exitCode = code;
});
