import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { writeFolders } from './write';
import { recordPath } from './written-files';

let root: string;
let folder: string;
const long = new Date('2020-01-01T00:00:00Z');

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'drydock-write-'));
  folder = path.join(root, 'manifests');
});

afterEach(() => fs.rmSync(root, { recursive: true }));

function write(files: Record<string, string>, to = folder): void {
  writeFolders([{ folder: to, files: new Map(Object.entries(files)) }]);
}

function content(of = folder): Record<string, string> {
  const names = fs.readdirSync(of, { recursive: true }) as string[];
  const files = names.filter((name) => fs.statSync(path.join(of, name)).isFile()).sort();
  return Object.fromEntries(files.map((name) => [name, fs.readFileSync(path.join(of, name), 'utf8')]));
}

function age(name: string): void {
  fs.utimesSync(path.join(folder, name), long, long);
}

test('a new folder holds what was given and nothing else, also folders with nothing in them', () => {
  writeFolders([{ folder, files: new Map([['a/b.yaml', 'b']]), folders: ['empty'] }]);
  expect(content()).toEqual({ 'a/b.yaml': 'b' });
  expect(fs.readdirSync(folder).sort()).toEqual(['a', 'empty']);
  expect(fs.readdirSync(root).sort()).toEqual(['.manifests.drydock.json', 'manifests']);
});

test('a file that did not change keeps its time, one that did does not', () => {
  write({ 'same.yaml': 'a', 'other.yaml': 'a' });
  age('same.yaml');
  age('other.yaml');
  write({ 'same.yaml': 'a', 'other.yaml': 'b' });
  expect(fs.statSync(path.join(folder, 'same.yaml')).mtime).toEqual(long);
  expect(fs.statSync(path.join(folder, 'other.yaml')).mtime).not.toEqual(long);
  expect(content()).toEqual({ 'same.yaml': 'a', 'other.yaml': 'b' });
});

test('a file that is written no more is removed, with the folder that it leaves empty', () => {
  write({ 'a.yaml': 'a', 'gone/deep/b.yaml': 'b' });
  write({ 'a.yaml': 'a' });
  expect(fs.readdirSync(folder)).toEqual(['a.yaml']);
});

test('a file that somebody put there, or changed, is left alone', () => {
  write({ 'a.yaml': 'a', 'gone.yaml': 'b' });
  fs.writeFileSync(path.join(folder, 'theirs.yaml'), 'mine');
  fs.writeFileSync(path.join(folder, 'gone.yaml'), 'changed by hand');
  write({ 'a.yaml': 'a' });
  expect(content()).toEqual({ 'a.yaml': 'a', 'gone.yaml': 'changed by hand', 'theirs.yaml': 'mine' });
});

test('a record that leads out of the folder removes nothing there', () => {
  const outside = path.join(root, 'outside.yaml');
  fs.writeFileSync(outside, 'a');
  write({ 'a.yaml': 'a' });
  const record = JSON.parse(fs.readFileSync(recordPath(folder), 'utf8'));
  record.files['../outside.yaml'] = record.files['a.yaml'];
  fs.writeFileSync(recordPath(folder), JSON.stringify(record));
  write({ 'b.yaml': 'b' });
  expect(content()).toEqual({ 'b.yaml': 'b' });
  expect(fs.readFileSync(outside, 'utf8')).toBe('a');
});

test('without a readable record nothing is removed', () => {
  write({ 'a.yaml': 'a' });
  fs.writeFileSync(recordPath(folder), 'no JSON');
  write({ 'b.yaml': 'b' });
  expect(content()).toEqual({ 'a.yaml': 'a', 'b.yaml': 'b' });
});

test('if the second folder cannot be written, the first is as it was, and nothing is left over', () => {
  write({ 'a.yaml': 'before' });
  const blocked = path.join(root, 'charts');
  fs.writeFileSync(blocked, 'a file where a folder should be');
  const both = [
    { folder, files: new Map([['a.yaml', 'after']]) },
    { folder: blocked, files: new Map([['Chart.yaml', 'name: a']]) },
  ];
  expect(() => writeFolders(both)).toThrow(/^CANNOT_WRITE at .*charts: found E[A-Z]+: .*as it was\.$/);
  expect(content()).toEqual({ 'a.yaml': 'before' });
  expect(fs.readdirSync(root).sort()).toEqual(['.manifests.drydock.json', 'charts', 'manifests']);
  fs.rmSync(blocked);
  writeFolders(both);
  expect(content()).toEqual({ 'a.yaml': 'after' });
});

