import { type ChildProcess, spawn } from 'node:child_process';
import os from 'node:os';
import { ClusterError } from './errors';

/** How a command is run. */
export interface CommandOptions {
  /** Written to the command's standard input. @default nothing */
  readonly input?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Returns a result for a status other than 0 too, instead of throwing. @default false */
  readonly allowFailure?: boolean;
}

/** What a command left behind. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. A status other than 0 is an error that shows what the program said. */
export function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout!.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr!.on('data', (chunk: Buffer) => errors.push(chunk));
    const refuse = (found: string, cause?: unknown) =>
      reject(
        new ClusterError(
          'COMMAND_FAILED',
          {
            where: `${file.split('/').at(-1)} ${args.join(' ')}`,
            found,
            expected: 'status 0',
            remedy: 'pass `allowFailure: true` where a failure is expected',
          },
          { cause },
        ),
      );
    child.on('error', (error) => refuse(error.message, error));
    child.on('close', (status, signal) => {
      const result = {
        code: status ?? 128,
        stdout: Buffer.concat(output).toString('utf8'),
        stderr: Buffer.concat(errors).toString('utf8'),
      };
      if (status === 0 || options.allowFailure) resolve(result);
      else
        refuse(
          [signal ?? `status ${status}`, (result.stderr || result.stdout).trim().slice(-4000)]
            .filter(Boolean)
            .join(': '),
        );
    });
    // A program that ends without reading its input is judged by its status, not by the broken pipe.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input);
  });
}

/**
 * Runs a program with this process's own input and output and resolves to its status, as a shell tells it. The program
 * decides when it ends: what the terminal sends on Ctrl-C reaches it without our help, and must not end us before it;
 * what is sent to this process alone is passed on.
 */
export function runAttached(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    let child: ChildProcess | undefined;
    const ignore = () => {};
    const pass = (signal: NodeJS.Signals) => child?.kill(signal);
    const handlers = { SIGINT: ignore, SIGQUIT: ignore, SIGTERM: pass, SIGHUP: pass } as const;
    // Before the program is there: it may say that it is ready before this line of ours is over.
    for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler);
    const stopListening = () => {
      for (const [signal, handler] of Object.entries(handlers)) process.removeListener(signal, handler);
    };
    child = spawn(file, args, { stdio: 'inherit', env: { ...process.env, ...env } });
    child.on('error', (error) => {
      stopListening();
      reject(error);
    });
    child.on('close', (status, signal) => {
      stopListening();
      resolve(signal ? 128 + os.constants.signals[signal] : (status ?? 1));
    });
  });
}
