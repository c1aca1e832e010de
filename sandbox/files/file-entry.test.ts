import { entryOf, FILE_LIMITS, headerOf, limitsOf } from './file-entry';

const FILE = { path: 'a', kind: 'file', size: 3, mode: 0o100644, modifiedMs: 1000 };

test('an entry says what the sandbox said of it, with nine bits of its mode', () => {
  expect(entryOf(headerOf(FILE)!)).toEqual({
    name: 'a',
    nameBytes: undefined,
    kind: 'file',
    size: 3,
    mode: 0o644,
    modifiedAt: new Date(1000),
    target: undefined,
    targetBytes: undefined,
  });
  // What is left out is nothing of it.
  expect(headerOf({ kind: 'folder' })).toMatchObject({ path: '', size: 0, mode: 0, modifiedMs: 0 });
});

test('names and targets that are no UTF-8 come as bytes, and are shown as far as they can be', () => {
  const [name, target] = [Buffer.from([0x61, 0xff]), Buffer.from([0xfe, 0x62])];
  const link = { kind: 'link', bytes: name.toString('base64'), targetBytes: target.toString('base64') };
  expect(entryOf(headerOf(link)!)).toMatchObject({
    name: 'a\ufffd',
    nameBytes: name,
    target: '\ufffdb',
    targetBytes: target,
  });
  expect(headerOf({ kind: 'link', path: 'l', target: 'to' })).toMatchObject({
    target: 'to',
    targetBytes: undefined,
  });
  expect(headerOf({ kind: 'link', path: 'l', target: 3 })).toMatchObject({ target: undefined });
});

test('the end of a folder is no entry of it', () => {
  const end = headerOf({ kind: 'end' });
  expect(end).toMatchObject({ kind: 'end' });
  expect(entryOf(end!)).toBeUndefined();
});

test.each<[string, unknown]>([
  ['no object', 'text'],
  ['null', null],
  ['a path that is no text', { ...FILE, path: 3 }],
  ['bytes that are no text', { ...FILE, bytes: 3 }],
  ['a target in bytes that is no text', { ...FILE, targetBytes: {} }],
  ['no kind', { path: 'a' }],
  ['an unknown kind', { ...FILE, kind: 'socket' }],
  ['a negative size', { ...FILE, size: -1 }],
  ['a size that is no whole number', { ...FILE, size: 1.5 }],
  ['a size that is a text', { ...FILE, size: '3' }],
  ['a size beyond whole numbers', { ...FILE, size: 2 ** 53 }],
  ['a negative mode', { ...FILE, mode: -1 }],
  ['a time that is no number', { ...FILE, modifiedMs: 'now' }],
])('%s is no header', (_what, value) => expect(headerOf(value)).toBeUndefined());

test('limits that are not given are the usual ones', () => {
  expect(limitsOf()).toEqual(FILE_LIMITS);
  expect(limitsOf({ maxBytes: undefined, maxDepth: 0 })).toEqual({ ...FILE_LIMITS, maxDepth: 0 });
  expect(FILE_LIMITS).toEqual({
    maxBytes: 1_073_741_824,
    maxEntries: 100_000,
    maxDepth: 64,
    maxPathBytes: 4096,
  });
});
