import { Readable } from 'node:stream';
import { checkCommand, checkDetached, MAX_OUTPUT_BYTES, type StartOptions } from './options';

const check = (argv: unknown, options: unknown = {}) =>
  checkCommand(argv as readonly string[], options as StartOptions, 'box-1');

test.each<[string, unknown, unknown]>([
  ['a program', ['make'], {}],
  ['arguments of any text, also empty ones', ['printf', '', '😀', 'a\nb', '-'], {}],
  ['a folder', ['pwd'], { cwd: '../x' }],
  ['variables, of which one is removed', ['env'], { env: { A: '', 'a.b': 'x=y', GONE: undefined } }],
  ['input as a text', ['cat'], { stdin: '' }],
  ['input as bytes', ['cat'], { stdin: new Uint8Array(1) }],
  ['input as a stream', ['cat'], { stdin: Readable.from([]) }],
  ['input that is written later', ['cat'], { stdin: 'pipe' }],
  ['a time and a size', ['cat'], { timeoutMs: 1, maxOutputBytes: 0 }],
  ['what is left out', ['cat'], { cwd: undefined, env: undefined, stdin: undefined, timeoutMs: undefined }],
  [
    'callbacks and a signal',
    ['cat'],
    { onStdout: () => {}, onStderr: () => {}, signal: new AbortController().signal },
  ],
])('a command with %s is taken', (_what, argv, options) => expect(() => check(argv, options)).not.toThrow());

test.each<[string, unknown, unknown, string]>([
  ['no list', 'make', {}, 'no program'],
  ['nothing in it', [], {}, 'no program'],
  ['an empty program', ['', 'x'], {}, 'no program'],
  ['an argument that is no text', ['make', 3], {}, '3'],
  ['an argument that a NUL would end', ['make', 'a\0b'], {}, '"a\\u0000b"'],
  ['half of a character', ['make', '\ud83d'], {}, '"\\ud83d"'],
  ['a folder that a NUL would end', ['pwd'], { cwd: 'a\0' }, '"a\\u0000"'],
  ['a folder that is no text', ['pwd'], { cwd: 3 }, 'cwd: '],
  ['variables in a text', ['env'], { env: 'A=1' }, 'env: '],
  ['a variable without a name', ['env'], { env: { '': 'x' } }, 'the variable ""'],
  ['a name with =', ['env'], { env: { 'A=B': 'x' } }, 'the variable "A=B"'],
  ['a name with NUL', ['env'], { env: { 'A\0': 'x' } }, 'the variable "A\\u0000"'],
  ['a variable that is no text', ['env'], { env: { A: 1 } }, 'the variable "A"'],
  ['a variable that is null', ['env'], { env: { A: null } }, 'the variable "A"'],
  ['a variable with half of a character', ['env'], { env: { A: '\ud83d' } }, 'the variable "A"'],
  ['input that is none', ['cat'], { stdin: {} }, 'stdin: '],
  ['input of null', ['cat'], { stdin: null }, 'stdin: '],
  ['a callback that is none', ['cat'], { onStdout: 'x' }, 'onStdout: '],
  ['another callback that is none', ['cat'], { onStderr: {} }, 'onStderr: '],
  ['a signal that is none', ['cat'], { signal: {} }, 'signal: '],
  ['a time of zero', ['cat'], { timeoutMs: 0 }, '0'],
  ['a size below zero', ['cat'], { maxOutputBytes: -1 }, '-1'],
  ['options that are none', ['cat'], 'x', 'options: '],
])('a command with %s is refused before anything is sent', (_what, argv, options, found) => {
  expect(() => check(argv, options)).toThrow(
    expect.objectContaining({
      code: 'ArgumentInvalid',
      where: 'a command in sandbox box-1',
      found: expect.stringContaining(found),
      sandboxId: 'box-1',
    }),
  );
});

test('the documented bound of what is kept is the one that holds', () =>
  expect(MAX_OUTPUT_BYTES).toBe(8_388_608));

const MOST_KEPT = 64 << 20;

test.each<[StartOptions, number]>([
  [{}, 1 << 20],
  [{ keepBytes: 1 }, 1],
  [{ keepBytes: MOST_KEPT }, MOST_KEPT],
])('a detached command with %j keeps %i bytes of its output', (options, keepBytes) => {
  const { id, ...rest } = checkDetached({ commandId: 'build', ...options }, 'box-1');
  expect([id, rest]).toEqual(['build', { keepBytes }]);
  expect(checkDetached(options, 'box-1').id).toMatch(/^command-[a-z0-9]+$/);
});

test.each<[object, string]>([
  [{ keepBytes: 0 }, 'keepBytes: a number, 0'],
  [{ keepBytes: 1.5 }, 'keepBytes: a number, 1.5'],
  [{ keepBytes: MOST_KEPT + 1 }, `keepBytes: a number, ${MOST_KEPT + 1}`],
  [{ keepBytes: '1' }, 'keepBytes: a text, "1"'],
  [{ stdin: '' }, 'stdin: a text, "input for a detached command"'],
  [{ pty: { columns: 80, rows: 24 } }, 'pty: a text, "a terminal for a detached command"'],
  [{ commandId: '../a' }, 'commandId: a text, "../a"'],
])('a detached command with %j is refused', (options, found) => {
  expect(() => checkDetached(options as StartOptions, 'box-1')).toThrow(
    expect.objectContaining({
      code: 'ArgumentInvalid',
      found: expect.stringContaining(found),
      expected: expect.stringMatching(/[a-z]/),
    }),
  );
});
