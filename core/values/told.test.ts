import { defineValues, value } from '.';

// What is said of a wrong declaration: where it is, what was found, and what to do about this one.

const doc = 'd';
type Wild = Readonly<Record<string, (...given: unknown[]) => never>>;
const v = value as unknown as Wild;
const declare = defineValues as unknown as (given: unknown) => unknown;
const port = value.port({ doc });
const flag = value.boolean({ doc, default: true });
const inner = defineValues({
  size: value.integer({ default: 1, doc }),
  login: value.secret({ doc, keys: { password: doc } }),
  enabled: flag,
});
const OPTIONS = 'Give the options as an object.';
const BOUND = 'Correct the bound, or leave it out.';
const CHOICES = 'Name the texts that may be given; for numbers use value.integer with bounds.';
const INNER = /^Declare it with one of the functions of `value`; secrets and subcharts/;
const FIELDS = 'Name its fields.';
const KEYS = /^Name in `keys` what the Secret holds/;
const DECLARE = /^Declare it with one of the functions of `value`, with what you have/;
const DOC = /^It is printed into values.yaml and the README/;
const NAME = /^Use letters, digits and underscores, beginning with a letter/;
const SUBCHART = /^It is what the subchart is called/;
const SWITCHES = /^Helm leaves subcharts out by what is under `tags`/;
const SWITCH = /^Declare it as a boolean among the values of the parent/;

