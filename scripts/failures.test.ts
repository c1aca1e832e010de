import { failureList } from './failures';

test('each failure has its title and the beginning of its message, without blank lines and foreign stacks', () => {
  const long = Array.from({ length: 17 }, (_, index) => `line ${index + 1}`).join('\n');
  const stack = [
    '\u001b[31mExpected: 2\u001b[39m',
    '',
    '    at Object.toBe (core/a.test.ts:3:9)',
    '    at run (node_modules/jest-circus/build/run.js:1:1)',
    '    at node:internal/process/task_queues:95:5',
  ].join('\n');
  const lines = failureList([
    { title: 'core/a.test.ts > adds', message: stack },
    { title: 'types', message: long },
    { title: 'a line without end', message: 'x'.repeat(100_000) },
  ]);
  expect(lines.slice(0, 4)).toEqual([
    '== failed (1 of 3): core/a.test.ts > adds',
    '    Expected: 2',
    '        at Object.toBe (core/a.test.ts:3:9)',
    '== failed (2 of 3): types',
  ]);
  expect(lines.slice(18, 20)).toEqual(['    line 15', '    (2 more lines, see above)']);
  expect(lines.at(-4)?.length).toBeLessThan(400);
  expect(lines.slice(-3)).toEqual([
    'failed: core/a.test.ts > adds',
    'failed: types',
    'failed: a line without end',
  ]);
});

test('where nothing failed it is empty', () => {
  expect(failureList([])).toEqual([]);
});
