import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { until } from '../../cluster';
import { type LocalSupervisor, localSupervisor } from '../supervisor/testing-only/local-supervisor';
import { livingWith, mark } from '../supervisor/testing-only/marked-processes';
import type { CommandHandle } from './command-handle';
import { SupervisedCommands } from './commands';

jest.setTimeout(120_000);

let folder: string;
let local: LocalSupervisor;
let commands: SupervisedCommands;

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-ending-'));
  local = await localSupervisor(folder);
  commands = new SupervisedCommands(local.supervisor);
});
afterEach(async () => {
  await local.supervisor.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Trees that do not want to end; each says `ready` when it is complete. */
const stubborn: Readonly<Record<string, string>> = {
  'a process that sleeps': 'echo ready; sleep 1000',
  'children that ignore SIGTERM': `trap '' TERM; (sh -c 'trap "" TERM; sleep 1000' & sh -c 'trap "" TERM; sleep 1000' &); echo ready; sleep 1000`,
  'a daemon in a session of its own': `setsid sh -c 'trap "" TERM HUP; setsid sleep 1000 </dev/null >/dev/null 2>&1 &' & echo ready; sleep 1000`,
  'a process that forks on': `trap '' TERM; echo ready; while :; do sh -c 'trap "" TERM; sleep 1000' & sleep 0.02; done`,
  'one that starts itself anew on SIGTERM': `printf '%s' "trap 'setsid sh \\$0 & ' TERM; echo ready; while :; do sleep 0.1; done" > again; exec sh again`,
  'one that was stopped': `sh -c 'kill -STOP $$' & echo ready; sleep 1000`,
};

async function ready(handle: CommandHandle): Promise<void> {
  const { value } = await handle.events.next();
  expect(value).toMatchObject({ type: 'stdout' });
}

test.each(Object.entries(stubborn))('a timeout ends %s, with everything below it', async (_name, script) => {
  const env = mark();
  const ending = await commands.run(['sh', '-c', script], { env, timeoutMs: 400 });
  expect(ending).toMatchObject({ outcome: 'timedOut', exitCode: undefined });
  expect(ending.stdout.text).toMatch(/^ready/);
  expect(livingWith(env)).toEqual([]);
  expect(local.host.destroyed).toEqual([]);
});

test.each(Object.entries(stubborn))('an abort ends %s, with everything below it', async (_name, script) => {
  const env = mark();
  const abort = new AbortController();
  const handle = await commands.start(['sh', '-c', script], { env, signal: abort.signal });
  await ready(handle);
  expect(livingWith(env).length).toBeGreaterThan(0);
  abort.abort();
  await handle.events.return();
  expect(await handle.wait()).toMatchObject({ outcome: 'aborted', exitCode: undefined });
  expect(livingWith(env)).toEqual([]);
  expect(local.host.destroyed).toEqual([]);
});

test('what a command leaves behind ends with it, and its code is its own', async () => {
  const env = mark();
  const left = await commands.run(['sh', '-c', '(trap "" TERM; sleep 1000; echo late) & exit 5'], { env });
  expect(left).toMatchObject({ outcome: 'exited', exitCode: 5 });
  expect(left.stdout.text).toBe('');
  expect(livingWith(env)).toEqual([]);
});

test('the others go on when one is ended', async () => {
  const other = await commands.start(['sh', '-c', 'read -r line; echo "$line"'], { stdin: 'pipe' });
  expect(await commands.run(['sleep', '1000'], { timeoutMs: 100 })).toMatchObject({ outcome: 'timedOut' });
  other.stdin!.end('still here\n');
  expect((await other.wait()).stdout.text).toBe('still here\n');
});

test('kill ends the tree; with the name of a signal only the command hears it', async () => {
  const asked = await commands.start([
    'sh',
    '-c',
    'trap "exit 9" INT; echo ready; while :; do sleep 0.05; done',
  ]);
  await ready(asked);
  asked.kill('SIGINT');
  expect(await asked.wait()).toMatchObject({ outcome: 'exited', exitCode: 9 });
  const hit = await commands.start(['sh', '-c', 'echo ready; sleep 1000']);
  await ready(hit);
  hit.kill('SIGSEGV');
  expect(await hit.wait()).toMatchObject({ outcome: 'signaled', signal: 'SIGSEGV' });
  const ended = await commands.start(['sh', '-c', 'echo ready; sleep 1000']);
  await ready(ended);
  ended.kill();
  expect(await ended.wait()).toMatchObject({ outcome: 'aborted' });
  expect(() => ended.kill('9; rm')).toThrow(expect.objectContaining({ code: 'ArgumentInvalid' }));
});

test('close ends a command and waits until it is gone', async () => {
  const env = mark();
  const handle = await commands.start(['sh', '-c', 'echo ready; sleep 1000'], { env });
  await ready(handle);
  await handle.close();
  expect(livingWith(env)).toEqual([]);
});

test('what was aborted before it began does not begin', async () => {
  const result = await commands.run(['touch', 'began'], { signal: AbortSignal.abort() });
  expect(result).toMatchObject({ outcome: 'aborted', exitCode: undefined });
  await commands.run(['true']);
  expect(() => readFileSync(path.join(folder, 'began'))).toThrow('ENOENT');
});

test('an end of the stream ends every process, and every command as unknown', async () => {
  const env = mark();
  const script = stubborn['children that ignore SIGTERM']!;
  const handles = await Promise.all([1, 2].map(() => commands.start(['sh', '-c', script], { env })));
  await Promise.all(handles.map(ready));
  local.process.stdin!.destroy();
  const outcomes = await Promise.all(handles.map((handle) => handle.wait()));
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['connectionLost', 'connectionLost']);
  await until('everything to be gone', () => livingWith(env).length === 0);
  expect(local.host.destroyed).toHaveLength(1);
});

test('a supervisor that is killed takes its commands with it; the pod says why, or nobody knows', async () => {
  const env = mark();
  const handle = await commands.start(['sh', '-c', 'echo ready; sleep 1000'], { env });
  await ready(handle);
  const cause = {
    code: 'OOMKilled',
    found: 'OOMKilled',
    expected: '',
    remedy: '',
    retryable: false,
  } as const;
  local.host.answer = { outcome: 'oomKilled', cause };
  local.process.kill('SIGKILL');
  expect(await handle.wait()).toMatchObject({ outcome: 'oomKilled', exitCode: undefined, cause });
  await until('the tree to be gone', () => livingWith(env).length === 0);
  expect(local.host.destroyed).toHaveLength(1);
  // There is no supervisor any more: nothing can be started, and that is no success.
  expect(await commands.run(['true'])).toMatchObject({ outcome: 'oomKilled' });
});

test('a command that kills its own reaper costs the sandbox', async () => {
  const env = mark();
  const result = await commands.run(['sh', '-c', 'kill -9 $PPID; sleep 1000'], { env });
  expect(result).toMatchObject({ outcome: 'podLost', exitCode: undefined });
  expect(local.host.destroyed).toEqual([expect.stringContaining('was killed')]);
  await until('the tree to be gone', () => livingWith(env).length === 0);
});

test('close ends what runs, and a closed sandbox runs nothing', async () => {
  const env = mark();
  const handle = await commands.start(['sh', '-c', 'trap "" TERM; echo ready; sleep 1000'], { env });
  await ready(handle);
  await local.supervisor.close();
  expect(livingWith(env)).toEqual([]);
  expect(await handle.wait()).toMatchObject({ outcome: 'aborted' });
  expect(local.host.destroyed).toEqual([]);
  await expect(commands.run(['true'])).rejects.toMatchObject({ code: 'Closed', sandboxId: 'local' });
});

test('a callback that throws ends the command, and its caller hears the error', async () => {
  const env = mark();
  const onStdout = () => {
    throw new Error('mine');
  };
  await expect(commands.run(['sh', '-c', 'echo out; sleep 1000'], { env, onStdout })).rejects.toThrow('mine');
  expect(livingWith(env)).toEqual([]);
  expect((await commands.run(['true'])).ok).toBe(true);
});

test('the mark that these tests look for finds a process', async () => {
  const env = mark();
  const child = spawn('sleep', ['1000'], { env: { ...process.env, ...env } });
  await until('it to be seen', () => livingWith(env).length === 1);
  child.kill('SIGKILL');
  await until('it to be gone', () => livingWith(env).length === 0);
});
