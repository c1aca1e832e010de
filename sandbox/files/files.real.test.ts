import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { type LocalSupervisor, localSupervisor } from '../supervisor/testing-only/local-supervisor';
import { SupervisedFiles } from './files';
import type { TransferProgress } from './transfer-options';

jest.setTimeout(120_000);

let root: string;
/** Where the supervisor works. */
let there: string;
/** What stands for this machine. */
let here: string;
let local: LocalSupervisor;
let files: SupervisedFiles;

beforeEach(async () => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'drydock-files-'));
  [there, here] = ['there', 'here'].map((name) => path.join(root, name)) as [string, string];
  for (const folder of [there, here]) fs.mkdirSync(folder);
  local = await localSupervisor(there);
  files = new SupervisedFiles(local.supervisor);
});
afterEach(async () => {
  await local.supervisor.close();
  expect(local.host.destroyed).toEqual([]);
  fs.rmSync(root, { recursive: true, force: true });
});

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Every file below a folder, with its mode and hash. */
function contentOf(folder: string): Record<string, string> {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names.map((name) => {
      const found = fs.lstatSync(path.join(folder, name));
      const content = found.isFile() ? sha256(fs.readFileSync(path.join(folder, name))) : 'folder';
      return [name, `${(found.mode & 0o777).toString(8)} ${content}`];
    }),
  );
}

/** Names that mean something to shells, tools and terminals. */
const awkward = ['-rf', 'a b', 'new\nline', '"quoted"', 'é✓', '\u001b[31m', '...', 'x'.repeat(255)];

function writeTree(folder: string): void {
  fs.mkdirSync(path.join(folder, 'deep/deeper/empty'), { recursive: true });
  for (const name of awkward) fs.writeFileSync(path.join(folder, 'deep', name), `content of ${name}`);
  fs.writeFileSync(path.join(folder, 'nothing'), '');
  fs.writeFileSync(path.join(folder, 'big'), randomBytes(3_000_001));
  fs.writeFileSync(path.join(folder, 'run.sh'), '#!/bin/sh\n', { mode: 0o755 });
  fs.chmodSync(path.join(folder, 'deep/deeper'), 0o555);
}

test.each([
  ['text', () => 'some text: é✓\n', Buffer.from('some text: é✓\n')],
  ['nothing', () => '', Buffer.alloc(0)],
  ['bytes that are no text', () => Buffer.of(0, 255, 128, 10), Buffer.of(0, 255, 128, 10)],
  [
    'a stream',
    () => Readable.from([Buffer.alloc(2_000_000, 'a'), 'end']),
    Buffer.from('a'.repeat(2_000_000) + 'end'),
  ],
])('what was written is read: %s', async (_name, content, expected) => {
  await files.write('on/the/way/file', content());
  expect((await files.read('on/the/way/file')).equals(expected)).toBe(true);
  expect(fs.readFileSync(path.join(there, 'on/the/way/file')).equals(expected)).toBe(true);
  expect(await files.stat('on/the/way/file')).toMatchObject({
    kind: 'file',
    size: expected.length,
    mode: 0o644,
  });
  expect(fs.readdirSync(path.join(there, 'on/the/way'))).toEqual(['file']);
});

test('a write replaces a file as a whole, or leaves it as it was', async () => {
  await files.write('file', 'before', { mode: 0o600 });
  const failing = Readable.from(
    (function* () {
      yield Buffer.alloc(300_000);
      throw new Error('the source broke');
    })(),
  );
  await expect(files.write('file', failing)).rejects.toThrow('the source broke');
  expect((await files.read('file')).toString()).toBe('before');
  expect(fs.readdirSync(there)).toEqual(['file']);
  await files.write('file', 'after', { mode: 0o640 });
  expect((await files.read('file')).toString()).toBe('after');
  expect((await files.stat('file')).mode).toBe(0o640);
});

test('a folder is listed with what is in it, whatever it is called', async () => {
  fs.mkdirSync(path.join(there, 'in'));
  for (const name of awkward) fs.writeFileSync(path.join(there, 'in', name), '12345');
  fs.symlinkSync('/etc/passwd', path.join(there, 'in/link'));
  fs.writeFileSync(Buffer.concat([Buffer.from(`${there}/in/`), Buffer.of(0xff, 0x41)]), 'odd');
  const entries = await files.list('in');
  expect(entries.map(({ name }) => name)).toEqual(
    [...awkward, 'link', '\ufffdA'].sort((l, r) => (l < r ? -1 : 1)),
  );
  expect(entries.find(({ name }) => name === 'link')).toMatchObject({ kind: 'link', target: '/etc/passwd' });
  expect(entries.find(({ name }) => name === '-rf')).toMatchObject({ kind: 'file', size: 5 });
  const odd = entries.find(({ nameBytes }) => nameBytes)!;
  expect((await files.read(Buffer.concat([Buffer.from('in/'), odd.nameBytes!]))).toString()).toBe('odd');
  await expect(files.list('in', { maxEntries: 3 })).rejects.toMatchObject({ code: 'FileLimit' });
});

