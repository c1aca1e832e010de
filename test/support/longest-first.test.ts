import { existsSync } from 'node:fs';

const { longest, longestFirst } = require('./longest-first') as {
  readonly longest: readonly string[];
  readonly longestFirst: (tests: readonly { path: string }[]) => readonly { path: string }[];
};

test('every file that is named exists, and is named once', () => {
  expect(longest.filter((file) => !existsSync(file))).toEqual([]);
  expect(new Set(longest).size).toBe(longest.length);
});

test('files that are named come first, in that order; the others stay in theirs', () => {
  const [first, second] = longest as [string, string];
  const files = ['/b.test.ts', second, '/a.test.ts', first, '/c.test.ts'];
  expect(longestFirst(files.map((path) => ({ path }))).map(({ path }) => path)).toEqual([
    first,
    second,
    '/b.test.ts',
    '/a.test.ts',
    '/c.test.ts',
  ]);
});
