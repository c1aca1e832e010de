import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { toPod, windowsOf } from '../supervisor/frames';
import { type Asked, HostilePeer, record } from '../supervisor/testing-only/hostile-peer';
import { refusal } from '../testing-only/scripted-runtime';
import { SupervisedFiles } from './files';
import { treeOf } from './testing-only/tree';
import type { DownloadOptions } from './transfer-options';

jest.setTimeout(60_000);

/** Files that must be as they were after every test. */
let outside: string;
/** Where a download goes. */
let here: string;
let root: string;

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'drydock-lies-'));
  here = path.join(root, 'here');
  outside = path.join(root, 'outside');
  for (const folder of [here, outside]) fs.mkdirSync(folder);
  fs.writeFileSync(path.join(outside, 'precious'), 'precious');
});
afterEach(() => {
  expect(fs.readdirSync(root).sort()).toEqual(['here', 'outside']);
  expect(fs.readdirSync(outside)).toEqual(['precious']);
  expect(fs.readFileSync(path.join(outside, 'precious'), 'utf8')).toBe('precious');
  fs.rmSync(root, { recursive: true });
});

const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest();

/** A record of a file, with its hash. */
function file(name: string, content = 'evil', told: object = {}): Buffer {
  const header = { path: name, kind: 'file', size: Buffer.byteLength(content), mode: 0o644, ...told };
  return Buffer.concat([record(header, content), sha256(content)]);
}

const folder = (name: string) => record({ path: name, kind: 'folder', mode: 0o755 });
const link = (name: string, target: string, told: object = {}) =>
  record({ path: name, kind: 'link', target, ...told });
const end = record({ kind: 'end' });

interface Asking extends Asked {
  readonly op: string;
}

/** A peer that answers each operation in the way of the test. */
async function peerThat(answer: (peer: HostilePeer, asked: Asking) => void): Promise<SupervisedFiles> {
  const peer = await HostilePeer.open();
  peer.onFrame = (frame) => {
    if (frame.type === toPod.open) {
      answer(peer, { ...frame, op: JSON.parse(frame.payload.toString('utf8')).op });
    }
    // Whoever is stopped says so, as the real one does.
    if (frame.type === toPod.stop) peer.done(frame.channel, { problem: { code: 'STOPPED', text: '' } });
  };
  return new SupervisedFiles(peer.supervisor);
}

/** A download of a folder that consists of these records. */
async function download(records: Buffer[], options: DownloadOptions = {}): Promise<string[]> {
  const files = await peerThat((peer, { op, channel }) => {
    if (op === 'stat') peer.done(channel, { result: { path: 'x', kind: 'folder' } });
    else {
      const bytes = Buffer.concat(records);
      for (let from = 0; from < bytes.length; from += 60_000)
        peer.output(channel, bytes.subarray(from, from + 60_000));
      peer.done(channel, { result: {} });
    }
  });
  await files.download('x', path.join(here, 'target'), options);
  return Object.keys(treeOf(path.join(here, 'target'))).sort();
}

test('honest records make a folder: the control of what follows', async () => {
  const records = [folder('a'), link('a/up', '../two'), file('a/one'), file('two', ''), end];
  expect(await download(records)).toEqual(['a', 'a/one', 'a/up', 'two']);
  expect(fs.readFileSync(path.join(here, 'target/a/one'), 'utf8')).toBe('evil');
  expect(fs.readlinkSync(path.join(here, 'target/a/up'))).toBe('../two');
});

test('a naive reader of the same records would write outside: the control of the paths', () => {
  fs.mkdirSync(path.join(here, 'naive'));
  fs.writeFileSync(path.join(here, 'naive', '../../outside/evil'), 'evil');
  expect(fs.readdirSync(outside)).toContain('evil');
  fs.rmSync(path.join(outside, 'evil'));
});

const base64 = (...bytes: number[]) => Buffer.from(bytes).toString('base64');

