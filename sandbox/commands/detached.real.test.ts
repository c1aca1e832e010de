import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type LocalSupervisor, localSupervisor } from '../supervisor/testing-only/local-supervisor';
import { SupervisedCommands } from './commands';
import type { DetachedCommand } from './detached-command';

// The real program as processes of this machine: two clients of the same sandbox, which is a folder.

jest.setTimeout(120_000);

let folder: string;
let local: LocalSupervisor;
let commands: SupervisedCommands;
const others: LocalSupervisor[] = [];

beforeEach(async () => {
  folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'drydock-detached-')));
  local = await localSupervisor(folder);
  commands = new SupervisedCommands(local.supervisor);
});
afterEach(async () => {
  const last = await another();
  for (const { id } of await last.list()) await (await last.attach(id)).close();
  expect(await last.list()).toEqual([]);
  for (const one of [local, ...others.splice(0)]) await one.supervisor.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Another client of the same sandbox. */
async function another(): Promise<SupervisedCommands> {
  const one = await localSupervisor(folder);
  others.push(one);
  return new SupervisedCommands(one.supervisor);
}

/** The client is gone without a word. */
async function cutOff(): Promise<void> {
  local.process.kill('SIGKILL');
  expect((await local.supervisor.ended).why).toBe('lost');
}

const start = (script: string, options: { commandId?: string; keepBytes?: number } = {}) =>
  commands.start(['sh', '-c', script], { detached: true, ...options });

/** Runs until the file is there. */
const UNTIL_GO = 'while [ ! -e go ]; do sleep 0.02; done';
const go = () => writeFileSync(path.join(folder, 'go'), '');

async function firstOutput(command: DetachedCommand): Promise<string> {
  const { value } = await command.events.next();
  return value?.type === 'stdout' ? Buffer.from(value.bytes).toString() : JSON.stringify(value);
}

test('a command outlives its client, was run once, and another client has its output from an offset on, and its end', async () => {
  const build = await start(`echo ran >>runs; echo one; ${UNTIL_GO}; echo two; echo three >&2; exit 7`, {
    commandId: 'build',
  });
  expect([build.id, await firstOutput(build)]).toEqual(['build', 'one\n']);
  await cutOff();
  // The stream of a client that has something detached is no reason to delete the sandbox.
  expect(local.host.destroyed).toEqual([]);
  await expect(build.wait()).resolves.toMatchObject({ outcome: 'connectionLost' });
  const there = await another();
  expect(await there.list()).toMatchObject([
    { id: 'build', isRunning: true, written: { stdout: 4, stderr: 0 } },
  ]);
  const [whole, rest] = [
    await there.attach('build'),
    await there.attach('build', { offsets: { stdout: 4 } }),
  ];
  expect([whole.from, rest.from]).toEqual([
    { stdout: 0, stderr: 0 },
    { stdout: 4, stderr: 0 },
  ]);
  go();
  expect(await whole.wait()).toMatchObject({ outcome: 'exited', exitCode: 7, truncated: false });
  const { stdout, stderr } = await rest.wait();
  expect([stdout.text, stderr.text]).toEqual(['two\n', 'three\n']);
  // Also when it is long over, and for one who comes then.
  const late = await (await another()).attach('build');
  expect((await late.wait()).stdout.text).toBe('one\ntwo\n');
  expect(await there.list()).toMatchObject([{ id: 'build', isRunning: false }]);
  expect(readFileSync(path.join(folder, 'runs'), 'utf8')).toBe('ran\n');
});

test('a client that is closed in order leaves it running, and what is not detached ends', async () => {
  await start(`${UNTIL_GO}; echo detached`, { commandId: 'kept' });
  const ordinary = await commands.start(['sleep', '3600']);
  await local.supervisor.close();
  expect((await ordinary.wait()).outcome).toBe('aborted');
  go();
  expect((await (await (await another()).attach('kept')).wait()).stdout.text).toBe('detached\n');
});

test('an id that is there is not started again, by this client or another', async () => {
  const first = await start(`echo ran >>runs; ${UNTIL_GO}`, { commandId: 'once' });
  const there = await another();
  for (const client of [commands, there]) {
    await expect(
      client.start(['sh', '-c', 'echo again >>runs'], { detached: true, commandId: 'once' }),
    ).rejects.toMatchObject({
      code: 'CommandNotStarted',
      found: expect.stringContaining('COMMAND_IS_THERE'),
    });
  }
  go();
  expect((await first.wait()).ok).toBe(true);
  expect(readFileSync(path.join(folder, 'runs'), 'utf8')).toBe('ran\n');
});

test('two clients that start the first detached commands at the same moment have one keeper', async () => {
  const there = await another();
  const started = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      (index % 2 ? commands : there).start(['echo', `${index}`], { detached: true, commandId: `c${index}` }),
    ),
  );
  const outputs = await Promise.all(started.map(async (one) => (await one.wait()).stdout.text));
  expect(outputs).toEqual(started.map((_, index) => `${index}\n`));
  expect((await there.list()).map(({ id }) => id).sort()).toEqual(started.map(({ id }) => id).sort());
});

