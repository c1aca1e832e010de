import { DrydockError } from '../template';
import { defineValues, value } from '.';

/** What declarations of values refuse, each with a twin that is taken. */

const doc = 'd';

function codeOf(declare: () => unknown): string {
  try {
    declare();
    return 'taken';
  } catch (error) {
    if (error instanceof DrydockError) return error.code;
    throw error;
  }
}

const wild = value as unknown as Record<string, (...given: unknown[]) => never>;
const call = (kind: string, ...given: unknown[]) => wild[kind]?.(...given);

test.each<[string, string, () => unknown, () => unknown]>([
  ['no options', 'VALUE_OPTION', () => call('integer'), () => call('integer', { doc })],
  [
    'a misspelt option',
    'VALUE_OPTION',
    () => call('integer', { doc, mim: 1 }),
    () => call('integer', { doc, min: 1 }),
  ],
  [
    'a bound that is no number',
    'VALUE_OPTION',
    () => call('integer', { doc, max: Number.NaN }),
    () => call('integer', { doc, max: 0 }),
  ],
  [
    'a bound with a fraction',
    'VALUE_OPTION',
    () => call('integer', { doc, min: 0.5 }),
    () => call('number', { doc, min: 0.5 }),
  ],
  [
    'bounds with nothing between',
    'VALUE_OPTION',
    () => call('number', { doc, min: 2, max: 1 }),
    () => call('number', { doc, min: 0, max: 0 }),
  ],
  [
    'a negative length',
    'VALUE_OPTION',
    () => call('string', { doc, minLength: -1 }),
    () => call('string', { doc, minLength: 0 }),
  ],
  [
    'a pattern that is a RegExp',
    'PATTERN_NOT_PORTABLE',
    () => call('string', { doc, pattern: /^a$/ }),
    () => call('string', { doc, pattern: '^a$' }),
  ],
  ['no choices', 'VALUE_OPTION', () => call('oneOf', [], { doc }), () => call('oneOf', [''], { doc })],
  [
    'one choice twice',
    'VALUE_OPTION',
    () => call('oneOf', ['a', 'a'], { doc }),
    () => call('oneOf', ['a', 'A'], { doc }),
  ],
  [
    'a list of nothing',
    'VALUE_OPTION',
    () => call('list', undefined, { doc }),
    () => call('list', value.port({ doc }), { doc }),
  ],
  [
    'a secret in a list',
    'VALUE_OPTION',
    () => call('list', value.secret({ doc, keys: { a: doc } }), { doc }),
    () => call('list', value.raw({ doc }), { doc }),
  ],
  [
    'a field that is no name',
    'VALUE_NAME',
    () => call('object', { '{{ x }}': value.port({ doc }) }, { doc }),
    () => call('object', { 'my-host': value.port({ doc }) }, { doc }),
  ],
  [
    'a key that no Secret has',
    'VALUE_NAME',
    () => call('secret', { doc, keys: { '{{ x }}': doc } }),
    () => call('secret', { doc, keys: { 'tls.crt': doc } }),
  ],
  [
    'a key called existingSecret',
    'VALUE_NAME',
    () => call('secret', { doc, keys: { existingSecret: doc } }),
    () => call('secret', { doc, keys: { existing: doc } }),
  ],
  [
    'a secret without keys',
    'SECRET_WITHOUT_KEYS',
    () => call('secret', { doc, keys: {} }),
    () => call('secret', { doc, keys: { '0': doc } }),
  ],
  [
    'a number in the place of a value',
    'NOT_A_VALUE',
    () => defineValues({ a: 5 } as never),
    () => defineValues({ a: value.integer({ doc }) }),
  ],
  [
    'null in the place of a group',
    'NOT_A_VALUE',
    () => defineValues({ a: null } as never),
    () => defineValues({ a: {} }),
  ],
  [
    'no documentation',
    'VALUE_WITHOUT_DOC',
    () => defineValues({ a: value.integer({} as never) }),
    () => defineValues({ a: value.integer({ doc: 'a\n\u0085b' }) }),
  ],
  [
    'half of a character',
    'VALUE_OPTION',
    () => defineValues({ a: value.integer({ doc: '\ud800' }) }),
    () => defineValues({ a: value.integer({ doc: '\u{1f600}' }) }),
  ],
  [
    'a name of 64 letters',
    'VALUE_NAME',
    () => defineValues({ ['a'.repeat(64)]: value.port({ doc }) }),
    () => defineValues({ ['a'.repeat(63)]: value.port({ doc }) }),
  ],
  [
    'a default of a class',
    'VALUES_INVALID',
    () => defineValues({ a: value.raw({ doc, default: new Date(0) as never }) }),
    () => defineValues({ a: value.raw({ doc, default: { at: '1970' } }) }),
  ],
])('%s is refused with %s, its twin is not', (_, code, wrong, right) => {
  expect(codeOf(wrong)).toBe(code);
  expect(codeOf(right)).toBe('taken');
});