test.each<[() => unknown, where: string, found: string, remedy: string | RegExp]>([
  [() => v.integer?.(), 'value.integer', 'undefined', OPTIONS],
  [() => v.integer?.([]), 'value.integer', 'a list', OPTIONS],
  [() => v.integer?.(null), 'value.integer', 'null', OPTIONS],
  [() => v.integer?.({ doc, mim: 1 }), 'value.integer', 'the option "mim"', 'Did you mean min?'],
  [() => v.boolean?.({ doc, zzzzzz: 1 }), 'value.boolean', 'the option "zzzzzz"', 'Leave it out.'],
  [() => v.port?.({ doc, optional: 'yes' }), 'value.port', 'optional: "yes"', 'Give a boolean.'],
  [() => v.integer?.({ doc, max: Number.NaN }), 'value.integer', 'max: NaN', BOUND],
  [() => v.integer?.({ doc, min: 2 ** 60 }), 'value.integer', 'min: 1152921504606847000', BOUND],
  [() => v.number?.({ doc, min: '1' }), 'value.number', 'min: "1"', BOUND],
  [() => v.number?.({ doc, max: Number.POSITIVE_INFINITY }), 'value.number', 'max: Infinity', BOUND],
  [() => v.string?.({ doc, minLength: -1 }), 'value.string', 'minLength: -1', BOUND],
  [() => v.string?.({ doc, maxLength: 1.5 }), 'value.string', 'maxLength: 1.5', BOUND],
  [() => v.number?.({ doc, min: 2, max: 1 }), 'value.number', 'min: 2 and max: 1', /^No value lies between/],
  [
    () => v.list?.(port, { doc, minItems: 3, maxItems: 2 }),
    'value.list',
    'minItems: 3 and maxItems: 2',
    /^No value/,
  ],
  [() => v.oneOf?.([], { doc }), 'value.oneOf', 'the choices (none)', CHOICES],
  [() => v.oneOf?.('a', { doc }), 'value.oneOf', '"a"', CHOICES],
  [() => v.oneOf?.([1, 'a'], { doc }), 'value.oneOf', 'the choices 1, "a"', CHOICES],
  [() => v.oneOf?.(['\ud800'], { doc }), 'value.oneOf', 'the choices "\\ud800"', CHOICES],
  [() => v.oneOf?.(['a', 'a'], { doc }), 'value.oneOf', 'one choice twice', 'Leave one of them out.'],
  [() => v.list?.(undefined, { doc }), 'value.list', 'nothing', INNER],
  [() => v.list?.({}, { doc }), 'value.list', 'an object', INNER],
  [() => v.map?.(() => 5, { doc }), 'value.map', 'a function', INNER],
  [() => v.object?.(undefined, { doc }), 'value.object', 'undefined', FIELDS],
  [() => v.object?.(null, { doc }), 'value.object', 'null', FIELDS],
  [() => v.object?.([], { doc }), 'value.object', 'a list', FIELDS],
  [() => v.object?.({ a: 5 }, { doc }), 'value.object field a', '5', INNER],
  [
    () => v.object?.({ a: value.object({ b: port }, { doc, default: { b: 1 } }) }, { doc }),
    'value.object field a',
    'a default of a whole object',
    'Give each field of the inner object a default of its own.',
  ],
  [
    () => v.object?.({ a: value.port({ doc, default: 0 }) }, { doc }),
    'value.object field a',
    'a default that is a number that is too low',
    'Correct the default.',
  ],
  [() => v.ref?.({ doc, kind: 'Pod' }), 'value.ref', 'kind: "Pod"', 'Name the one that is meant.'],
  [() => v.ref?.({ doc, kind: 'Secret', key: 'a' }), 'value.ref', 'the option "key"', 'Leave it out.'],
  [() => v.url?.({ doc, schemes: [] }), 'value.url', 'schemes: (none)', /^Write what is before/],
  [() => v.url?.({ doc, schemes: ['HTTP'] }), 'value.url', 'schemes: "HTTP"', /^Write what is before/],
  [() => v.schedule?.({ doc, pattern: 'x' }), 'value.schedule', 'the option "pattern"', /./],
  [() => v.labels?.({ doc, keys: [] }), 'value.labels', 'the option "keys"', /./],
  [() => v.object?.({ '1a': port }, { doc }), 'value.object', 'the name "1a"', /^Begin with a letter/],
  [() => v.secret?.({ doc, keys: {} }), 'value.secret', 'no key', KEYS],
  [() => v.secret?.({ doc }), 'value.secret', 'no key', KEYS],
  [() => v.secret?.({ doc, keys: null }), 'value.secret', 'no key', KEYS],
  [
    () => v.secret?.({ doc, keys: { existingSecret: doc } }),
    'value.secret',
    'the name "existingSecret"',
    /^A secret has a value of this name already/,
  ],
  [
    () => v.secret?.({ doc, keys: { '..a': doc } }),
    'value.secret',
    'the name "..a"',
    /^Keys of a Secret are/,
  ],
  [() => v.secret?.({ doc, keys: { a: '' } }), 'defineValues value.secret', 'keys.a: ""', DOC],
  [() => declare(undefined), 'defineValues the argument', 'a undefined', DECLARE],
  [() => declare(new Date()), 'defineValues the argument', 'a object', DECLARE],
  [() => declare({ a: 5 }), 'defineValues a', 'a number', DECLARE],
  [() => declare({ a: { b: [] } }), 'defineValues a.b', 'a list', DECLARE],
  [() => declare({ a: null }), 'defineValues a', 'null', DECLARE],
  [() => declare({ 'a-b': port }), 'defineValues', 'the name "a-b"', NAME],
  [() => declare({ a: { 1: port } }), 'defineValues', 'the name "a.1"', NAME],
  [() => declare({ a: value.port({} as never) }), 'defineValues a', 'no doc', DOC],
  [() => declare({ a: value.port({ doc: 5 } as never) }), 'defineValues a', 'doc: 5', DOC],
  [() => declare({ a: value.port({ doc: ' ' }) }), 'defineValues a', 'doc: " "', DOC],
  [
    () => declare({ a: value.port({ doc: '\ud800' }) }),
    'a doc',
    'half of a character (a lone surrogate)',
    /anew/,
  ],
  [() => declare({ parse: port }), 'defineValues', 'the name "parse"', /^This library uses the name/],
  [
    () => declare({ global: port }),
    'defineValues',
    'the name "global"',
    /^Helm shares what is under `global`/,
  ],
  [() => declare({ tags: { a: port } }), 'defineValues', 'the name "tags"', SWITCHES],
  [() => declare({ tags: { a: value.boolean({ doc }) } }), 'defineValues', 'the name "tags"', SWITCHES],
  [() => declare({ tags: { a: { b: flag } } }), 'defineValues', 'the name "tags"', SWITCHES],
  [() => declare({ tags: flag }), 'defineValues', 'the name "tags"', SWITCHES],
  [() => v.subchart?.(inner, { enabled: 'yes' }), 'value.subchart', 'enabled: "yes"', 'Give a boolean.'],
  [() => v.subchart?.(inner, { condition: 5 }), 'value.subchart', 'condition: 5', 'Name them.'],
  [() => v.subchart?.(inner, { condition: ['a', 5] }), 'value.subchart', 'condition: a list', 'Name them.'],
  [() => v.subchart?.(inner, { tags: 'a' }), 'value.subchart', 'tags: "a"', 'Name them in a list.'],
  [() => v.subchart?.(inner, { tags: ['a', 5] }), 'value.subchart', 'tags: a list', 'Name them in a list.'],
  [
    () => v.subchart?.(inner, { enabled: true }),
    'value.subchart',
    expectedOption(),
    /^Name the value in `condition`/,
  ],
  [
    () => v.subchart?.(inner, { values: { login: { password: 'x' } } }),
    'the values of value.subchart',
    'a value for the secret login.password',
    /^Name a Secret in login.existingSecret, or/,
  ],
  [() => declare({ global: v.subchart?.(undefined) }), 'defineValues', 'the name "global"', SUBCHART],
  [() => declare({ Back: v.subchart?.(undefined) }), 'defineValues', 'the name "Back"', SUBCHART],
  [
    () => declare({ g: { back: v.subchart?.(undefined) } }),
    'defineValues',
    'the name "g.back"',
    /^Helm looks for the values of subcharts at the top only/,
  ],
  [
    () => declare({ back: v.subchart?.(undefined, { condition: 'a.b' }) }),
    'value.subchart back',
    'the condition "a.b"',
    SWITCH,
  ],
  [
    () => declare({ flags: { on: flag }, back: v.subchart?.(undefined, { condition: 'flags.onn' }) }),
    'value.subchart back',
    'the condition "flags.onn"',
    'Did you mean flags.on?',
  ],
  [
    () => declare({ on: flag, back: v.subchart?.(undefined, { condition: 'on.more' }) }),
    'value.subchart back',
    'the condition "on.more"',
    SWITCH,
  ],
  [
    () => declare({ back: v.subchart?.(undefined, { condition: 'constructor' }) }),
    'value.subchart back',
    'the condition "constructor"',
    SWITCH,
  ],
  [
    () => declare({ tags: { web: flag }, back: v.subchart?.(undefined, { tags: ['wep'] }) }),
    'value.subchart back',
    'the tag "wep"',
    'Did you mean tags.web?',
  ],
  [
    () => declare({ back: v.subchart?.(undefined, { tags: ['web'] }) }),
    'value.subchart back',
    'the tag "web"',
    SWITCH,
  ],
  [
    () => defineValues({ l: value.secret({ doc, keys: { a: doc } }) }).l.key('b' as never),
    'secret l',
    'the key "b"',
    /^Declare the key in/,
  ],
])('%s is told at its place with what to do: %s, %s', (wrong, where, found, remedy) => {
  expect(wrong).toThrow(
    expect.objectContaining({
      where,
      found,
      remedy: expect.stringMatching(remedy instanceof RegExp ? remedy : new RegExp(`^${escaped(remedy)}$`)),
    }),
  );
});

