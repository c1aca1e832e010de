import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { toPod } from '../supervisor/frames';
import { HostilePeer, record } from '../supervisor/testing-only/hostile-peer';
import { refusal } from '../testing-only/scripted-runtime';
import { SupervisedFiles } from './files';
import { UnsupportedFiles } from './unsupported-files';

// What each call asks the supervisor, and what it makes of an honest answer.

interface Request {
  readonly op: string;
  readonly with: Readonly<Record<string, unknown>>;
}

let peer: HostilePeer;
let files: SupervisedFiles;
let asked: Request[];
/** What came as input, and what came at its end. */
let input: Buffer;
let trailer: string;
let here: string;
beforeEach(() => {
  here = fs.mkdtempSync(path.join(os.tmpdir(), 'drydock-requests-'));
});
afterEach(() => fs.rmSync(here, { recursive: true }));

/** A peer that answers each request with what the test says, and each write with what has come. */
async function answering(answer: (request: Request, channel: number) => unknown): Promise<void> {
  asked = [];
  input = Buffer.alloc(0);
  trailer = '';
  peer = await HostilePeer.open();
  files = new SupervisedFiles(peer.supervisor);
  peer.onFrame = ({ type, channel, payload }) => {
    if (type === toPod.open) {
      const request: Request = JSON.parse(payload.toString('utf8'));
      asked.push(request);
      const result = answer(request, channel);
      if (result !== undefined) peer.done(channel, { result });
    } else if (type === toPod.data) input = Buffer.concat([input, payload]);
    else if (type === toPod.end && channel !== 0) {
      trailer = payload.toString('utf8');
      peer.done(channel, { result: trailer === '' ? {} : JSON.parse(trailer) });
    }
  };
}

const sha256 = (bytes: string) => createHash('sha256').update(bytes).digest('hex');

test('a write says its mode, makes folders on the way, and is held against length and hash', async () => {
  await answering(() => undefined);
  await files.write('a/b', 'some text');
  await files.write('a/b', Buffer.from('x'), { mode: 0o600 });
  expect(asked).toEqual([
    { op: 'write', with: { path: 'a/b', mode: 0o644, recursive: true }, place: true },
    { op: 'write', with: { path: 'a/b', mode: 0o600, recursive: true }, place: true },
  ]);
  await files.write('a/b', Readable.from(['some ', Buffer.from('text')]));
  expect(String(input)).toBe('some textxsome text');
  expect(JSON.parse(trailer)).toEqual({ size: 9, sha256: sha256('some text') });
});

test('a path that is no UTF-8 travels as bytes', async () => {
  await answering(() => ({ kind: 'file' }));
  await files.stat(Buffer.from([0x61, 0xff]));
  expect(asked[0]?.with).toEqual({ bytes: Buffer.from([0x61, 0xff]).toString('base64') });
});

test.each<[string, () => Promise<void>, Request]>([
  ['remove', () => files.remove('a'), { op: 'remove', with: { path: 'a', recursive: false } }],
  [
    'remove of a folder',
    () => files.remove('a', { recursive: true }),
    { op: 'remove', with: { path: 'a', recursive: true } },
  ],
  ['makeFolder', () => files.makeFolder('a'), { op: 'mkdir', with: { path: 'a', mode: 0o755 } }],
])('%s asks for that', async (_name, call, request) => {
  await answering(() => ({}));
  await call();
  expect(asked).toEqual([request]);
});

test('a list is sorted by name, and holds no more than was asked for', async () => {
  const names = ['b', 'a', 'B'];
  await answering((_request, channel) => {
    peer.output(channel, Buffer.concat(names.map((name) => record({ path: name, kind: 'file', size: 1 }))));
    return {};
  });
  expect((await files.list('x', { maxEntries: 3 })).map(({ name }) => name)).toEqual(['B', 'a', 'b']);
  expect(await refusal(files.list('x', { maxEntries: 2 }))).toMatchObject({
    code: 'FileLimit',
    where: 'list x in sandbox local',
    found: 'more entries',
    expected: 'at most maxEntries 2',
  });
  expect(asked[0]).toEqual({ op: 'list', with: { path: 'x' } });
});