test('of an output that is long the last is kept, the command is never held up, and its reader is told', async () => {
  const lines = 'i=0; while [ $i -lt 3000 ]; do echo 0123456789; i=$((i+1)); done; touch done';
  const command = await start(`${UNTIL_GO}; ${lines}`, { keepBytes: 1000 });
  await command.release();
  await expect(command.wait()).rejects.toMatchObject({ code: 'Closed' });
  // Nobody reads it now, and it comes to its end.
  go();
  while (!existsSync(path.join(folder, 'done'))) await new Promise((resolve) => setTimeout(resolve, 10));
  const again = await commands.attach(command.id);
  const { stdout, truncated, outcome } = await again.wait();
  expect([outcome, truncated]).toEqual(['exited', true]);
  expect(stdout.text.endsWith('0123456789\n')).toBe(true);
  const last = await commands.attach(command.id);
  expect(33_000 - last.from.stdout).toBeGreaterThanOrEqual(1000);
  expect(33_000 - last.from.stdout).toBeLessThanOrEqual(1250);
  const rest = await last.wait();
  expect(rest.stdout.bytes.length).toBe(33_000 - last.from.stdout);
  // Who has asked for all of it is told that it begins later; who has asked from there on has all.
  expect(rest.truncated).toBe(true);
  const { from: offsets } = last;
  expect((await (await commands.attach(command.id, { offsets })).wait()).truncated).toBe(false);
});

test('a signal, a timeout and an end reach it, and with close() it is forgotten', async () => {
  const trapping = await start("trap 'echo heard; exit 3' INT; echo ready; while :; do sleep 0.02; done");
  expect(await firstOutput(trapping)).toBe('ready\n');
  const other = await (await another()).attach(trapping.id);
  other.kill('SIGINT');
  expect(await trapping.wait()).toMatchObject({ outcome: 'exited', exitCode: 3 });
  const late = await commands.start(['sleep', '3600'], { detached: true, timeoutMs: 50 });
  expect((await late.wait()).outcome).toBe('timedOut');
  const ended = await start('sleep 3600 & sleep 3600');
  (await (await another()).attach(ended.id)).kill();
  expect((await ended.wait()).outcome).toBe('aborted');
  const closed = await start('sleep 3600');
  await closed.close();
  await expect(commands.attach(closed.id)).rejects.toMatchObject({ code: 'CommandMissing' });
});

test.each([
  ['a program that is not there', ['no-such-program'], 'CommandNotStarted'],
  ['no program', [], 'ArgumentInvalid'],
])('%s is not kept', async (_title, argv, code) => {
  await expect(commands.start(argv, { detached: true })).rejects.toMatchObject({ code });
  expect(await commands.list()).toEqual([]);
});

test('what cannot be is refused: ids, sizes, input, and offsets beyond what was written', async () => {
  const refused = (options: object) => commands.start(['true'], { detached: true, ...options });
  for (const options of [{ commandId: '../a' }, { keepBytes: 0 }, { keepBytes: 1e12 }, { stdin: 'x' }])
    await expect(refused(options)).rejects.toMatchObject({ code: 'ArgumentInvalid' });
  await expect(commands.attach('nobody')).rejects.toMatchObject({
    code: 'CommandMissing',
    remedy: expect.stringContaining('commands.list()'),
  });
  const command = await start('echo four');
  await command.wait();
  await expect(commands.attach(command.id, { offsets: { stdout: 6 } })).rejects.toMatchObject({
    code: 'ArgumentInvalid',
    found: expect.stringContaining('an offset beyond'),
  });
  expect((await (await commands.attach(command.id, { offsets: { stdout: 5 } })).wait()).stdout.text).toBe('');
});

test('a tenant that kills what keeps its commands ends them, and their readers are told that it is not known', async () => {
  const other = await start('sleep 3600');
  // The parent of a command is its reaper, and the parent of that is the keeper.
  const killing = await start(`${UNTIL_GO}; kill -9 $(cut -d ' ' -f 4 /proc/$PPID/stat)`);
  go();
  expect((await killing.wait()).outcome).toBe('connectionLost');
  expect((await other.wait()).outcome).toBe('connectionLost');
  expect(local.host.destroyed).toEqual([]);
  // The next one has a keeper again.
  expect((await (await start('echo anew')).wait()).stdout.text).toBe('anew\n');
  expect((await commands.list()).length).toBe(1);
});

test('as many as are kept make room for new ones when they are over', async () => {
  for (let index = 0; index < 33; index += 1) {
    const command = await commands.start(['true'], { detached: true, commandId: `c${index}` });
    await command.wait();
  }
  const ids = (await commands.list()).map(({ id }) => id);
  expect([ids.length, ids.includes('c0'), ids.includes('c32')]).toEqual([32, false, true]);
});