function expectedOption(): string {
  return 'the option `enabled` for a chart that declares a value `enabled` itself';
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

test('what could be said instead is listed', () => {
  const expectedOf = (wrong: () => unknown): unknown => {
    try {
      return wrong();
    } catch (error) {
      return (error as { expected: string }).expected;
    }
  };
  expect(expectedOf(() => v.integer?.({ doc, zz: 1 }))).toBe('one of doc, default, optional, min, max');
  expect(expectedOf(() => v.number?.({ doc, min: '1' }))).toBe('a finite number');
  expect(expectedOf(() => v.integer?.({ doc, min: 0.5 }))).toBe(
    'a whole number that JavaScript holds exactly',
  );
  expect(expectedOf(() => v.string?.({ doc, minLength: -1 }))).toMatch(/holds exactly from 0$/);
  expect(expectedOf(() => v.number?.({ doc, min: 2, max: 1 }))).toBe('min of at most max');
  const flags = { a: flag, b: { c: flag, d: port } };
  expect(expectedOf(() => declare({ ...flags, x: v.subchart?.(undefined, { condition: 'z' }) }))).toBe(
    'one of a, b.c',
  );
  expect(expectedOf(() => declare({ tags: { a: flag }, x: v.subchart?.(undefined, { tags: ['z'] }) }))).toBe(
    'one of tags.a',
  );
});

test('all that is wrong with values is told in one error, a line each', () => {
  const wrong = () =>
    defineValues({ a: value.integer({ doc, default: 1.5 }), b: value.string({ doc, default: 5 as never }) });
  expect(wrong).toThrow(
    expect.objectContaining({
      code: 'VALUES_INVALID',
      where: 'defaults',
      found:
        '2 problems\n  a: found a number, expected a whole number\n  b: found a number, expected a text\n',
      expected: 'values as declared',
    }),
  );
  expect(() => inner.parse({ sizes: 1 } as never)).toThrow(
    expect.objectContaining({
      found:
        '1 problem\n  sizes: found a value that is not declared, expected a declared one. Did you mean size?\n',
    }),
  );
});