test('a read takes as many bytes as it may, and not one more', async () => {
  await answering((_request, channel) => {
    peer.output(channel, 'four');
    return { size: 4, sha256: sha256('four') };
  });
  expect(String(await files.read('x', { maxBytes: 4 }))).toBe('four');
  expect(await refusal(files.read('x', { maxBytes: 3 }))).toMatchObject({
    code: 'FileLimit',
    found: 'more bytes',
    expected: 'at most 3 bytes',
  });
});

test('what is at a path is told as it is; an answer that says nothing is none', async () => {
  let answer: object = { path: 'x', kind: 'link', target: 'y', mode: 0o777, modifiedMs: 5 };
  await answering(() => answer);
  expect(await files.stat('x')).toMatchObject({ name: 'x', kind: 'link', target: 'y', mode: 0o777 });
  answer = {};
  expect(await refusal(files.stat('x'))).toMatchObject({
    code: 'FileMismatch',
    where: 'stat x in sandbox local',
  });
});

test.each([
  ['link', 'a link', /path that it leads to/],
  ['other', 'a device, pipe or socket', /give a file or folder/],
])('a download of a %s itself is refused', async (kind, found, remedy) => {
  await answering(() => ({ path: 'x', kind }));
  const error = await refusal(files.download('x', path.join(here, 'x')));
  expect(error).toMatchObject({ code: 'FileUnsafe', where: 'download x in sandbox local', found });
  expect(error.remedy).toMatch(remedy);
  expect(asked.map(({ op }) => op)).toEqual(['stat']);
});

test('a file that is downloaded has its bytes and its mode, without the rights of others to write', async () => {
  await answering(({ op }, channel) => {
    if (op === 'stat') return { path: 'x', kind: 'file', mode: 0o777 };
    peer.output(channel, 'four');
    return { size: 4, sha256: sha256('four') };
  });
  const target = path.join(here, 'x');
  const told: unknown[] = [];
  const result = await files.download('x', target, { onProgress: (one) => told.push(one) });
  expect(result).toEqual({ entries: 1, bytes: 4, skipped: [] });
  expect(told).toEqual([
    { entries: 1, bytes: 0 },
    { entries: 1, bytes: 4 },
  ]);
  expect([fs.readFileSync(target, 'utf8'), fs.statSync(target).mode & 0o777]).toEqual(['four', 0o755]);
  expect(asked.at(-1)).toEqual({ op: 'read', with: { path: 'x', still: true } });
  // Nothing is written over.
  const again = await refusal(files.download('x', target));
  expect(again).toMatchObject({ code: 'FileExists', found: `${target} on this machine` });
  expect(fs.readdirSync(here)).toEqual(['x']);
});

test('a target in a folder that is not there is an error of this machine', async () => {
  await answering(() => ({ path: 'x', kind: 'file' }));
  const error = await refusal(files.download('x', path.join(here, 'no/x')));
  expect(error).toMatchObject({
    code: 'FileFailed',
    found: expect.stringContaining('on this machine: ENOENT'),
  });
});

test('a file that is uploaded is a write with its mode', async () => {
  await answering(() => undefined);
  const source = path.join(here, 'run.sh');
  fs.writeFileSync(source, '#!/bin/sh\n', { mode: 0o755 });
  expect(await files.upload(source, 'bin/run')).toEqual({ entries: 1, bytes: 10, skipped: [] });
  expect(asked).toEqual([
    { op: 'write', with: { path: 'bin/run', mode: 0o755, recursive: true }, place: true },
  ]);
  expect(String(input)).toBe('#!/bin/sh\n');
});