const attacks: Readonly<Record<string, readonly [code: string, () => Buffer[], DownloadOptions?]>> = {
  'a path that climbs': ['FileUnsafe', () => [file('../../outside/precious'), end]],
  'a path that climbs later': ['FileUnsafe', () => [folder('a'), file('a/../../../outside/precious'), end]],
  'an absolute path': ['FileUnsafe', () => [file(path.join(outside, 'precious')), end]],
  'the folder itself': ['FileUnsafe', () => [file('.'), end]],
  'no name': ['FileUnsafe', () => [file(''), end]],
  'a double slash': ['FileUnsafe', () => [folder('a'), file('a//b'), end]],
  'NUL in a name': ['FileUnsafe', () => [file('a\0b'), end]],
  'half a character': ['FileUnsafe', () => [record({ path: '\ud800', kind: 'file', size: 0 }), end]],
  'a name that is no text, without a hash': [
    'FileMismatch',
    () => [record({ bytes: base64(0xff), kind: 'file', size: 0 }), end],
  ],
  'a climb as bytes': [
    'FileUnsafe',
    () => [
      record({ bytes: Buffer.from('../../outside/precious').toString('base64'), kind: 'file', size: 0 }),
      end,
    ],
  ],
  'a link, and a file through it': [
    'FileUnsafe',
    () => [record({ path: 'a', kind: 'link', target: outside }), file('a/precious'), end],
  ],
  'a link that is left out, and a file through it': [
    'FileMismatch',
    () => [record({ path: 'a', kind: 'link', target: outside }), file('a/precious'), end],
    { special: 'skip' },
  ],
  'a link that stays inside, and a file through it': [
    'FileMismatch',
    () => [folder('b'), link('a', 'b'), file('a/precious'), end],
  ],
  'a link to the root, and one through it that climbs too far from where it would lie': [
    'FileMismatch',
    () => [link('a', '.'), link('a/out', '../outside'), end],
  ],
  'a link, and a folder of its name': ['FileMismatch', () => [link('a', '.'), folder('a'), end]],
  'a link twice': ['FileMismatch', () => [link('a', 'b'), link('a', 'c'), end]],
  'a link in the place of a file': ['FileMismatch', () => [file('a'), link('a', 'b'), end]],
  'a link in a folder that was not sent': ['FileMismatch', () => [link('a/b', 'c'), end]],
  'a link that climbs out': ['FileUnsafe', () => [link('a', '../../outside/precious'), end]],
  'a link that climbs out as bytes': [
    'FileUnsafe',
    () => [link('a', '', { targetBytes: Buffer.from('../../outside').toString('base64') }), end],
  ],
  'a link with text for us and bytes for the file system': [
    'FileUnsafe',
    () => [link('a', 'b', { targetBytes: Buffer.from('../outside').toString('base64') }), end],
  ],
  'a link that goes up through another': [
    'FileUnsafe',
    () => [folder('d'), link('d/up', '..'), link('a', 'd/up/../outside'), end],
  ],
  'a link that says nothing': ['FileUnsafe', () => [link('a', ''), end]],
  'a link with NUL': ['FileUnsafe', () => [link('a', 'b\0c'), end]],
  'a link without an end': ['FileLimit', () => [link('a', 'b/'.repeat(3000)), end]],
  'a climb in the name of a link': ['FileUnsafe', () => [link('../../outside/new', 'b'), end]],
  'a bomb of links that are left out': [
    'FileLimit',
    () => [...Array.from({ length: 200 }, (_, index) => link(`l${index}`, '/etc')), end],
    { special: 'skip', limits: { maxEntries: 100 } },
  ],
  'a device': ['FileUnsafe', () => [record({ path: 'null', kind: 'other' }), end]],
  'a kind that does not exist': ['FileMismatch', () => [record({ path: 'a', kind: 'door' }), end]],
  'a file twice': ['FileMismatch', () => [file('a'), file('a'), end]],
  'a file as a folder': ['FileMismatch', () => [file('a'), file('a/b'), end]],
  'a file in a folder that was not sent': ['FileMismatch', () => [file('a/b'), end]],
  'other bytes than their hash': [
    'FileMismatch',
    () => [record({ path: 'a', kind: 'file', size: 4 }, 'evil'), sha256('good'), end],
  ],
  'fewer bytes than were told': [
    'FileMismatch',
    () => [record({ path: 'a', kind: 'file', size: 999 }, 'evil')],
  ],
  'no last record': ['FileMismatch', () => [file('a')]],
  'half a record': ['FileMismatch', () => [file('a').subarray(0, 9)]],
  'a header without an end': ['FileMismatch', () => [Buffer.from([0xff, 0xff, 0xff, 0xff])]],
  'a header that is not JSON': ['FileMismatch', () => [Buffer.from([0, 0, 0, 1, 0x7b])]],
  'a negative size': ['FileMismatch', () => [file('a', '', { size: -1 }), end]],
  'a size beyond all numbers': ['FileMismatch', () => [file('a', '', { size: 1e300 }), end]],
  'more bytes than are taken': ['FileLimit', () => [file('a', '', { size: 2 ** 40 }), end]],
  'a bomb of small files': [
    'FileLimit',
    () => [...Array.from({ length: 200 }, (_, index) => file(`f${index}`, '')), end],
    { limits: { maxEntries: 100 } },
  ],
  'a well without a bottom': [
    'FileLimit',
    () =>
      Array.from({ length: 100 }, (_, depth) =>
        folder(
          Array(depth + 1)
            .fill('d')
            .join('/'),
        ),
      ),
  ],
  'a path without an end': ['FileLimit', () => [file(Array(3000).fill('a').join('/')), end]],
  'a name that no file system takes': ['FileLimit', () => [file('a'.repeat(300)), end]],
};

