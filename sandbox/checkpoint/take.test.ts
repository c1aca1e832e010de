import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { record } from '../supervisor/testing-only/hostile-peer';
import { refusal } from '../testing-only/scripted-runtime';
import type { CheckpointOptions } from './checkpoint';
import { takeCheckpoint } from './take';
import { end, file, folder, link, ORIGIN, partsOf, sending } from './testing-only/peers';

// A sandbox that lies about its folder: the folder where a checkpoint goes holds one file of the right kind, or nothing.

let here: string;
beforeEach(() => {
  here = fs.mkdtempSync(path.join(os.tmpdir(), 'drydock-checkpoint-'));
});
afterEach(() => fs.rmSync(here, { recursive: true }));

async function take(records: readonly Buffer[], options: CheckpointOptions = {}) {
  const { supervisor } = await sending(records);
  return takeCheckpoint(supervisor, ORIGIN, path.join(here, 'kept'), options, 'box-1');
}

test('what a sandbox has is kept in one file of its owner, with what it fits to', async () => {
  const records = [folder('a'), link('a/up', '../two'), file('a/one'), file('two', ''), end];
  const checkpoint = await take(records);
  expect(checkpoint).toEqual({
    path: path.join(here, 'kept'),
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    size: fs.statSync(checkpoint.path).size,
    ...ORIGIN,
    folder: '.',
    entries: 4,
    bytes: 4,
    skipped: [],
  });
  expect(fs.statSync(checkpoint.path).mode & 0o777).toBe(0o600);
  expect(fs.readdirSync(here)).toEqual(['kept']);
});

test('the same content is the same file; another template is another', async () => {
  const digests = [];
  for (const template of ['abc', 'abc', 'abd']) {
    const { supervisor } = await sending([file('a'), end]);
    const target = path.join(here, String(digests.length));
    digests.push((await takeCheckpoint(supervisor, { ...ORIGIN, template }, target, {}, 'box-1')).digest);
  }
  expect([digests[0] === digests[1], digests[1] === digests[2]]).toEqual([true, false]);
});

test('bits of a mode beyond the lowest nine, such as set-user-id, are not kept', async () => {
  await take([folder('a', 0o7755), file('a/b', 'x', { mode: 0o6755 }), end]);
  const text = partsOf(fs.readFileSync(path.join(here, 'kept'))).records;
  expect(text.match(/"mode":\d+/g)).toEqual([`"mode":${0o755}`, `"mode":${0o755}`]);
});

test('what is written down is what was checked, and not the words of the sandbox', async () => {
  const odd = file('a', '', { more: 'smuggled', target: 'x' });
  await take([odd, end]);
  const { records } = partsOf(fs.readFileSync(path.join(here, 'kept')));
  expect(records).not.toMatch(/smuggled|target/);
  expect(records).toContain('"path":"a"');
});

const refused: Readonly<Record<string, readonly [code: string, Buffer[], CheckpointOptions?]>> = {
  'a path that climbs': ['FileUnsafe', [file('../evil'), end]],
  'an absolute path': ['FileUnsafe', [file('/etc/passwd'), end]],
  'a link that leads out': ['FileUnsafe', [link('a', '../outside'), end]],
  'an absolute link': ['FileUnsafe', [link('a', '/etc'), end]],
  'a device': ['FileUnsafe', [record({ path: 'a', kind: 'other' }), end]],
  'a name twice': ['FileMismatch', [file('a'), file('a'), end]],
  'a file where a link was': ['FileMismatch', [folder('b'), link('a', 'b'), file('a'), end]],
  'a file through a link': ['FileMismatch', [folder('b'), link('a', 'b'), file('a/c'), end]],
  'a file whose folder was not sent': ['FileMismatch', [file('a/b'), end]],
  'other bytes than their hash': [
    'FileMismatch',
    [Buffer.concat([file('a').subarray(0, -1), Buffer.of(0)]), end],
  ],
  'no last record': ['FileMismatch', [file('a')]],
  'more bytes than are taken': ['FileLimit', [file('a', 'x'.repeat(11)), end], { limits: { maxBytes: 10 } }],
  'more entries than are taken': ['FileLimit', [file('a'), file('b'), end], { limits: { maxEntries: 1 } }],
  'more levels than are taken': ['FileLimit', [folder('a'), file('a/b'), end], { limits: { maxDepth: 1 } }],
};
test.each(Object.entries(refused))(
  '%s is refused, and nothing is left',
  async (_what, [code, records, options]) => {
    expect(await refusal(take(records, options))).toMatchObject({ code });
    expect(fs.readdirSync(here)).toEqual([]);
  },
);

test.each<[string, Buffer[], CheckpointOptions]>([
  ['exactly as many bytes', [file('a', 'x'.repeat(10)), end], { limits: { maxBytes: 10 } }],
  ['a link that stays inside', [folder('a'), link('a/b', '../c'), end], {}],
  ['a file beside a link to its folder', [folder('b'), link('a', 'b'), file('b/c'), end], {}],
])('its twin is taken: %s', async (_what, records, options) => {
  expect((await take(records, options)).entries).toBeGreaterThan(0);
});

test('what is left out on purpose is told', async () => {
  const records = [link('a', '/etc'), record({ path: 'p', kind: 'other' }), file('b'), end];
  expect(await take(records, { special: 'skip' })).toMatchObject({ entries: 1, skipped: ['a -> /etc', 'p'] });
});

test('what is there already stays as it is, and a sandbox without a supervisor has no checkpoint', async () => {
  fs.writeFileSync(path.join(here, 'kept'), 'precious');
  expect(await refusal(take([end]))).toMatchObject({ code: 'FileExists' });
  expect(fs.readFileSync(path.join(here, 'kept'), 'utf8')).toBe('precious');
  const none = takeCheckpoint(undefined, ORIGIN, path.join(here, 'other'), {}, 'box-1');
  expect(await refusal(none)).toMatchObject({ code: 'Unsupported' });
});