test('removing takes a file, an empty folder, or all of a folder', async () => {
  await files.write('full/file', 'x');
  await expect(files.remove('full')).rejects.toMatchObject({ code: 'FileFailed' });
  await files.remove('full', { recursive: true });
  await files.makeFolder('empty/inner');
  await files.remove('empty/inner');
  expect((await files.list('.')).map(({ name }) => name)).toEqual(['empty']);
});

test.each([
  ['a file that is not there', () => files.read('nowhere'), 'FileMissing'],
  ['a folder as a file', () => files.read('.'), 'FileFailed'],
  ['a pipe, which would block', () => files.read('pipe'), 'FileFailed'],
  ['a device, which would not end', () => files.read('/dev/zero'), 'FileFailed'],
  ['a file beyond the limit', () => files.read('file', { maxBytes: 3 }), 'FileLimit'],
  ['what is not there, to remove it', () => files.remove('nowhere'), 'FileMissing'],
  ['what is not there, to list it', () => files.list('nowhere'), 'FileMissing'],
  ['a path through a file', () => files.stat('file/inner'), 'FileMissing'],
  ['no path', () => files.stat(''), 'ArgumentInvalid'],
  ['a path with NUL', () => files.stat('a\0b'), 'ArgumentInvalid'],
  ['a file in the place of a pipe', () => files.write('pipe', 'x'), 'FileFailed'],
  ['a local file that is not there', () => files.upload(path.join(here, 'nowhere'), 'x'), 'FileFailed'],
])('%s is refused with a code', async (_name, attempt, code) => {
  fs.writeFileSync(path.join(there, 'file'), 'content');
  await local.supervisor.ask('run', { argv: ['mkfifo', 'pipe'] });
  await expect(attempt()).rejects.toMatchObject({ name: 'SandboxError', code, sandboxId: 'local' });
  expect((await files.read('file')).toString()).toBe('content');
});

test('a folder goes up and comes back as it was, with its modes, and tells how far it is', async () => {
  const source = path.join(here, 'source');
  writeTree(source);
  const told: TransferProgress[] = [];
  const up = await files.upload(source, 'made/target', { onProgress: (progress) => told.push(progress) });
  expect(contentOf(path.join(there, 'made/target'))).toEqual(contentOf(source));
  expect({ ...told.at(-1), skipped: [] }).toEqual(up);
  expect(up.entries).toBe(Object.keys(contentOf(source)).length);
  expect(up.bytes).toBeGreaterThan(3_000_000);
  const back = path.join(here, 'back');
  expect(await files.download('made/target', back)).toEqual(up);
  // A folder that may not be written could not be removed here: that bit alone is added.
  const writable = { ...contentOf(source), 'deep/deeper': '755 folder' };
  expect(contentOf(back)).toEqual(writable);
  expect(fs.readdirSync(here).sort()).toEqual(['back', 'source']);
  expect(fs.readdirSync(path.join(there, 'made'))).toEqual(['target']);
});

test('a file goes up and comes back by itself', async () => {
  const source = path.join(here, 'source');
  fs.writeFileSync(source, randomBytes(2_500_000), { mode: 0o755 });
  expect(await files.upload(source, 'target')).toEqual({
    entries: 1,
    bytes: 2_500_000,
    skipped: [],
  });
  expect((await files.stat('target')).mode).toBe(0o755);
  await files.download('target', path.join(here, 'back'));
  expect(contentOf(here).back).toBe(contentOf(here).source);
});

