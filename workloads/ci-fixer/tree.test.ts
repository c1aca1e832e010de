import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allowedUrl } from './source';
import { TREE_LIMITS, TreeError, treeOf, treeOfFolder } from './tree';

const one = Buffer.from('x');

test.each([
  '../x',
  'a/../../x',
  '/x',
  'a//b',
  'a/',
  './x',
  '',
  '.git/config',
  'a/.Git/x',
  'a\0b',
  'a\nb',
  'a\\b',
  'a"b',
  'x'.repeat(301),
])('a file is not taken under the path %j', (path) => {
  expect(() => treeOf([[path, one]])).toThrow(TreeError);
});

test.each(['x', '.gitignore', 'a/b/c.js', 'ä/ö ü', 'a..b', '...'])(
  'a file is taken under the path %j',
  (path) => {
    expect([...treeOf([[path, one]]).keys()]).toEqual([path]);
  },
);

test('a tree has its limits, and no file is a folder', () => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => [`f${at}`, one] as const);
  expect(treeOf(many(TREE_LIMITS.files)).size).toBe(TREE_LIMITS.files);
  expect(() => treeOf(many(TREE_LIMITS.files + 1))).toThrow(TreeError);
  expect(() => treeOf([['a', Buffer.alloc(TREE_LIMITS.bytes + 1)]])).toThrow(TreeError);
  expect(() =>
    treeOf([
      ['a', one],
      ['a/b', one],
    ]),
  ).toThrow('a file and a folder');
  expect(() => treeOf([])).toThrow(TreeError);
});

test('of a folder that untrusted code made nothing is followed, and a file that is huge is not read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ci-fixer-tree-'));
  try {
    mkdirSync(join(folder, 'a/.git'), { recursive: true });
    writeFileSync(join(folder, 'a/b'), 'x');
    writeFileSync(join(folder, 'a/.git/config'), 'x');
    symlinkSync('/etc/passwd', join(folder, 'link'));
    symlinkSync('..', join(folder, 'a/up'));
    expect([...(await treeOfFolder(folder)).keys()]).toEqual(['a/b']);
    writeFileSync(join(folder, 'huge'), '');
    truncateSync(join(folder, 'huge'), 1024 ** 4);
    await expect(treeOfFolder(folder)).rejects.toThrow(TreeError);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const allowed = ['https://git.example.com/team/'];
test.each([
  ['https://git.example.com/team/app.git', true],
  ['https://git.example.com/team/', true],
  ['https://git.example.com/other/app.git', false],
  ['https://git.example.com/team/../other/app.git', false],
  ['https://git.example.com/team/%2e%2e/other/app.git', false],
  ['https://git.example.com/team/..%2fother/app.git', false],
  ['https://git.example.com.evil.example/team/app.git', false],
  ['https://git.example.com@evil.example/team/app.git', false],
  ['https://user:secret@git.example.com/team/app.git', false],
  ['https://git.example.com/team/app.git?x=1', false],
  ['http://git.example.com/team/app.git', false],
  ['file:///etc', false],
  ['ext::sh -c id', false],
  ['--upload-pack=id', false],
  ['no address', false],
])('git may fetch from %s: %s', (url, isAllowed) => {
  expect(allowedUrl(url, allowed) !== undefined).toBe(isAllowed);
  expect(allowedUrl(url, [])).toBeUndefined();
});
