import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import path from 'node:path';
import { DrydockError } from '../errors';
import type { Io } from './command';
import { readUncaughtError, UncaughtErrorFilter } from './uncaught-error';

/**
 * Runs the command of an app through the shell, as `cdk8s synth` does. What it prints goes to the standard error at
 * once, so that the standard output stays free; an error of this library that ends it is told once, by the error that is
 * thrown here. Interrupted, the app is told and waited for: its caller has to clean up.
 *
 * @param doing what the run is for, where a command runs an app more than once: `with literals`
 */
export async function runApp(
  app: string,
  env: Readonly<Record<string, string>>,
  io: Io,
  doing = '',
): Promise<void> {
  const child = spawn(app, {
    shell: true,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const filter = new UncaughtErrorFilter();
  child.stdout.setEncoding('utf8').on('data', io.err);
  child.stderr.setEncoding('utf8').on('data', (text: string) => io.err(filter.hear(text)));
  let interrupt: NodeJS.Signals | undefined;
  const pass = (signal: NodeJS.Signals) => {
    interrupt = signal;
    child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, pass);
  try {
    const how = await new Promise<string>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => resolve(signal ?? String(code)));
    });
    const printed = filter.end();
    if (interrupt || how !== '0') throw failure({ app, doing, how: interrupt ?? how, printed }, io);
    io.err(printed);
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, pass);
  }
}

interface Failure {
  readonly app: string;
  readonly doing: string;
  readonly how: string;
  readonly printed: string;
}

/** The error of a program that failed. One of this library says all in its message; of any other the stack is printed. */
function failure({ app, doing, how, printed }: Failure, io: Io): Error {
  const error = readUncaughtError(printed);
  const isOurs = error?.name === 'DrydockError';
  if (!isOurs || process.env.DRYDOCK_DEBUG === '1') io.err(printed);
  const end = how in constants.signals ? `it was ended by ${how}` : `exit code ${how}`;
  const run = doing === '' ? '' : ` in the run ${doing}`;
  const failed = new DrydockError('APP_FAILED', {
    where: app,
    found: `${end}${run}`,
    expected: 'an app that runs to its end',
    remedy: `${error ? 'Its error is printed above. ' : ''}${NOTHING_WRITTEN}`,
  });
  if (!isOurs) return failed;
  const at = error.thrownAt === undefined ? '' : ` It was thrown at ${shown(error.thrownAt)}.`;
  failed.message = `${error.message}${at}${doing === '' ? '' : ` This came from the run ${doing}.`} ${NOTHING_WRITTEN}`;
  return failed;
}

const NOTHING_WRITTEN = 'Nothing was written by drydock.';

function shown(frame: string): string {
  const relative = path.relative(process.cwd(), frame);
  return relative.startsWith('..') ? frame : relative;
}