test('a target that exists is left alone, unless it is merged into', async () => {
  fs.mkdirSync(path.join(here, 'source/sub'), { recursive: true });
  fs.writeFileSync(path.join(here, 'source/sub/new'), 'new');
  fs.writeFileSync(path.join(here, 'source/same'), 'new');
  await files.write('target/same', 'old');
  await files.write('target/sub/kept', 'kept');
  await expect(files.upload(path.join(here, 'source'), 'target')).rejects.toMatchObject({
    code: 'FileExists',
  });
  expect((await files.read('target/same')).toString()).toBe('old');
  await files.upload(path.join(here, 'source'), 'target', { merge: true });
  expect(Object.keys(contentOf(path.join(there, 'target')))).toEqual(['same', 'sub', 'sub/kept', 'sub/new']);
  expect((await files.read('target/same')).toString()).toBe('new');
  fs.writeFileSync(path.join(here, 'back'), 'mine');
  await expect(files.download('target', path.join(here, 'back'))).rejects.toMatchObject({
    code: 'FileExists',
  });
  await expect(files.download('target/same', path.join(here, 'back'))).rejects.toMatchObject({
    code: 'FileExists',
  });
  expect(fs.readFileSync(path.join(here, 'back'), 'utf8')).toBe('mine');
});

test.each([
  ['a link to a file outside', (folder: string) => fs.symlinkSync('/etc/passwd', path.join(folder, 'bad'))],
  ['a link to a folder outside', (folder: string) => fs.symlinkSync('..', path.join(folder, 'bad'))],
  ['a pipe', (folder: string) => local.supervisor.ask('run', { argv: ['mkfifo', path.join(folder, 'bad')] })],
])('%s does not come out and does not go in, and can be left out', async (_name, make) => {
  for (const folder of [path.join(there, 'tree'), path.join(here, 'tree')]) {
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, 'good'), 'good');
    await make(folder);
  }
  const back = path.join(here, 'back');
  await expect(files.download('tree', back)).rejects.toMatchObject({ code: 'FileUnsafe' });
  await expect(files.upload(path.join(here, 'tree'), 'up')).rejects.toMatchObject({ code: 'FileUnsafe' });
  expect([fs.readdirSync(here), fs.readdirSync(there)]).toEqual([['tree'], ['tree']]);
  await files.download('tree', back, { special: 'skip' });
  await files.upload(path.join(here, 'tree'), 'up', { special: 'skip' });
  expect([fs.readdirSync(back), fs.readdirSync(path.join(there, 'up'))]).toEqual([['good'], ['good']]);
});

test.each([
  ['bytes', { maxBytes: 1000 }],
  ['entries', { maxEntries: 3 }],
  ['levels', { maxDepth: 2 }],
  ['bytes of a path', { maxPathBytes: 20 }],
])('a download beyond its limit of %s leaves nothing', async (_name, limits) => {
  writeTree(path.join(there, 'tree'));
  const failing = files.download('tree', path.join(here, 'back'), { limits });
  await expect(failing).rejects.toMatchObject({ code: 'FileLimit' });
  expect(fs.readdirSync(here)).toEqual([]);
  await files.download('tree', path.join(here, 'back'));
});

test('an abort leaves nothing on either side, and the next operation works', async () => {
  fs.mkdirSync(path.join(here, 'source'));
  fs.writeFileSync(path.join(here, 'source/big'), Buffer.alloc(20_000_000));
  for (const transfer of ['upload', 'download'] as const) {
    if (transfer === 'download') await files.upload(path.join(here, 'source'), 'whole');
    const abort = new AbortController();
    const options = {
      signal: abort.signal,
      onProgress: ({ bytes }: TransferProgress) => bytes > 2e6 && abort.abort(),
    };
    const aborting =
      transfer === 'upload'
        ? files.upload(path.join(here, 'source'), 'cut', options)
        : files.download('whole', path.join(here, 'cut'), options);
    await expect(aborting).rejects.toMatchObject({ code: 'Aborted' });
    expect(fs.readdirSync(here)).toEqual(['source']);
    expect((await files.list('.')).map(({ name }) => name)).toEqual(transfer === 'upload' ? [] : ['whole']);
  }
  await expect(files.stat('whole', { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'Aborted',
  });
});

test('what was under way when the supervisor went is an error, and nothing is left', async () => {
  fs.writeFileSync(path.join(there, 'big'), Buffer.alloc(20_000_000));
  const onProgress = ({ bytes }: TransferProgress) => {
    if (bytes > 1_000_000) local.process.kill('SIGKILL');
  };
  const failing = files.download('big', path.join(here, 'back'), { onProgress });
  await expect(failing).rejects.toMatchObject({ code: 'ConnectionLost' });
  expect(fs.readdirSync(here)).toEqual([]);
  await expect(files.stat('big')).rejects.toMatchObject({ code: 'ConnectionLost' });
  expect(local.host.destroyed.splice(0)).toHaveLength(1);
});
