import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type LocalSupervisor, localSupervisor } from '../supervisor/testing-only/local-supervisor';
import { livingWith, mark } from '../supervisor/testing-only/marked-processes';
import type { CommandHandle } from './command-handle';
import { SupervisedCommands } from './commands';

// Commands at a terminal of the real program.

jest.setTimeout(60_000);

const size = { columns: 80, rows: 24 };
let folder: string;
let local: LocalSupervisor;
let commands: SupervisedCommands;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'drydock-terminal-')));
  local = await localSupervisor(folder);
  commands = new SupervisedCommands(local.supervisor);
});
afterAll(async () => {
  await local.supervisor.close();
  rmSync(folder, { recursive: true, force: true });
  expect(local.host.destroyed).toEqual([]);
});

/** Reads on until a text was printed. */
async function until(handle: CommandHandle, text: string): Promise<string> {
  let seen = '';
  while (!seen.includes(text)) {
    const { value } = await handle.events.next();
    if (value?.type !== 'stdout') throw new Error(`${JSON.stringify(seen)}, then ${JSON.stringify(value)}`);
    seen += Buffer.from(value.bytes).toString('utf8');
  }
  return seen;
}

test('a command has a terminal of its size, which it leads, and whatever it writes comes as one output', async () => {
  const script =
    'tty; stty size; echo $TERM; echo to err >&2; echo by name >/dev/tty; test -t 0 && test -t 2; exit $?';
  const env = { TERM: undefined };
  const result = await (await commands.start(['sh', '-c', script], { pty: size, env })).wait();
  expect(result).toMatchObject({ outcome: 'exited', exitCode: 0 });
  expect(result.stdout.text).toMatch(/^\/dev\/pts\/\d+\r\n24 80\r\nxterm-256color\r\nto err\r\nby name\r\n$/);
  expect(result.stderr.length).toBe(0);
  const dumb = await commands.start(['sh', '-c', 'echo $TERM'], { pty: size, env: { TERM: 'dumb' } });
  expect((await dumb.wait()).stdout.text).toBe('dumb\r\n');
});

test('another size is told to what runs in the foreground', async () => {
  const script = 'trap "stty size; exit 3" WINCH; echo ready; while :; do sleep 0.05; done';
  const handle = await commands.start(['sh', '-c', script], { pty: size });
  await until(handle, 'ready');
  handle.resize({ columns: 132, rows: 50 });
  await until(handle, '50 132');
  expect(await handle.wait()).toMatchObject({ exitCode: 3 });
  handle.resize({ columns: 1, rows: 1 });
});

test('what is typed is read and echoed, Ctrl-C interrupts, and the end of the input is Ctrl-D', async () => {
  const handle = await commands.start(['sh'], { pty: size, env: { PS1: '$ ' } });
  await until(handle, '$ ');
  handle.stdin!.write('echo $((6 * 7))\n');
  expect(await until(handle, '42\r\n')).toContain('echo $((6 * 7))\r\n');
  handle.stdin!.write('sleep 1000; echo is over\n');
  await until(handle, 'sleep 1000');
  // Until it sleeps a byte would be the shell's own.
  await new Promise((resolve) => setTimeout(resolve, 200));
  handle.stdin!.write('\x03');
  await until(handle, '$ ');
  handle.stdin!.end('exit_code() { return 5; }; exit_code\n');
  expect(await handle.wait()).toMatchObject({ outcome: 'exited', exitCode: 5 });
});

test('a lot of output comes whole', async () => {
  const handle = await commands.start(['sh', '-c', 'seq 1 20000'], { pty: size });
  const { stdout } = await handle.wait();
  const lines = stdout.text.split('\r\n');
  expect([lines.length, lines[0], lines[19_999], lines[20_000]]).toEqual([20_001, '1', '20000', '']);
});

test('its end hangs up: a shell that hears no other signal goes, and all that it started', async () => {
  const marked = mark();
  const handle = await commands.start(['sh', '-i'], { pty: size, env: { ...marked, PS1: '$ ' } });
  await until(handle, '$ ');
  handle.stdin!.write('sleep 1000 & sleep 1001\n');
  while (livingWith(marked).length < 3) await new Promise((resolve) => setTimeout(resolve, 20));
  handle.kill();
  expect(await handle.wait()).toMatchObject({ outcome: 'aborted' });
  expect(livingWith(marked)).toEqual([]);
});

test('what only hears that its terminal was hung up has half a second for it', async () => {
  const script = 'trap "" TERM; trap "echo hung up; exit" HUP; echo ready; while :; do sleep 0.05; done';
  const handle = await commands.start(['sh', '-c', script], { pty: size });
  await until(handle, 'ready');
  handle.kill();
  expect(await until(handle, 'hung up')).toMatch(/hung up/);
  expect(await handle.wait()).toMatchObject({ outcome: 'aborted' });
});

test('a time limit holds at a terminal, and one whose program is not there is not started', async () => {
  const late = await commands.start(['sleep', '1000'], { pty: size, timeoutMs: 100 });
  expect(await late.wait()).toMatchObject({ outcome: 'timedOut' });
  await expect(commands.start(['no-such-program'], { pty: size })).rejects.toMatchObject({
    code: 'CommandNotStarted',
    found: expect.stringContaining('ENOENT'),
  });
});

test('many terminals one after the other leave none behind', async () => {
  for (let index = 0; index < 30; index += 1) {
    const handle = await commands.start(['true'], { pty: size });
    expect(await handle.wait()).toMatchObject({ exitCode: 0 });
  }
  const { stdout } = await commands.run(['sh', '-c', `ls -l /proc/${local.process.pid}/fd`]);
  expect(stdout.text).not.toContain('ptmx');
});