/** What each of them is told as. */
const FOUND: Readonly<Record<keyof typeof attacks, string | RegExp>> = {
  'a path that climbs': 'a path that may lead elsewhere: ../../outside/precious',
  'a path that climbs later': 'a path that may lead elsewhere: a/../../../outside/precious',
  'an absolute path': /^an absolute path: .*precious$/,
  'the folder itself': 'a path that may lead elsewhere: .',
  'no name': 'a path that may lead elsewhere: ',
  'a double slash': 'a path that may lead elsewhere: a//b',
  'NUL in a name': 'a path that may lead elsewhere: a\\u0000b',
  'half a character': /^a name with half a character in it: /,
  'a name that is no text, without a hash': 'other bytes of \\xff',
  'a climb as bytes': 'a path that may lead elsewhere: ../../outside/precious',
  'a link, and a file through it': /^a link that leads out of the folder: a -> .*outside$/,
  'a link that is left out, and a file through it': 'a/precious, whose folder was not sent',
  'a link that stays inside, and a file through it': 'a/precious, whose folder was not sent',
  'a link to the root, and one through it that climbs too far from where it would lie':
    'a/out, whose folder was not sent',
  'a link, and a folder of its name': 'a twice',
  'a link twice': 'a twice',
  'a link in the place of a file': 'a twice',
  'a link in a folder that was not sent': 'a/b, whose folder was not sent',
  'a link that climbs out': 'a link that leads out of the folder: a -> ../../outside/precious',
  'a link that climbs out as bytes': 'a link that leads out of the folder: a -> ../../outside',
  'a link with text for us and bytes for the file system':
    'a link that leads out of the folder: a -> ../outside',
  'a link that goes up through another': 'a link that leads out of the folder: a -> d/up/../outside',
  'a link that says nothing': 'a link that leads out of the folder: a -> ',
  'a link with NUL': 'a link that leads out of the folder: a -> b\\u0000c',
  'a link without an end': 'a link that says 6000 bytes',
  'a climb in the name of a link': 'a path that may lead elsewhere: ../../outside/new',
  'a bomb of links that are left out': 'more entries',
  'a device': 'a device, pipe or socket: null',
  'a kind that does not exist': 'an invalid header',
  'a file twice': 'a twice',
  'a file as a folder': 'a/b, whose folder was not sent',
  'a file in a folder that was not sent': 'a/b, whose folder was not sent',
  'other bytes than their hash': 'other bytes of a',
  'fewer bytes than were told': '995 bytes too few of a',
  'no last record': 'an end before the last record',
  'half a record': 'an end before the last record',
  'a header without an end': 'a header of 4294967295 bytes',
  'a header that is not JSON': 'an invalid header',
  'a negative size': 'an invalid header',
  'a size beyond all numbers': 'an invalid header',
  'more bytes than are taken': '1099511627776 bytes',
  'a bomb of small files': 'more entries',
  'a well without a bottom': 'a path of 65 levels',
  'a path without an end': 'a path of 5999 bytes',
  'a name that no file system takes': 'a name of 300 bytes',
};

