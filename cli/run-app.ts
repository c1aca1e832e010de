import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { DrydockError } from '../core/template';
import type { Io } from './command';

/** The last error that a program printed before it ended, as Node prints an uncaught one. */
const ERROR_LINE = /^(?:Uncaught )?(\w*Error: .+)$/gm;
const KEPT = 64 * 1024;

/**
 * Runs the command of an app through the shell, as `cdk8s synth` does. What it prints goes to the standard error at
 * once, so that the standard output stays free. Interrupted, the app is told and waited for: its caller has to clean up.
 */
export async function runApp(app: string, env: Readonly<Record<string, string>>, io: Io): Promise<void> {
  const child = spawn(app, {
    shell: true,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const hear = (chunk: Buffer) => {
    io.err(chunk.toString());
    said = (said + chunk.toString()).slice(-KEPT);
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
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
    if (interrupt || how !== '0')
      throw appFailed(app, interrupt ?? how, [...said.matchAll(ERROR_LINE)].at(-1)?.[1]);
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, pass);
  }
}

function appFailed(app: string, how: string, error: string | undefined): DrydockError {
  const end = how in constants.signals ? `it was ended by ${how}` : `exit code ${how}`;
  return new DrydockError('APP_FAILED', {
    where: app,
    found: error === undefined ? end : `${end} after "${error}"`,
    expected: 'an app that runs to its end',
    remedy: 'What the app printed stands above. Nothing was written.',
  });
}
