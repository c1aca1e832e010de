import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SupervisedCommands } from '../commands';
import { SupervisedFiles } from '../files';
import { INPUT_PLACES } from './frames';
import { type LocalSupervisor, localSupervisor } from './testing-only/local-supervisor';

jest.setTimeout(120_000);

const MIB = 1 << 20;
/** What inputs may take together, and as much for what the garbage collector has not found yet; mostly 17 MiB is seen. */
const BOUND = 2 * 16 * MIB;

let folder: string;
let local: LocalSupervisor;
beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-input-'));
  local = await localSupervisor(folder);
});
afterEach(async () => {
  await local.supervisor.close();
  rmSync(folder, { recursive: true, force: true });
  expect(local.host.destroyed).toEqual([]);
});

/** The most that the process has had in memory. */
function peak(): number {
  const [, kib] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${local.process.pid}/status`, 'utf8'))!;
  return Number(kib) * 1024;
}

test('what commands do not read is held for all of them together in a bounded memory, and another has room', async () => {
  const commands = new SupervisedCommands(local.supervisor);
  const before = peak();
  const input = Buffer.alloc(2 * MIB, 'x');
  const sleeping = await Promise.all(
    Array.from({ length: INPUT_PLACES - 1 }, () => commands.start(['sleep', '1000'], { stdin: input })),
  );
  // One that reads is not held up by those that do not.
  const counted = await commands.run(['wc', '-c'], { stdin: Buffer.alloc(5 * MIB) });
  expect(counted.stdout.text.trim()).toBe(`${5 * MIB}`);
  expect(peak() - before).toBeLessThan(BOUND);
  for (const handle of sleeping) {
    handle.kill();
    await handle.events.return();
    expect((await handle.wait()).outcome).toBe('aborted');
  }
});

test('forty uploads at once take no more memory than that, and each arrives', async () => {
  const files = new SupervisedFiles(local.supervisor);
  const before = peak();
  const content = Buffer.alloc(4 * MIB, 'x');
  const names = Array.from({ length: 40 }, (_, index) => `file${index}`);
  await Promise.all(names.map((name) => files.write(name, content)));
  expect(peak() - before).toBeLessThan(BOUND);
  for (const name of names) expect((await files.stat(name)).size).toBe(content.length);
});

test('single bytes that a command does not read take no more than their number', async () => {
  const handle = await new SupervisedCommands(local.supervisor).start(['sleep', '1000'], { stdin: 'pipe' });
  const before = peak();
  for (let index = 0; index < 200_000; index += 1) {
    if (!handle.stdin!.write('x'))
      await Promise.race([new Promise(setImmediate), new Promise((r) => setTimeout(r, 1))]);
  }
  expect(peak() - before).toBeLessThan(12 * MIB);
  handle.kill();
  await handle.events.return();
  await handle.wait();
});

test('more writes at once than there are places for their input wait for each other, and all arrive', async () => {
  const files = new SupervisedFiles(local.supervisor);
  const names = Array.from({ length: 3 * INPUT_PLACES }, (_, index) => `file${index}`);
  await Promise.all(names.map((name) => files.write(name, `${name} `.repeat(20_000))));
  for (const name of names) expect((await files.read(name)).toString()).toBe(`${name} `.repeat(20_000));
});

test('a file is written at once beside more commands that do not read their input than there are places', async () => {
  const commands = new SupervisedCommands(local.supervisor);
  const input = Buffer.alloc(2 * MIB, 'x');
  const sleeping = await Promise.all(
    Array.from({ length: 2 * INPUT_PLACES }, () => commands.start(['sleep', '1000'], { stdin: input })),
  );
  const files = new SupervisedFiles(local.supervisor);
  await files.write('file', input);
  expect((await files.stat('file')).size).toBe(input.length);
  for (const handle of sleeping) {
    handle.kill();
    await handle.events.return();
    expect((await handle.wait()).outcome).toBe('aborted');
  }
});
