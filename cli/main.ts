#!/usr/bin/env node
import { commands } from './commands';
import { run } from './run';

const io = {
  out: (text: string) => process.stdout.write(text),
  err: (text: string) => process.stderr.write(text),
};

// `drydock ... | head` closes the pipe early: that is the reader's choice, not a failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') {
    throw error;
  }
});

// The exit code is set, not forced: what is still being written to a pipe gets written.
run(process.argv.slice(2), commands, io).then((code) => {
  process.exitCode = code;
});
