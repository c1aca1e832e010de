import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { record } from '../supervisor/testing-only/hostile-peer';
import { refusal } from '../testing-only/scripted-runtime';
import type { Checkpoint } from './checkpoint';
import { refuseOther } from './checkpoint-errors';
import { StoredCheckpoint } from './stored';
import { takeCheckpoint } from './take';
import { end, file, folder, link, ORIGIN, partsOf, sending, taking } from './testing-only/peers';

let here: string;
let checkpoint: Checkpoint;
beforeEach(async () => {
  here = fs.mkdtempSync(path.join(os.tmpdir(), 'drydock-stored-'));
  const { supervisor } = await sending([
    folder('a'),
    link('a/up', '../two'),
    file('a/one'),
    file('two', ''),
    end,
  ]);
  checkpoint = await takeCheckpoint(supervisor, ORIGIN, path.join(here, 'kept'), {}, 'box-1');
});
afterEach(() => fs.rmSync(here, { recursive: true }));

const LAST = gzipSync(record({ path: '', kind: 'end' }));

/** Brings it into a sandbox; whether that was told that all has come. */
async function begin(
  given: Checkpoint = checkpoint,
  between = () => {},
  answer: object = { entries: 4, bytes: 4 },
) {
  const sandbox = await taking(answer);
  const stored = await StoredCheckpoint.open(given);
  try {
    between();
    await stored.sendTo(sandbox.supervisor, undefined);
    return sandbox;
  } catch (error) {
    const isPut = sandbox.bytes().includes(LAST);
    throw Object.assign(error as Error, { isPut });
  } finally {
    await stored.close();
  }
}

test('a sandbox gets the records as they were checked, into the folder they came from, and the last one at the end', async () => {
  const { asked, bytes } = await begin();
  expect(asked).toEqual([
    { op: 'upload', with: { mode: 0o755, merge: true, gzip: true, path: '.' }, place: true },
  ]);
  expect(bytes().subarray(-LAST.length)).toEqual(LAST);
  expect(gunzipSync(bytes()).toString('latin1')).toContain(
    '"path":"a/one","kind":"file","mode":420,"size":4}evil',
  );
});

const change = (edit: (bytes: Buffer) => Buffer) => () => {
  fs.writeFileSync(checkpoint.path, edit(fs.readFileSync(checkpoint.path)));
};
const swap = (from: string, to: string) =>
  change((bytes) => Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1'));

/** What is seen when it is opened. */
const unlike: Readonly<Record<string, () => void>> = {
  'that is shorter': change((bytes) => bytes.subarray(0, -1)),
  'that is longer': change((bytes) => Buffer.concat([bytes, Buffer.of(0)])),
  'of another template in its head': swap('"abc"', '"abd"'),
  'for another folder in its head': swap('"folder":"."', '"folder":"/"'),
  'that is none': change((bytes) => Buffer.alloc(bytes.length)),
};
test.each(Object.entries(unlike))('a file %s is refused before anything is made', async (_what, spoil) => {
  spoil();
  expect(await refusal(StoredCheckpoint.open(checkpoint))).toMatchObject({ code: 'CheckpointDamaged' });
});

/** What only the digest tells: records that unpack well, in a file whose length was given as it is. */
const spoilt: Readonly<Record<string, readonly [from: string, to: string]>> = {
  'another byte in a file': ['evil', 'good'],
  'another link': ['../two', '../owt'],
  'another mode': ['"mode":420', '"mode":511'],
};
test.each(Object.entries(spoilt))('%s: no sandbox is told that all has come', async (_what, [from, to]) => {
  const { head, records } = partsOf(fs.readFileSync(checkpoint.path));
  expect(records).toContain(from);
  const changed = Buffer.concat([head, gzipSync(Buffer.from(records.replace(from, to), 'latin1'))]);
  fs.writeFileSync(checkpoint.path, changed);
  const given = { ...checkpoint, size: changed.length };
  expect(await refusal(begin(given))).toMatchObject({ code: 'CheckpointDamaged', isPut: false });
});

test('another digest than was given is the same, and so is a template that the file does not name', async () => {
  const digest = checkpoint.digest.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
  expect(await refusal(begin({ ...checkpoint, digest }))).toMatchObject({
    code: 'CheckpointDamaged',
    isPut: false,
  });
  const renamed = { ...checkpoint, template: 'claimed' };
  expect(await refusal(StoredCheckpoint.open(renamed))).toMatchObject({ code: 'CheckpointDamaged' });
});

test('what takes the place of its name after it was opened is not sent', async () => {
  const { bytes } = await begin(checkpoint, () => {
    fs.renameSync(checkpoint.path, path.join(here, 'away'));
    fs.writeFileSync(checkpoint.path, Buffer.alloc(checkpoint.size));
  });
  expect(gunzipSync(bytes()).toString('latin1')).toContain('evil');
});

test('a file that is not there, a folder and a pipe are told as that, and none blocks', async () => {
  const missing = { ...checkpoint, path: path.join(here, 'nothing') };
  expect(await refusal(StoredCheckpoint.open(missing))).toMatchObject({ code: 'FileMissing' });
  expect(await refusal(StoredCheckpoint.open({ ...checkpoint, path: here }))).toMatchObject({
    code: 'CheckpointDamaged',
  });
});

test('a sandbox that says it has something else has not begun with it', async () => {
  const told = begin(checkpoint, () => {}, { entries: 3, bytes: 4 });
  expect(await refusal(told)).toMatchObject({ code: 'FileMismatch' });
});

test('a checkpoint of another template or image is refused, and one of the same is not', () => {
  expect(() => refuseOther(checkpoint, ORIGIN)).not.toThrow();
  for (const other of [{ template: '' }, { template: 'abd' }, { image: 'tools:2' }]) {
    expect(() => refuseOther(checkpoint, { ...ORIGIN, ...other })).toThrow(
      expect.objectContaining({ code: 'CheckpointMismatch' }),
    );
  }
});
