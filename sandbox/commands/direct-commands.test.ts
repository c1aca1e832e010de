import { PassThrough, Readable } from 'node:stream';
import { type Exec, type ExecEnd, KubeError } from '../../kube';
import type { PodFate } from '../supervisor/sandbox-host';
import { DirectCommands } from './direct-commands';

/** An exec whose ends are in the hands of a test. */
class ScriptedExec implements Exec {
  readonly stdin: PassThrough | undefined;
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly ended: Promise<ExecEnd>;
  isClosed = false;
  #end!: (end: ExecEnd) => void;

  constructor(hasInput: boolean) {
    this.stdin = hasInput ? new PassThrough() : undefined;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  resize(): void {}

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.over({ type: 'unknown', error: failure('closed') } as ExecEnd);
  }

  over(end: ExecEnd): void {
    this.stdout.end();
    this.stderr.end();
    this.#end(end);
  }
}

const failure = (found: string) =>
  new KubeError('CONNECTION_LOST', { where: 'exec', found, expected: 'a status', remedy: 'none' });
const exited = (exitCode: number, outputComplete = true) =>
  ({ type: 'exited', exitCode, outputComplete }) as ExecEnd;
const failed = (found: string) => ({ type: 'failed', error: failure(found) }) as ExecEnd;

/** Commands on execs that do at once what a test says. */
function commandsThat(act: (exec: ScriptedExec) => void, fate?: PodFate) {
  const execs: ScriptedExec[] = [];
  const asked: { readonly command: readonly string[]; readonly stdin: boolean }[] = [];
  const destroyed: string[] = [];
  const host = {
    id: 'box-1',
    fate: async () => fate,
    destroy: async (reason: string) => {
      destroyed.push(reason);
    },
  };
  const commands = new DirectCommands(async (request) => {
    asked.push(request);
    const exec = new ScriptedExec(request.stdin);
    execs.push(exec);
    act(exec);
    return exec;
  }, host);
  return { commands, execs, asked, destroyed };
}

test('a command gives both outputs and its exit code, and nothing is deleted for it', async () => {
  const { commands, asked, destroyed } = commandsThat((exec) => {
    exec.stdout.write('out');
    exec.stderr.write('err');
    exec.over(exited(3));
  });
  const result = await commands.run(['make']);
  expect(result).toMatchObject({ outcome: 'exited', exitCode: 3, signal: undefined, truncated: false });
  expect([result.stdout.text, result.stderr.text]).toEqual(['out', 'err']);
  expect(asked).toEqual([{ command: ['make'], stdin: false }]);
  expect(destroyed).toEqual([]);
});

test('a text for a shell is one argument of it', async () => {
  const { commands, asked } = commandsThat((exec) => exec.over(exited(0)));
  expect((await commands.shell('echo "a b" | wc')).ok).toBe(true);
  expect(asked).toEqual([{ command: ['sh', '-c', 'echo "a b" | wc'], stdin: false }]);
});

test('input goes to the command whole, and ends', async () => {
  const { commands, asked } = commandsThat((exec) => {
    exec.stdin?.pipe(exec.stdout, { end: false });
    exec.stdin?.on('end', () => exec.over(exited(0)));
  });
  const result = await commands.run(['cat'], { stdin: 'all of it' });
  expect(result.stdout.text).toBe('all of it');
  expect(asked).toEqual([{ command: ['cat'], stdin: true }]);
});

test('input that breaks ends the sandbox, and its error is the caller’s', async () => {
  async function* breaking() {
    yield Buffer.from('some');
    throw new Error('the disk is gone');
  }
  const { commands, destroyed } = commandsThat(() => {});
  await expect(commands.run(['cat'], { stdin: Readable.from(breaking()) })).rejects.toThrow(
    'the disk is gone',
  );
  expect(destroyed).toHaveLength(1);
});

test.each([
  ['a folder', { cwd: '/x' }],
  ['an environment', { env: { A: '1' } }],
])('%s needs a supervisor, and is refused before anything starts', async (_what, options) => {
  const { commands, execs } = commandsThat(() => {});
  await expect(commands.run(['pwd'], options)).rejects.toMatchObject({ code: 'Unsupported' });
  expect(execs).toHaveLength(0);
});

test('a terminal needs a supervisor, and is refused before anything starts', async () => {
  const { commands, execs } = commandsThat(() => {});
  const starting = commands.start(['sh'], { pty: { columns: 80, rows: 24 } });
  await expect(starting).rejects.toMatchObject({ code: 'Unsupported', found: '`pty`' });
  expect(execs).toHaveLength(0);
});