test.each(Object.entries(attacks))(
  '%s is refused, and leaves nothing',
  async (name, [code, records, options]) => {
    const error = await refusal(download(records(), options));
    expect([error.code, error.sandboxId]).toEqual([code, 'local']);
    expect(error.found).toMatch(typeof FOUND[name] === 'string' ? exactly(FOUND[name]) : FOUND[name]!);
    expect(fs.readdirSync(here)).toEqual([]);
  },
);

function exactly(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
}

test.each<[string, Buffer[], DownloadOptions['limits']]>([
  ['entries', [file('a'), file('b'), folder('c'), end], { maxEntries: 3 }],
  ['bytes', [file('a'), file('b'), end], { maxBytes: 8 }],
  ['levels', [folder('a'), file('a/b'), end], { maxDepth: 2 }],
  ['bytes of a path', [file('abcde'), end], { maxPathBytes: 5 }],
  ['bytes of what a link says', [link('a', 'bcdef'), end], { maxPathBytes: 5 }],
])('as many %s as are allowed are taken, and one more is not', async (_name, records, limits) => {
  await download(records, { limits });
  fs.rmSync(path.join(here, 'target'), { recursive: true });
  const [[name, limit] = ['', 0]] = Object.entries(limits!);
  const error = await refusal(download(records, { limits: { [name]: limit - 1 } }));
  expect(error.code).toBe('FileLimit');
  expect(error.expected).toContain(`at most ${name} ${limit - 1}`);
  expect(fs.readdirSync(here)).toEqual([]);
});

test('a name of as many bytes as file systems take is taken', async () => {
  expect(await download([file('a'.repeat(255)), end])).toEqual(['a'.repeat(255)]);
});

test('what is left out is told in the result, and what was carried is counted as it comes', async () => {
  const records = [folder('d'), link('d/up', '..'), link('out', '/etc'), file('d/one'), end];
  const told: unknown[] = [];
  const files = await peerThat((peer, { op, channel }) => {
    if (op === 'stat') peer.done(channel, { result: { path: 'x', kind: 'folder' } });
    else {
      peer.output(channel, Buffer.concat(records));
      peer.done(channel, { result: {} });
    }
  });
  const result = await files.download('x', path.join(here, 'target'), {
    special: 'skip',
    onProgress: (progress) => told.push(progress),
  });
  expect(result).toEqual({
    entries: 3,
    bytes: 4,
    skipped: [{ path: 'out', pathBytes: undefined, kind: 'link', target: '/etc', shown: 'out -> /etc' }],
  });
  expect(told.at(0)).toEqual({ entries: 1, bytes: 0 });
  expect(told.at(-1)).toEqual({ entries: 3, bytes: 4 });
});

test('the folder is what others may read, and what is in it what its owner may write', async () => {
  await download([
    record({ path: 'd', kind: 'folder', mode: 0o500 }),
    file('d/one', 'x', { mode: 0o444 }),
    end,
  ]);
  const mode = (name: string) => (fs.statSync(path.join(here, 'target', name)).mode & 0o777).toString(8);
  expect([mode('.'), mode('d'), mode('d/one')]).toEqual(['755', '700', '644']);
});