test('a folder in the place of a file is an error before anything changes', () => {
  write({ 'a.yaml': 'before' });
  fs.mkdirSync(path.join(folder, 'b.yaml'));
  expect(() => write({ 'a.yaml': 'after', 'b.yaml': 'b' })).toThrow(/CANNOT_WRITE .* EISDIR/);
  expect(content()).toEqual({ 'a.yaml': 'before' });
});

test('a parent folder that was made for a folder which then failed is gone again', () => {
  const deep = path.join(root, 'new', 'deeper', 'manifests');
  expect(() => write({ 'a/b': '1', a: '2' }, deep)).toThrow(/CANNOT_WRITE/);
  expect(fs.readdirSync(root)).toEqual([]);
});

test('beside a scratch folder, directly below the folder for temporary files, nothing is left', () => {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'drydock-scratch-'));
  write({ 'a.yaml': 'a' }, scratch);
  expect(content(scratch)).toEqual({ 'a.yaml': 'a' });
  expect(fs.existsSync(recordPath(scratch))).toBe(false);
  fs.rmSync(scratch, { recursive: true });
});

test('charts inside of the output folder are written with it, at the first time too', () => {
  const both = (text: string) =>
    writeFolders([
      { folder, files: new Map([['a.yaml', text]]) },
      { folder: path.join(folder, 'charts'), files: new Map([['web/Chart.yaml', text]]) },
    ]);
  both('1');
  expect(content()).toMatchObject({ 'a.yaml': '1', 'charts/web/Chart.yaml': '1' });
  both('2');
  expect(content()).toMatchObject({ 'a.yaml': '2', 'charts/web/Chart.yaml': '2' });
});

test('a folder that is a symbolic link stays one: what it leads to is written; so does a file that is one', () => {
  const real = path.join(root, 'elsewhere');
  fs.mkdirSync(real);
  fs.symlinkSync('elsewhere', folder);
  write({ 'a.yaml': '1', 'b.yaml': '1' });
  fs.rmSync(path.join(real, 'b.yaml'));
  fs.symlinkSync('../b-of-others.yaml', path.join(real, 'b.yaml'));
  write({ 'a.yaml': '2', 'b.yaml': '2' });
  expect(fs.readlinkSync(folder)).toBe('elsewhere');
  expect(content(real)).toEqual({ 'a.yaml': '2', 'b.yaml': '2' });
  expect(fs.readlinkSync(path.join(real, 'b.yaml'))).toBe('../b-of-others.yaml');
  expect(fs.readFileSync(path.join(root, 'b-of-others.yaml'), 'utf8')).toBe('2');
});

test('what a killed run left does not stop the next one, which puts back what is missing', () => {
  write({ 'a.yaml': '1' });
  fs.writeFileSync(path.join(folder, 'theirs.txt'), 'theirs');
  const left = path.join(root, `.drydock-${process.pid}`);
  fs.mkdirSync(path.join(left, 'old'), { recursive: true });
  fs.renameSync(folder, path.join(left, 'old', 'manifests'));
  fs.mkdirSync(path.join(root, '.manifests.7.tmp'));
  write({ 'a.yaml': '2' });
  expect(content()).toEqual({ 'a.yaml': '2', 'theirs.txt': 'theirs' });
  expect(fs.existsSync(left)).toBe(false);
});

test('the work of a process that lives is left alone', () => {
  const alive = path.join(root, `.drydock-${process.ppid}`);
  fs.mkdirSync(path.join(alive, 'old'), { recursive: true });
  write({ 'a.yaml': '1' });
  expect(fs.existsSync(alive)).toBe(true);
});

test('a folder in which nothing changes is not touched, and what others put there is the same file after a change', () => {
  write({ 'a.yaml': '1' });
  fs.writeFileSync(path.join(folder, 'theirs.txt'), 'theirs');
  const { ino, mtimeMs } = fs.statSync(folder);
  write({ 'a.yaml': '1' });
  expect(fs.statSync(folder)).toMatchObject({ ino, mtimeMs });
  const theirs = fs.statSync(path.join(folder, 'theirs.txt'));
  fs.chmodSync(folder, 0o750);
  write({ 'a.yaml': '2' });
  expect(fs.statSync(path.join(folder, 'theirs.txt')).ino).toBe(theirs.ino);
  expect(fs.statSync(folder).mode & 0o777).toBe(0o750);
});
