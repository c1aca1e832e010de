import { type ChildProcess, spawn } from 'node:child_process';
import { onAbort, startTimer } from '../../kube';
import { GitopsError } from '../errors';
import { SSH_COMMAND } from './ssh';

/** How one call of git is held. */
export interface GitCall {
  /** For messages: the repository, as it may be told. */
  readonly where: string;
  readonly timeoutMs: number;
  /** The one way to the server. */
  readonly protocol: 'https' | 'ssh';
  /** The most that it may print. */
  readonly outputBytes: number;
  /** The largest file that it may write. */
  readonly fileBytes: number;
  readonly input?: string;
  /** Settings that no list of processes may show, such as a header with a password. */
  readonly secretSettings?: readonly (readonly [name: string, value: string])[];
  readonly signal?: AbortSignal | undefined;
}

export interface GitAnswer {
  readonly code: number | null;
  readonly out: Buffer;
  readonly err: string;
}

/** What of the machine's own environment git sees: where programs are, and the way out. */
const INHERITED = ['PATH', 'HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy', 'TMPDIR'];

/** No setting, hook, filter or helper of this machine or of the repository has a say. */
const SETTINGS: ReadonlyArray<readonly [string, string]> = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.attributesFile', '/dev/null'],
  ['credential.helper', ''],
  ['http.followRedirects', 'false'],
  ['http.lowSpeedLimit', '1000'],
  ['http.lowSpeedTime', '30'],
  ['transfer.fsckObjects', 'true'],
  ['transfer.bundleURI', 'false'],
  ['fetch.unpackLimit', '1'],
  ['fetch.writeCommitGraph', 'false'],
  ['submodule.recurse', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['protocol.version', '2'],
  ['pack.threads', '1'],
];

const LONGEST_ERROR = 16_384;

/**
 * Runs the git program, with an empty environment, and bounded in time, in what it prints and in what it writes. The
 * kernel holds the last bound (`ulimit -f`): git has none for a fetch.
 */
export function runGit(args: readonly string[], call: GitCall, home: string): Promise<GitAnswer> {
  const blocks = String(Math.ceil(call.fileBytes / 512));
  const child = spawn('/bin/sh', ['-c', 'ulimit -f "$0" && exec git "$@"', blocks, ...args], {
    cwd: home,
    env: environment(call, home),
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  return new Promise((resolve, reject) => {
    const out: Buffer[] = [];
    let printed = 0;
    let err = '';
    let ended: GitopsError | undefined;
    const end = (error: GitopsError) => {
      ended ??= error;
      killAll(child);
    };
    const stopTimer = startTimer(call.timeoutMs, () => end(tooSlow(call)));
    const forget = call.signal && onAbort(call.signal, () => end(tooSlow(call)));
    child.stdout.on('data', (part: Buffer) => {
      printed += part.length;
      if (printed > call.outputBytes) end(tooMuch(call, `more than ${call.outputBytes} bytes of it`));
      else out.push(part);
    });
    child.stderr.on('data', (part: Buffer) => {
      err = (err + part.toString('utf8')).slice(-LONGEST_ERROR);
    });
    // A git that ends early does not read all of its input; its exit says why.
    child.stdin.on('error', () => {});
    child.stdin.end(call.input ?? '');
    const settle = (act: () => void) => {
      stopTimer();
      forget?.();
      act();
    };
    child.on('error', (error) => settle(() => reject(noGit(error.message))));
    child.on('close', (code) => {
      settle(() => {
        if (ended) reject(ended);
        else if (code === 127) reject(noGit('no program of that name'));
        else if (isOverFileSize(code, err))
          reject(tooMuch(call, `more than ${call.fileBytes} bytes of it in one fetch`));
        else resolve({ code, out: Buffer.concat(out), err });
      });
    });
  });
}

function environment({ secretSettings = [], protocol }: GitCall, home: string) {
  const env: Record<string, string> = {
    HOME: home,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '/bin/false',
    GIT_ALLOW_PROTOCOL: protocol,
    GIT_SSH_COMMAND: SSH_COMMAND,
    GIT_SSH_VARIANT: 'ssh',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_OPTIONAL_LOCKS: '0',
  };
  for (const name of INHERITED) if (process.env[name] !== undefined) env[name] = process.env[name]!;
  const settings = [...SETTINGS, ...secretSettings];
  env.GIT_CONFIG_COUNT = String(settings.length);
  for (const [index, [name, value]] of settings.entries()) {
    env[`GIT_CONFIG_KEY_${index}`] = name;
    env[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return env;
}

/** git starts programs of its own, which its end does not end. */
function killAll(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/**
 * SIGXFSZ is 25, so 128 + 25 of git itself. A program that git has started ends without a word, and git says only that it
 * has got no answer; of a pack that is broken it says what is broken.
 */
function isOverFileSize(code: number | null, err: string): boolean {
  const complaints = err.split('\n').filter((line) => /^(fatal|error): /.test(line));
  const isSilent = complaints.length === 1 && /: invalid index-pack output$/.test(complaints[0] ?? '');
  return code === 153 || isSilent || /died of signal 25|File too large/.test(err);
}

function tooMuch({ where }: GitCall, found: string): GitopsError {
  return new GitopsError('SOURCE_TOO_LARGE', {
    ...{ where, found },
    expected: 'a repository of manifests',
    remedy: 'keep large files in another repository; the limits are options of the controller',
  });
}

function tooSlow({ where, timeoutMs, signal }: GitCall): GitopsError {
  return new GitopsError('SOURCE_UNREACHABLE', {
    where,
    found: signal?.aborted ? 'an end before the answer' : `no answer within ${timeoutMs / 1000} s`,
    expected: 'a repository that answers',
    remedy: 'look whether the repository can be reached from here; it is tried again by itself',
  });
}

function noGit(found: string): GitopsError {
  return new GitopsError('GIT_MISSING', {
    where: 'the git program',
    found,
    expected: 'git 2.38 or newer on the PATH, and /bin/sh',
    remedy: 'install git where the controller runs',
  });
}