test('a name that is no text is that name, and no other', async () => {
  const odd = (byte: number) =>
    Buffer.concat([record({ bytes: base64(byte, 0x41), kind: 'file', size: 0 }), sha256('')]);
  await download([odd(0xff), odd(0xfe), end]);
  const names = fs.readdirSync(path.join(here, 'target'), { encoding: 'buffer' });
  expect(names.map((name) => name[0]).sort()).toEqual([0xfe, 0xff]);
});

test('rights that a sandbox gives away are not taken over', async () => {
  await download([record({ path: 'a', kind: 'file', size: 0, mode: 0o7777 }), sha256(''), end]);
  expect(fs.statSync(path.join(here, 'target/a')).mode & 0o7777).toBe(0o755);
});

const told = { size: 4, sha256: sha256('evil').toString('hex') };

test.each([
  ['the truth', told, undefined],
  ['another hash', { ...told, sha256: sha256('good').toString('hex') }, 'FileMismatch'],
  ['another length', { ...told, size: 5 }, 'FileMismatch'],
  ['nothing', {}, 'FileMismatch'],
  ['no object', 'evil', 'FileMismatch'],
])('a file that is read with %s', async (_name, result, code) => {
  const files = await peerThat((peer, { op, channel }) => {
    if (op === 'stat') {
      peer.done(channel, { result: { path: 'x', kind: 'file', mode: 0o644 } });
      return;
    }
    peer.output(channel, 'evil');
    peer.done(channel, { result });
  });
  const attempts = [() => files.read('x'), () => files.download('x', path.join(here, 'target'))];
  for (const attempt of attempts) {
    if (code) expect((await refusal(attempt())).code).toBe(code);
    else await attempt();
  }
  expect(fs.readdirSync(here)).toEqual(code ? [] : ['target']);
});

test('a file without an end is given up at the limit', async () => {
  // More than a window, so that it comes only as far as it is asked for.
  const limit = 3 * windowsOf('read').output[1];
  let sent = 0;
  const files = await peerThat((peer, { channel }) => {
    // As much as it is granted, for ever.
    const pour = (bytes: number) => {
      for (let rest = bytes; rest > 0; rest -= 32_768) {
        peer.output(channel, Buffer.alloc(Math.min(rest, 32_768)));
      }
      sent += bytes;
    };
    const before = peer.onFrame;
    peer.onFrame = (frame) =>
      frame.type === toPod.credit ? pour(frame.payload.readUInt32BE(1)) : before(frame);
    pour(windowsOf('read').output[1]);
  });
  expect((await refusal(files.read('x', { maxBytes: limit }))).code).toBe('FileLimit');
  expect(sent).toBeGreaterThan(limit);
  expect(sent).toBeLessThanOrEqual(limit + 2 * windowsOf('read').output[1]);
});

test.each([
  ['another hash than was sent', { size: 4, sha256: sha256('good').toString('hex') }],
  ['nothing of what was sent', {}],
])('a write whose answer says %s is no success', async (_name, result) => {
  const files = await peerThat((peer, { channel }) => peer.done(channel, { result }));
  expect((await refusal(files.write('x', 'evil'))).code).toBe('FileMismatch');
});

test('names in a folder are names and nothing else', async () => {
  for (const header of [
    { path: 'a/b', kind: 'file' },
    { path: '', kind: 'end' },
    { path: 'a\0', kind: 'file' },
  ]) {
    const files = await peerThat((peer, { channel }) => {
      peer.output(channel, record(header));
      peer.done(channel, {});
    });
    expect((await refusal(files.list('x'))).code).toBe('FileMismatch');
  }
});

/** Links that lead to something that is there and is not in the folder, as the file system itself resolves them. */
function linksOutOf(folder: string): string[] {
  const root = fs.realpathSync(folder);
  return Object.entries(treeOf(folder))
    .filter(([, what]) => what.startsWith('link '))
    .map(([name]) => Buffer.from(name, 'latin1').toString('utf8'))
    .filter((name) => {
      try {
        return !`${fs.realpathSync(path.join(folder, name))}/`.startsWith(`${root}/`);
      } catch {
        // It leads to nothing, or in a circle.
        return false;
      }
    });
}

