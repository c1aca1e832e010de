import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { folderRecord } from './record';

const root = mkdtempSync(path.join(os.tmpdir(), 'drydock-record-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a text is kept once, for this user alone, and read by another program', async () => {
  const folder = path.join(root, 'new', 'nightly');
  const record = folderRecord(folder);
  expect(await record.read('one')).toBeUndefined();
  expect(await record.keep('one', 'first')).toBe('first');
  expect(await record.keep('one', 'second')).toBe('first');
  expect(await folderRecord(folder).read('one')).toBe('first');
  expect(readdirSync(folder)).toEqual(['one']);
  expect(statSync(path.join(folder, 'one')).mode & 0o777).toBe(0o600);
});

test('of many that keep the same name at the same time one is the first, for all of them', async () => {
  const folder = path.join(root, 'race');
  const kept = await Promise.all(
    Array.from({ length: 40 }, (_, index) => folderRecord(folder).keep('one', `text ${index}`)),
  );
  expect(new Set(kept).size).toBe(1);
  expect(await folderRecord(folder).read('one')).toBe(kept[0]);
  expect(readdirSync(folder)).toEqual(['one']);
});

test('a place where nothing can be kept says so', async () => {
  const file = path.join(root, 'file');
  writeFileSync(file, '');
  await expect(folderRecord(file).keep('one', 'text')).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(folderRecord(file).read('one')).rejects.toMatchObject({ code: 'ENOTDIR' });
});
