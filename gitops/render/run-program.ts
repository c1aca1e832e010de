import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { onAbort, startTimer } from '../../kube';
import { GitopsError } from '../errors';

/** What one rendering may cost. */
export interface RenderLimits {
  /** The longest that a program may take; then it is killed, with all that it has started. */
  readonly timeoutMs: number;
  /** The most that it may print. */
  readonly outputBytes: number;
  /** The memory of its own that it may have: the kernel holds it. */
  readonly memoryBytes: number;
}

export const RENDER_LIMITS: RenderLimits = {
  timeoutMs: 30_000,
  outputBytes: 32 * 1024 * 1024,
  memoryBytes: 512 * 1024 * 1024,
};

/** A program that works on what a repository has, which is not trusted. */
export interface ProgramCall {
  /** For messages: what is rendered. */
  readonly where: string;
  readonly program: string;
  readonly args: readonly string[];
  /** What it sees of an environment; nothing else. */
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly limits: RenderLimits;
  readonly signal?: AbortSignal | undefined;
  /** What is thrown where it costs more than it may. @default - RENDER_FAILED */
  readonly refuse?: (found: string) => GitopsError;
}

export interface ProgramAnswer {
  readonly code: number | null;
  readonly out: string;
  /** The last of what it complained. */
  readonly err: string;
}

const LONGEST_ERROR = 16_384;
/** As many at once as there are processors: each is busy from its first moment to its last. */
const turns = { free: availableParallelism(), waiting: [] as Array<() => void> };

/**
 * An environment in which a program finds nothing of this machine: no settings, no cluster, no other programs such as git,
 * and a way out that leads nowhere.
 */
export function isolated(folder: string): Record<string, string> {
  const home = join(folder, 'home');
  return {
    ...{ PATH: home, HOME: home, TMPDIR: home, LC_ALL: 'C', KUBECONFIG: '/dev/null' },
    ...{ HTTP_PROXY: NOWHERE, HTTPS_PROXY: NOWHERE, GOMAXPROCS: '2' },
  };
}

const NOWHERE = 'http://127.0.0.1:1';

/** What a program has complained of, as it may be told: its cause, which is at the end of a chain, and not where it ran. */
export function wordsOf({ err }: ProgramAnswer, folder: string): string {
  return inOneLine(err.replaceAll(`${folder}/`, ''))
    .replace(/^.*?[Ee]rror: /, '')
    .trim()
    .slice(-MOST_WORDS);
}

/** Text of somebody else, without what a terminal would take for more than text. */
export function inOneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

const MOST_WORDS = 1_000;

/**
 * Runs a program in a process group of its own, and kills the group when it takes too long, prints too much, or is not
 * wanted any more: neither helm nor kustomize can be stopped gently. It may write no file, and has no more memory than it is given.
 */
export async function runProgram(call: ProgramCall): Promise<ProgramAnswer> {
  await turn(call.signal);
  try {
    return await run(call);
  } finally {
    turns.free += 1;
    turns.waiting.shift()?.();
  }
}

async function turn(signal?: AbortSignal): Promise<void> {
  while (turns.free <= 0) {
    await new Promise<void>((resolve) => turns.waiting.push(resolve));
    if (!signal?.aborted) continue;
    // The place goes to the next one.
    turns.waiting.shift()?.();
    break;
  }
  signal?.throwIfAborted();
  turns.free -= 1;
}

/** Where a program is, as a shell would find it. */
function find(program: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  return folders.map((folder) => join(folder, program)).find((file) => existsSync(file));
}

async function run(call: ProgramCall): Promise<ProgramAnswer> {
  const file = find(call.program);
  if (file === undefined) throw missing(call, 'nothing of that name');
  return runFile(file, call);
}

function runFile(file: string, call: ProgramCall): Promise<ProgramAnswer> {
  const { args, env, folder, limits, signal } = call;
  const seconds = Math.ceil(limits.timeoutMs / 1000) * 2 + 1;
  const held = `ulimit -f 0; ulimit -c 0; ulimit -t ${seconds}; ulimit -d ${Math.ceil(limits.memoryBytes / 1024)}`;
  const child = spawn('/bin/sh', ['-c', `${held}; exec "$0" "$@"`, file, ...args], {
    ...{ cwd: folder, env, detached: true },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    const out: Buffer[] = [];
    let printed = 0;
    let err = '';
    let ranOut = false;
    let ended: unknown;
    const end = (error: unknown) => {
      ended ??= error;
      killAll(child);
    };
    const stopTimer = startTimer(limits.timeoutMs, () =>
      end(refused(call, `no end within ${limits.timeoutMs / 1000} s`)),
    );
    const forget = signal && onAbort(signal, () => end(signal.reason));
    child.stdout.on('data', (part: Buffer) => {
      printed += part.length;
      if (printed > limits.outputBytes) end(refused(call, `more than ${limits.outputBytes} bytes of output`));
      else out.push(part);
    });
    child.stderr.on('data', (part: Buffer) => {
      const all = err + part.toString('utf8');
      // Where every goroutine was is told after it, and is more than what is kept.
      ranOut ||= isOutOfMemory(all);
      err = all.slice(-LONGEST_ERROR);
    });
    const settle = (act: () => void) => {
      stopTimer();
      forget?.();
      act();
    };
    child.on('error', (error) => settle(() => reject(missing(call, error.message))));
    child.on('close', (code) => {
      settle(() => {
        if (ended !== undefined) reject(ended);
        else if (code === 127 || code === 126) reject(missing(call, 'one that cannot be started'));
        else if (ranOut) reject(refused(call, `more than ${limits.memoryBytes} bytes of memory`));
        else resolve({ code, out: Buffer.concat(out).toString('utf8'), err });
      });
    });
  });
}

/** What the runtime of Go says when the kernel gives it no more. */
function isOutOfMemory(err: string): boolean {
  return /out of memory|cannot (allocate|map|remap)|failed to (reserve|allocate|create new OS thread)|newosproc|pthread_create failed/i.test(
    err,
  );
}

function killAll(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function refused({ where, program, refuse }: ProgramCall, reason: string): GitopsError {
  const found = `${reason} by ${program}`;
  if (refuse) return refuse(found);
  return new GitopsError('RENDER_FAILED', {
    ...{ where, found },
    expected: 'a rendering that ends, within the limits of the controller',
    remedy: 'look for what has no end in it, or divide it; what was applied stays as it is',
  });
}

function missing({ program, refuse }: ProgramCall, found: string): GitopsError {
  return new GitopsError('PROGRAM_MISSING', {
    where: `the program ${program}`,
    ...{ found, expected: `${program} on the PATH of the controller, and /bin/sh` },
    remedy: `install ${program} where the controller runs${refuse ? '' : ', or render before the push'}`,
  });
}
