import { fixFor } from './fixes';

const ask = (files: Readonly<Record<string, string>>, tried: readonly object[] = []) =>
  JSON.parse(fixFor(JSON.stringify({ files, tried })));

test('it swaps one operator, another one each time, and never in a test', () => {
  const files = { 'sum.js': 'const sum = (a, b) => a - b;\nif (a < b) {\n', 'sum.test.js': 'a - b' };
  const first = ask(files);
  expect(first.edits).toEqual([
    { path: 'sum.js', find: 'const sum = (a, b) => a - b;', replace: 'const sum = (a, b) => a + b;' },
  ]);
  const second = ask(files, [first]);
  expect(second.edits).toEqual([{ path: 'sum.js', find: 'if (a < b) {', replace: 'if (a <= b) {' }]);
  expect(ask(files, [first, second])).toEqual({
    edits: [],
    why: expect.stringContaining('a script and no model'),
  });
});

test.each(['', 'hello', '[]', '{"files":1}', '{"files":{"a":"b"}}'])('of %j it makes nothing', (asked) => {
  expect(JSON.parse(fixFor(asked)).edits).toEqual([]);
});