test.each([
  [undefined, false],
  [true, true],
])('a folder that is uploaded with merge %p is asked for as that', async (merge, told) => {
  await answering(() => undefined);
  fs.mkdirSync(path.join(here, 'tree/inner'), { recursive: true });
  fs.writeFileSync(path.join(here, 'tree/inner/file'), 'four');
  fs.symlinkSync('..', path.join(here, 'tree/inner/up'));
  fs.symlinkSync('/etc', path.join(here, 'tree/out'));
  // A slash at the end is no other folder.
  const result = await files.upload(`${path.join(here, 'tree')}//`, 'there', { merge, special: 'skip' });
  expect(result).toMatchObject({ entries: 3, bytes: 4, skipped: [{ shown: 'out -> /etc', kind: 'link' }] });
  expect(asked).toEqual([{ op: 'upload', with: { path: 'there', mode: 0o755, merge: told }, place: true }]);
  const records = String(input);
  for (const header of [
    '{"path":"inner","kind":"folder","mode":493}',
    '{"path":"inner/file","kind":"file","mode":420,"size":4}four',
    '{"path":"inner/up","kind":"link","target":".."}',
    '{"path":"","kind":"end"}',
  ]) {
    expect(records).toContain(header);
  }
  expect(records).not.toContain('/etc');
});

test('what is no file and no folder is not uploaded', async () => {
  await answering(() => undefined);
  fs.symlinkSync('/etc', path.join(here, 'link'));
  const link = await refusal(files.upload(path.join(here, 'link'), 'x'));
  expect(link).toMatchObject({ code: 'FileUnsafe', found: 'a link' });
  const device = await refusal(files.upload('/dev/null', 'x'));
  expect(device).toMatchObject({ code: 'FileUnsafe', found: 'a device, pipe or socket' });
  const gone = await refusal(files.upload(path.join(here, 'gone'), 'x'));
  expect(gone).toMatchObject({ code: 'FileFailed', found: expect.stringContaining('ENOENT') });
  expect(asked).toEqual([]);
});

test.each(['', 'a\0b', '\ud800'])('%j is no path', async (given) => {
  await answering(() => ({}));
  expect(await refusal(files.read(given))).toMatchObject({ code: 'ArgumentInvalid' });
  expect(
    await refusal(files.remove(Buffer.from(given.slice(0, given.includes('\0') ? 3 : 0)))),
  ).toMatchObject({
    code: 'ArgumentInvalid',
  });
  expect(asked).toEqual([]);
});

test('a signal that is aborted already begins nothing, and a later one stops what was begun', async () => {
  await answering(() => undefined);
  const aborted = { code: 'Aborted', found: 'an abort by the caller' };
  expect(await refusal(files.read('x', { signal: AbortSignal.abort() }))).toMatchObject(aborted);
  expect(asked).toEqual([]);
  const before = peer.onFrame;
  let stops = 0;
  peer.onFrame = (frame) => {
    if (frame.type === toPod.stop) {
      stops += 1;
      peer.done(frame.channel, { problem: { code: 'STOPPED', text: '' } });
    } else before(frame);
  };
  const abort = new AbortController();
  const reading = refusal(files.read('x', { signal: abort.signal }));
  while (asked.length === 0) await new Promise(setImmediate);
  abort.abort();
  expect(await reading).toMatchObject(aborted);
  expect(stops).toBe(1);
});

describe('by a clock of the test,', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] }));
  afterEach(() => jest.useRealTimers());
  const settle = () => new Promise((resolve) => setImmediate(resolve));

  test('a supervisor that says nothing for a minute is not waited for', async () => {
    await answering(() => undefined);
    const reading = refusal(files.read('x'));
    await settle();
    await jest.advanceTimersByTimeAsync(50_000);
    peer.output(1, 'a word');
    await settle();
    let isOver = false;
    void reading.then(() => {
      isOver = true;
    });
    await jest.advanceTimersByTimeAsync(59_000);
    expect(isOver).toBe(false);
    // A minute of silence, and five seconds to clean up.
    await jest.advanceTimersByTimeAsync(6_100);
    expect(await reading).toMatchObject({
      code: 'FileFailed',
      found: 'silence of the supervisor for 60000 ms',
    });
  });
});

test('without a supervisor every call says which one it was', async () => {
  const none = new UnsupportedFiles('box-1');
  for (const name of [
    'read',
    'write',
    'list',
    'stat',
    'remove',
    'makeFolder',
    'upload',
    'download',
  ] as const) {
    const error = await refusal(none[name]());
    expect(error).toMatchObject({ code: 'Unsupported', sandboxId: 'box-1' });
    expect(error.message).toContain(`files.${name}`);
  }
});