test('whatever records come, nothing is written outside, and nothing is left of a failure', async () => {
  const evil = '|a|a/b|b|..|./a|a/..|/etc/x|a\\b|C:a|../../outside/new|../../outside/precious'.split('|');
  const names = fc.oneof(fc.constantFrom(...evil), fc.string({ maxLength: 20 }));
  const kinds = fc.constantFrom('file', 'folder', 'link', 'link', 'other', 'end', 'no');
  const targets = fc
    .array(fc.constantFrom('..', '.', 'a', 'b', '', 'outside', 'here'), { maxLength: 6 })
    .map((steps) => steps.join('/'));
  const records = fc.array(
    fc.record({
      name: names,
      kind: kinds,
      target: fc.oneof(targets, names),
      content: fc.string({ maxLength: 10 }),
      lie: fc.integer({ min: 0, max: 9 }),
    }),
    { maxLength: 10 },
  );
  await fc.assert(
    fc.asyncProperty(records, fc.boolean(), async (told, skip) => {
      const bytes = told.map(({ name, kind, target, content, lie }) => {
        const size = Buffer.byteLength(content) + (lie === 1 ? 1 : 0);
        const header = record(
          { path: name, kind, target, size, mode: 0o777 },
          kind === 'file' ? content : '',
        );
        return kind === 'file' ? Buffer.concat([header, sha256(lie === 2 ? 'x' : content)]) : header;
      });
      const isDone = await download([...bytes, end], { special: skip ? 'skip' : 'refuse' }).then(
        () => true,
        (error) => {
          if (error.name !== 'SandboxError') throw error;
          return false;
        },
      );
      expect(fs.readdirSync(here)).toEqual(isDone ? ['target'] : []);
      expect(fs.readdirSync(outside)).toEqual(['precious']);
      if (isDone) expect(linksOutOf(path.join(here, 'target'))).toEqual([]);
      fs.rmSync(path.join(here, 'target'), { recursive: true, force: true });
    }),
    { numRuns: 300 },
  );
});

test('a write whose source says nothing hears an abort, and lets go of the source', async () => {
  const files = await peerThat(() => {});
  const source = new PassThrough();
  const abort = new AbortController();
  const writing = files.write('file', source, { signal: abort.signal });
  source.write('half');
  setTimeout(() => abort.abort(), 50);
  await expect(writing).rejects.toMatchObject({ code: 'Aborted' });
  expect(source.destroyed).toBe(true);
});

test('a write whose source says nothing hears that the supervisor answers', async () => {
  const files = await peerThat((peer, { channel }) => {
    setTimeout(() => peer.done(channel, { problem: { code: 'ENOSPC', text: 'full' } }), 50);
  });
  const source = new PassThrough();
  expect((await refusal(files.write('file', source))).code).toBe('FileFailed');
  expect(source.destroyed).toBe(true);
});

test('an invalid limit or mode is rejected before anything is asked, and undefined is the usual one', async () => {
  let asked = 0;
  const files = await peerThat((peer, { channel, op }) => {
    asked += 1;
    if (op === 'stat') peer.done(channel, { result: { kind: 'file', mode: 0o644, size: 1 } });
    else peer.done(channel, { problem: { code: 'ENOENT', text: '' } });
  });
  const refusals = [
    () => files.read('f', { maxBytes: Number.NaN }),
    () => files.list('f', { maxEntries: -1 }),
    () => files.write('f', 'x', { mode: Number.NaN }),
    () => files.download('f', path.join(here, 'x'), { limits: { maxBytes: Number.NaN } }),
    () => files.download('f', path.join(here, 'x'), { limits: { maxDepth: 1.5 } }),
    () => files.stat(null as unknown as string),
  ];
  for (const refusal of refusals) await expect(refusal()).rejects.toMatchObject({ code: 'ArgumentInvalid' });
  expect(asked).toBe(0);
  const download = files.download('f', path.join(here, 'x'), { limits: { maxBytes: undefined } });
  await expect(download).rejects.toMatchObject({ code: 'FileMissing' });
  expect(asked).toBe(2);
});
