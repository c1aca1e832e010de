import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { readUncaughtError, UncaughtErrorFilter } from './uncaught-error';

/** What passes at once of these pieces, and what is held back until the end. */
function heard(...pieces: readonly string[]): { passed: string; held: string } {
  const filter = new UncaughtErrorFilter();
  const passed = pieces.map((piece) => filter.hear(piece)).join('');
  const held = filter.end();
  expect(filter.end()).toBe('');
  return { passed, held };
}

const BLOCK = `/app/main.ts:12
    throw new Error('no');
          ^

Error: no
    at main (/app/main.ts:12:11)
`;

test('what a program prints passes; what Node prints of the error that ends it is held back whole', () => {
  expect(heard('hello\n', 'world')).toEqual({ passed: 'hello\nworld', held: '' });
  expect(heard(`hello\n${BLOCK}`)).toEqual({ passed: 'hello\n', held: BLOCK });
  expect(heard(`hello\n${BLOCK}`, '\nNode.js v22\n')).toEqual({
    passed: 'hello\n',
    held: `${BLOCK}\nNode.js v22\n`,
  });
  const marked = BLOCK.replace('^', '^^^^^');
  expect(heard(marked)).toEqual({ passed: '', held: marked });
  const windows = BLOCK.replaceAll('\n', '\r\n');
  expect(heard(windows)).toEqual({ passed: '', held: windows });
});

test('it is held back wherever its pieces are cut, from its place on', () => {
  const whole = `one\ntwo\n${BLOCK}`;
  for (let at = whole.indexOf(':12') + 2; at < whole.length; at += 1)
    expect(heard(whole.slice(0, at), whole.slice(at))).toEqual({ passed: 'one\ntwo\n', held: BLOCK });
  expect(heard('one\ntwo\n/app/main.ts:1', ...BLOCK.slice('/app/main.ts:1'.length))).toEqual({
    passed: 'one\ntwo\n',
    held: BLOCK,
  });
});

test('a place alone is no error: it is shown as soon as what follows it is something else', () => {
  const filter = new UncaughtErrorFilter();
  expect(filter.hear('see main.ts:12\n')).toBe('');
  expect(filter.hear('for more\n')).toBe('');
  expect(filter.hear('and more\n')).toBe('see main.ts:12\nfor more\nand more\n');
  expect(filter.hear('a  ^ b\n')).toBe('a  ^ b\n');
  expect(filter.hear('  main.ts:12\n')).toBe('  main.ts:12\n');
});

test('the real Node is read as that: its error, and the line of the program that threw it', () => {
  const { stderr } = spawnSync(
    process.execPath,
    ['-e', "function f() { throw new TypeError('first\\nsecond'); }\nf()"],
    {
      encoding: 'utf8',
    },
  );
  expect(heard(stderr)).toEqual({ passed: '', held: stderr });
  expect(readUncaughtError(stderr)).toMatchObject({ name: 'TypeError', message: 'first\nsecond' });
});

test.each([
  ['no error', 'hello\nworld: x\n', undefined],
  ['none that begins a line', 'an Error: no\n', undefined],
  ['one without a stack', 'Error: no\n', { name: 'Error', message: 'no' }],
  ['one of a class of its own', 'DrydockError: BAD at x\n', { name: 'DrydockError', message: 'BAD at x' }],
  ['one that says so', 'Uncaught Error: no\n', { name: 'Error', message: 'no' }],
  ['one of Node', 'TypeError [ERR_INVALID_ARG_TYPE]: no\n', { name: 'TypeError', message: 'no' }],
  ['one before the version of Node', 'Error: no\n\nNode.js v22.1.0\n', { name: 'Error', message: 'no' }],
  [
    'one whose stack begins in a package, in Node and in this library',
    `Error: no
    at f (/app/node_modules/x/i.js:1:2)
    at g (node:internal/main:3:4)
    at h (${path.join(__dirname, '../core/x.ts')}:5:6)
    at Object.<anonymous> (file:///app/main.ts:7:8)
    at i (/app/other.ts:9:10)
`,
    { name: 'Error', message: 'no', thrownAt: '/app/main.ts:7:8' },
  ],
  [
    'one thrown at no function',
    'Error: no\n    at /app/main.ts:7:8\n',
    { name: 'Error', message: 'no', thrownAt: '/app/main.ts:7:8' },
  ],
])('of %s is read what it says', (_, printed, error) => {
  expect(readUncaughtError(printed)).toEqual(error);
});
