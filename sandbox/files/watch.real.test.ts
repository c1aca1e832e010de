import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { HostilePeer, onOpen } from '../supervisor/testing-only/hostile-peer';
import { type LocalSupervisor, localSupervisor } from '../supervisor/testing-only/local-supervisor';
import { SupervisedFiles } from './files';
import type { FileWatch } from './watch';

jest.setTimeout(180_000);

let folder: string;
let local: LocalSupervisor;
let files: SupervisedFiles;

beforeEach(async () => {
  folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'drydock-watch-')));
  local = await localSupervisor(folder);
  files = new SupervisedFiles(local.supervisor);
});
afterEach(async () => {
  await local.supervisor.close();
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string) => path.join(folder, name);

/** Reads changes until this one, and answers with all of them. */
async function until(watch: FileWatch, last: string): Promise<string[]> {
  const heard: string[] = [];
  for (;;) {
    const { value, done } = await watch.next();
    if (done) throw new Error(`no ${last} among ${heard.join(', ')}`);
    heard.push(`${value.is} ${value.path}`);
    if (heard.at(-1) === last) return heard;
  }
}

test('what is made, written, renamed and removed in a folder is told, and nothing of what lies deeper', async () => {
  mkdirSync(at('deep'));
  const watch = await files.watch('.');
  writeFileSync(at('deep/hidden'), '');
  writeFileSync(at('one'), 'text');
  renameSync(at('one'), at('two'));
  rmSync(at('two'));
  const heard = await until(watch, 'gone two');
  expect([...new Set(heard)]).toEqual(['made one', 'changed one', 'gone one', 'made two', 'gone two']);
  await watch.close();
  expect(await watch.next()).toEqual({ done: true, value: undefined });
});

test('a tree is watched with the folders that come, and what was in them before they were watched', async () => {
  const watch = await files.watch('.', { recursive: true });
  mkdirSync(at('a/b/c'), { recursive: true });
  writeFileSync(at('a/b/c/file'), 'text');
  const heard = new Set(await until(watch, 'made a/b/c/file'));
  for (const one of ['made a', 'made a/b', 'made a/b/c']) expect(heard).toContain(one);
  // By now all of them are watched.
  writeFileSync(at('a/b/later'), 'text');
  expect(await until(watch, 'changed a/b/later')).toContain('made a/b/later');
  // One that comes whole: what is in it was there before it could be watched.
  const elsewhere = mkdtempSync(path.join(os.tmpdir(), 'drydock-elsewhere-'));
  mkdirSync(path.join(elsewhere, 'in'));
  writeFileSync(path.join(elsewhere, 'in/side'), '');
  renameSync(elsewhere, at('moved'));
  expect(await until(watch, 'made moved/in/side')).toEqual(
    expect.arrayContaining(['made moved', 'made moved/in']),
  );
  await watch.close();
});

test('a name that is no text is told as bytes', async () => {
  const watch = await files.watch('.');
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0x61])]), '');
  const { value } = await watch.next();
  expect([value!.is, value!.path, Buffer.from(value!.pathBytes!).toString('hex')]).toEqual([
    'made',
    '\ufffda',
    'ff61',
  ]);
  await watch.close();
});

test('a folder that goes away ends its watch, and one that is none has none', async () => {
  mkdirSync(at('going'));
  const watch = await files.watch('going');
  rmSync(at('going'), { recursive: true });
  await expect(watch.next()).rejects.toMatchObject({ code: 'FileMissing' });
  expect(await watch.next()).toEqual({ done: true, value: undefined });
  await expect(files.watch('nowhere')).rejects.toMatchObject({ code: 'FileMissing' });
  writeFileSync(at('file'), '');
  await expect(files.watch('file')).rejects.toMatchObject({ code: 'FileMissing' });
});

test('a reader that waits is not held up by close(), an abort ends it, and a loop that is left closes it', async () => {
  const watch = await files.watch('.');
  const waiting = watch.next();
  await watch.close();
  expect(await waiting).toEqual({ done: true, value: undefined });
  const abort = new AbortController();
  const aborted = await files.watch('.', { signal: abort.signal });
  const never = aborted.next();
  abort.abort();
  await expect(never).rejects.toMatchObject({ code: 'Aborted' });
  const left = await files.watch('.');
  writeFileSync(at('one'), '');
  for await (const { path: name } of left) {
    expect(name).toBe('one');
    break;
  }
  expect(await left.next()).toEqual({ done: true, value: undefined });
  expect(local.supervisor.operations).toBe(0);
});

test('what is no change is not believed', async () => {
  const peer = await HostilePeer.open();
  const lies = ['{"is":"ready"}', '{"is":7,"path":"."}', 'no JSON', '{"is":"made","path":"a"}'];
  for (const lie of lies) {
    onOpen(peer, (channel) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(lie.length);
      peer.output(channel, Buffer.concat([length, Buffer.from(lie)]));
      peer.done(channel, {});
    });
    await expect(new SupervisedFiles(peer.supervisor).watch('.')).rejects.toMatchObject({
      code: 'FileMismatch',
    });
  }
});

test('one that ends before it has begun is none, and one that was used in a block is over after it', async () => {
  const peer = await HostilePeer.open();
  onOpen(peer, (channel) => peer.done(channel, {}));
  await expect(new SupervisedFiles(peer.supervisor).watch('.')).rejects.toMatchObject({
    code: 'FileMismatch',
  });
  const watch = await files.watch('.');
  await watch[Symbol.asyncDispose]();
  expect(await watch.next()).toEqual({ done: true, value: undefined });
  expect(local.supervisor.operations).toBe(0);
});