test('a signal needs a supervisor, and the command goes on', async () => {
  const { commands, execs, destroyed } = commandsThat(() => {});
  const handle = await commands.start(['make']);
  expect(() => handle.kill('SIGINT')).toThrow(expect.objectContaining({ code: 'Unsupported' }));
  execs[0]?.over(exited(0));
  expect([(await handle.wait()).ok, destroyed]).toEqual([true, []]);
});

test('a command that is to end twice ends once', async () => {
  const { commands, destroyed } = commandsThat(() => {});
  const handle = await commands.start(['make']);
  handle.kill();
  handle.kill();
  expect((await handle.wait()).outcome).toBe('aborted');
  expect(destroyed).toHaveLength(1);
});

test('an empty environment is none', async () => {
  const { commands } = commandsThat((exec) => exec.over(exited(0)));
  expect((await commands.run(['true'], { env: {} })).ok).toBe(true);
});

test('a timeout deletes the sandbox, which is all that ends a program, and is the outcome', async () => {
  const { commands, execs, destroyed } = commandsThat((exec) => exec.stdout.write('begun'));
  const result = await commands.run(['sleep', '9'], { timeoutMs: 20 });
  expect(result.outcome).toBe('timedOut');
  expect(result.stdout.text).toBe('begun');
  expect(destroyed).toEqual(['["sleep","9"]: timedOut, and there is no supervisor to end it']);
  expect(execs[0]?.isClosed).toBe(true);
});

test('so does an abort; one that came before starts nothing', async () => {
  const abort = new AbortController();
  const { commands, execs, destroyed } = commandsThat(() => abort.abort());
  expect((await commands.run(['sleep'], { signal: abort.signal })).outcome).toBe('aborted');
  expect(destroyed).toHaveLength(1);
  expect((await commands.run(['sleep'], { signal: abort.signal })).outcome).toBe('aborted');
  expect([execs.length, destroyed.length]).toEqual([1, 1]);
});

test('what is closed lets go of what runs, deletes nothing, and begins nothing more', async () => {
  const { commands, execs, destroyed } = commandsThat(() => {});
  const running = commands.run(['sleep']);
  await new Promise(setImmediate);
  await commands.close();
  expect((await running).outcome).toBe('aborted');
  expect([execs[0]?.isClosed, destroyed]).toEqual([true, []]);
  await expect(commands.run(['true'])).rejects.toMatchObject({ code: 'Closed', sandboxId: 'box-1' });
});

test.each([
  'exec: "nope": executable file not found in $PATH',
  'open /x: no such file or directory',
  'permission denied',
  'exec format error',
])('a program that could not be started (%s) did not run, and is no result', async (words) => {
  const { commands } = commandsThat((exec) => exec.over(failed(words)));
  await expect(commands.run(['nope'])).rejects.toMatchObject({
    code: 'CommandNotStarted',
    where: '["nope"] in sandbox box-1',
    found: words,
    sandboxId: 'box-1',
  });
});

test.each<[string, ExecEnd]>([
  ['no status', failed('the socket closed')],
  ['output that is not whole', exited(0, false)],
])('an end with %s is one that is not known', async (_what, end) => {
  const { commands } = commandsThat((exec) => exec.over(end));
  expect((await commands.run(['make'])).outcome).toBe('connectionLost');
});

test('but where the pod tells why, that is the outcome', async () => {
  const cause = { found: 'out of memory', remedy: 'more' } as unknown as PodFate['cause'];
  const { commands } = commandsThat((exec) => exec.over(failed('the socket closed')), {
    outcome: 'oomKilled',
    cause,
  });
  expect(await commands.run(['make'])).toMatchObject({ outcome: 'oomKilled', cause, exitCode: undefined });
});

test('output that nobody reads stops the stream at a megabyte, and goes on when it is read', async () => {
  const { commands, execs } = commandsThat(() => {});
  const handle = await commands.start(['yes']);
  const exec = execs[0] as ScriptedExec;
  const piece = Buffer.alloc(1 << 19, 'y');
  for (let count = 0; count < 3; count += 1) {
    exec.stdout.write(piece);
    await new Promise(setImmediate);
  }
  expect(exec.stdout.isPaused()).toBe(true);
  expect(exec.stderr.isPaused()).toBe(true);
  for (let count = 0; count < 2; count += 1) await handle.events.next();
  expect(exec.stdout.isPaused()).toBe(false);
  exec.over(exited(0));
  expect((await handle.wait()).stdout.length).toBe(3 * piece.length);
});

test('a callback that throws ends the sandbox, and its error is the caller’s', async () => {
  const { commands, destroyed } = commandsThat((exec) => exec.stdout.write('x'));
  const onStdout = () => {
    throw new Error('a full disk');
  };
  await expect(commands.run(['yes'], { onStdout })).rejects.toThrow('a full disk');
  expect(destroyed).toHaveLength(1);
});
