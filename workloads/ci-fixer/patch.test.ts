import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { applied, type Edit, EditError, patchOf } from './patch';
import { type Tree, treeOf, treeOfFolder } from './tree';

const tree = (files: Readonly<Record<string, string>>): Tree =>
  treeOf(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
const many = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => `line ${from + at}\n`).join('');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ci-fixer-patch-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What git makes of the files and the patch. */
async function gitApplied(before: Tree, patch: string): Promise<Tree> {
  for (const [path, content] of before) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  execFileSync('git', ['apply', '--whitespace=nowarn', '-'], {
    cwd: folder,
    input: patch,
    env: { PATH: process.env.PATH, GIT_CEILING_DIRECTORIES: tmpdir() },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return treeOfFolder(folder);
}

test.each<[string, Readonly<Record<string, string>>, Edit[]]>([
  ['a line in the middle', { a: many(1, 20) }, [{ path: 'a', find: 'line 10\n', replace: 'another\n' }]],
  ['the first line', { a: many(1, 9) }, [{ path: 'a', find: 'line 1\n', replace: '' }]],
  ['the last line', { a: many(1, 9) }, [{ path: 'a', find: 'line 9\n', replace: 'line 9\nline 10\n' }]],
  ['an end without a line break', { a: 'one\ntwo' }, [{ path: 'a', find: 'two', replace: 'three' }]],
  ['a line break at the end', { a: 'one\ntwo' }, [{ path: 'a', find: 'two', replace: 'two\n' }]],
  ['no line break at the end any more', { a: 'one\ntwo\n' }, [{ path: 'a', find: 'two\n', replace: 'two' }]],
  ['a line that is repeated', { a: 'x\nx\nx\ny\n' }, [{ path: 'a', find: 'x\ny', replace: 'x\nx\ny' }]],
  ['all of it', { a: 'one\n' }, [{ path: 'a', find: 'one\n', replace: 'two\nthree\n' }]],
  ['nothing left', { a: 'one\n', b: 'b' }, [{ path: 'a', find: 'one\n', replace: '' }]],
  ['a new file', { a: 'one\n' }, [{ path: 'new/deep/b c', find: '', replace: 'text' }]],
  ['a name with a space and an umlaut', { 'ä b': 'one\n' }, [{ path: 'ä b', find: 'one', replace: 'two' }]],
  ['line breaks of Windows', { a: 'one\r\ntwo\r\n' }, [{ path: 'a', find: 'one', replace: 'three' }]],
  [
    'two files, and one of them twice',
    { a: many(1, 30), b: 'b\n' },
    [
      { path: 'a', find: 'line 2\n', replace: 'second\n' },
      { path: 'a', find: 'line 28\n', replace: 'late\n' },
      { path: 'b', find: 'b', replace: 'c' },
    ],
  ],
])('git makes of the patch what was verified: %s', async (_, files, edits) => {
  const before = tree(files);
  const after = applied(before, edits, ['make', 'test']);
  expect(new Map(await gitApplied(before, patchOf(before, after)))).toEqual(new Map(after));
});

const files = { 'sum.js': 'a b a\n', 'tests/all.sh': 'exit 1\n', 'check.sh': 'exit 1\n', binary: 'a\0b' };
test.each<[string, Edit]>([
  ['a way out', { path: '../x', find: '', replace: 'x' }],
  ['an absolute path', { path: '/etc/passwd', find: '', replace: 'x' }],
  ['what git runs', { path: '.git/hooks/pre-commit', find: '', replace: 'x' }],
  ['what git runs, where names have no case', { path: 'a/.GIT/config', find: '', replace: 'x' }],
  ['a line break in a path', { path: 'a\nb', find: '', replace: 'x' }],
  ['a test', { path: 'tests/all.sh', find: '1', replace: '0' }],
  ['a new test', { path: 'a.test.js', find: '', replace: 'x' }],
  ['what runs the tests', { path: 'check.sh', find: '1', replace: '0' }],
  ['a text that is not there', { path: 'sum.js', find: 'c', replace: 'd' }],
  ['a text that is there twice', { path: 'sum.js', find: 'a', replace: 'd' }],
  ['a file that is not there', { path: 'sums.js', find: 'a', replace: 'd' }],
  ['a file that is there, as a new one', { path: 'sum.js', find: '', replace: 'd' }],
  ['an empty file', { path: 'empty', find: '', replace: '' }],
  ['a file that is no text', { path: 'binary', find: 'a', replace: 'd' }],
  ['nothing', { path: 'sum.js', find: 'b', replace: 'b' }],
])('no fix changes %s', (_, edit) => {
  const before = tree(files);
  expect(() => applied(before, [edit], ['sh', './check.sh'])).toThrow(EditError);
  // The control: the same files take another one.
  expect(applied(before, [{ path: 'sum.js', find: 'b', replace: '+' }], ['sh', './check.sh']).size).toBe(4);
});
