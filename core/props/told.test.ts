import { type PropShape, prop } from '.';
import type { Requirement } from './requirement';

// What is said of a wrong prop, shape by shape: which prop, what was found, what belongs there, and what to do.

const NUMBER = 'Correct the number, or the value that it comes from.';
const PORT = { code: 'PORT_RANGE', expected: 'a whole number from 1 to 65535', remedy: NUMBER } as const;
const INTEGER = { expected: 'a whole number from 0 to 2147483647', remedy: NUMBER };
const NODE_PORT = {
  code: 'NODE_PORT_RANGE',
  expected: 'a whole number from 30000 to 32767',
  remedy: NUMBER,
} as const;
const LIST = {
  expected: 'a list of: a whole number from 1 to 65535',
  remedy: 'Write it in brackets: [...].',
};
const MAP = { expected: 'labels', remedy: 'Give an object with a text for each key.' };
const FORMS = { expected: 'one of two', remedy: 'Give an object with a, or with b.' };
const DATA = {
  expected: 'an object as Kubernetes writes it',
  remedy: 'See the Kubernetes API for its fields.',
};
const OBJECT = { expected: 'an object with a, abc', remedy: 'Give its props one by one.' };
const UNKNOWN = {
  code: 'PROP_UNKNOWN',
  found: 'a prop that is not known',
  expected: 'one of a, abc',
} as const;
const TEXT = { expected: 'a text that is not empty' };
const ONE_OF = { expected: 'one of a, b.c', remedy: 'Choose one of them.' };
const FLAG = {
  expected: 'true or false',
  remedy: 'Write true or false; what the construct is made of cannot depend on a value here.',
};

// Made anew in each test, so that what a test is asked about is made in it.
const shapes = () =>
  ({
    list: prop.list(prop.port()),
    full: prop.list(prop.port(), { minItems: 1 }),
    map: prop.map(prop.labelKey(), prop.labelValue(), 'labels'),
    kinds: prop.byKind(
      { text: prop.host(), number: prop.port(), list: prop.list(prop.port()), object: prop.data() },
      'any of four',
    ),
    forms: prop.forms(
      {
        a: prop.object<{ a: number }>({ a: prop.port().required() }),
        b: prop.object<{ b?: string }>({ b: prop.host() }),
      },
      'one of two',
    ),
    data: prop.data(),
    exactly: prop.exactly(false),
    custom: prop.custom((given) => given === 1, { expected: 'one', remedy: 'Write 1.' }),
    integer: prop.integer(),
    port: prop.port(),
    nodePort: prop.nodePort(),
    flag: prop.flag(),
    boolean: prop.boolean(),
    object: prop.object<{ a?: number; abc?: number }>({ a: prop.port(), abc: prop.port() }),
    text: prop.text(),
    anyText: prop.text({ minLength: 0 }),
    oneOf: prop.oneOf(['a', 'b.c']),
  }) satisfies Readonly<Record<string, PropShape>>;

test.each<[keyof ReturnType<typeof shapes>, given: unknown, told: Partial<Requirement>]>([
  ['list', 5, { ...LIST, found: 'a number, 5' }],
  ['list', 'x', { ...LIST, found: 'a text, "x"' }],
  ['list', { 0: 80 }, LIST],
  ['list', [80, 'x'], { ...PORT, prop: 'p[1]', found: 'a text, "x"' }],
  ['list', [null], { ...PORT, prop: 'p[0]', found: 'null', remedy: 'Leave it out instead.' }],
  ['list', [undefined], { code: 'PROP_MISSING', prop: 'p[0]', remedy: 'Add p[0]; it has no default.' }],
  [
    'full',
    [],
    { expected: 'a list with at least 1 of: a whole number from 1 to 65535', remedy: 'Add what is missing.' },
  ],
  ['map', 5, MAP],
  ['map', [], { ...MAP, found: 'a list, []' }],
  ['map', { 'a b': 'x' }, { code: 'LABEL_INVALID', prop: 'p.a b', found: 'a text, "a b"' }],
  ['map', { a: undefined }, { code: 'PROP_MISSING', prop: 'p.a', remedy: 'Add p.a; it has no default.' }],
  ['kinds', 'A', { expected: 'a host name in lower case, such as shop.example.com' }],
  ['kinds', 0, PORT],
  ['kinds', [0], { ...PORT, prop: 'p[0]' }],
  ['kinds', () => 1, { expected: 'any of four', found: 'a function', remedy: 'Give one of those.' }],
  ['kinds', true, { expected: 'any of four', found: 'a boolean, true' }],
  ['forms', 5, FORMS],
  ['forms', { c: 1 }, { ...FORMS, found: 'an object, {"c":1}' }],
  ['forms', { a: 'x' }, { ...PORT, prop: 'p.a' }],
  ['forms', { b: 'X' }, { prop: 'p.b' }],
  ['forms', { a: 80, b: 'h' }, { code: 'PROP_UNKNOWN', prop: 'p.b', remedy: 'Did you mean a?' }],
  ['data', 5, DATA],
  ['data', [], DATA],
  ['exactly', true, { expected: 'false', found: 'a boolean, true', remedy: 'Write false, or leave it out.' }],
  ['exactly', 0, { expected: 'false', found: 'a number, 0' }],
  ['custom', 2, { expected: 'one', remedy: 'Write 1.' }],
  ['integer', -1, { ...INTEGER, found: 'a number, -1' }],
  ['integer', 0.5, INTEGER],
  ['integer', 2 ** 31, INTEGER],
  ['integer', '1', { ...INTEGER, found: 'a text, "1"' }],
  ['port', 0, PORT],
  ['port', 65_536, PORT],
  ['nodePort', 29_999, NODE_PORT],
  ['nodePort', 32_768, NODE_PORT],
  ['flag', 'yes', { ...FLAG, found: 'a text, "yes"' }],
  ['flag', 1, FLAG],
  ['boolean', 'yes', { ...FLAG, remedy: 'Give true or false, or a value of that type.' }],
  ['object', 5, OBJECT],
  ['object', [], OBJECT],
  ['object', { ab: 1 }, { ...UNKNOWN, prop: 'p.ab', remedy: 'Did you mean a?' }],
  ['object', { zzzz: 1 }, { ...UNKNOWN, prop: 'p.zzzz', remedy: 'Remove it.' }],
  ['object', { a: 0 }, { ...PORT, prop: 'p.a' }],
  ['text', '', { ...TEXT, remedy: 'Correct the text.' }],
  ['text', 5, { ...TEXT, found: 'a number, 5', remedy: 'Write it in quotes.' }],
  ['text', true, { ...TEXT, found: 'a boolean, true', remedy: 'Write it in quotes.' }],
  ['text', {}, { ...TEXT, found: 'an object, {}', remedy: 'Correct the text.' }],
  ['anyText', [], { expected: 'a text', found: 'a list, []' }],
  ['oneOf', 'c', ONE_OF],
  ['oneOf', 'bxc', ONE_OF],
  ['oneOf', 'ab.c', ONE_OF],
])('%s refuses %j with all that is to be said', (name, given, told) => {
  const shape: PropShape = shapes()[name];
  expect(shape.requirements(given, 'p')).toEqual([
    {
      code: 'PROP_INVALID',
      prop: 'p',
      holds: false,
      found: expect.any(String),
      remedy: expect.stringMatching(/^[A-Z].*\.$/),
      expected: expect.stringMatching(/\S/),
      ...told,
    },
  ]);
});

test.each<[keyof ReturnType<typeof shapes>, readonly unknown[]]>([
  ['list', [undefined, [], [80, 1, 65_535]]],
  ['full', [[80]]],
  ['map', [{}, { a: '' }]],
  ['kinds', ['a.example', 80, [], {}]],
  ['forms', [{ a: 80 }, { b: 'h' }]],
  ['exactly', [false]],
  ['custom', [1]],
  ['integer', [0, 2 ** 31 - 1]],
  ['nodePort', [30_000, 32_767]],
  ['flag', [true, false]],
  ['object', [{}, { a: 1, abc: undefined }]],
  ['anyText', ['', 'x']],
  ['oneOf', ['a', 'b.c']],
])('%s takes what is right', (name, given) => {
  const shape: PropShape = shapes()[name];
  expect(given.flatMap((one) => shape.requirements(one, 'p'))).toEqual([]);
});

test('of what is given as props as a whole, each is told by its name alone', () => {
  expect(
    shapes()
      .object.requirements({ a: 0, zzzz: 1 }, '')
      .map((one) => one.prop),
  ).toEqual(['zzzz', 'a']);
});

test('what was given is told in short, and of what may be a secret only the kind', () => {
  const foundOf = (given: unknown, isSecret = false) =>
    prop.custom(() => false, { expected: 'x', remedy: 'X.', isSecret }).requirements(given, 'p')[0]?.found;
  expect(foundOf('x'.repeat(58))).toBe(`a text, "${'x'.repeat(58)}"`);
  expect(foundOf('x'.repeat(59))).toBe(`a text, "${'x'.repeat(56)}...`);
  expect([foundOf(10n), foundOf(Number.NaN), foundOf(Symbol('a'))]).toEqual([
    'a bigint, 10',
    'a number, NaN',
    'a symbol',
  ]);
  expect([foundOf({ a: 1 }, true), foundOf('hunter2', true), foundOf(5, true), foundOf(null, true)]).toEqual([
    'an object',
    'a text',
    'a number',
    'null',
  ]);
});

test('what cdk8s calls a token is asked for its value, and a method of that name in data is not', () => {
  class Token {
    constructor(private readonly value: unknown) {}
    resolve(): unknown {
      return this.value;
    }
  }
  expect(shapes().port.requirements(new Token(80), 'p')).toEqual([]);
  expect(shapes().port.requirements(new Token(0), 'p')[0]?.found).toBe('a number, 0');
  // One that comes to nothing is not there.
  expect(shapes().port.requirements(new Token(undefined), 'p')).toEqual([]);
  expect(shapes().port.required().requirements(new Token(undefined), 'p')[0]?.code).toBe('PROP_MISSING');
  expect(shapes().data.requirements({ resolve: () => 5 }, 'p')).toEqual([]);
});

test('what is switched off may hold anything, but lacks nothing and has nothing unknown', () => {
  type Scaling = { enabled?: boolean; min: number };
  const shape = prop.object<Scaling>(
    { enabled: prop.boolean(), min: prop.port().required() },
    { switchedBy: 'enabled' },
  );
  const codesOf = (given: object) => shape.requirements(given, 'p').map(({ code }) => code);
  expect(codesOf({ enabled: true, min: 0 })).toEqual(['PORT_RANGE']);
  expect(codesOf({ min: 0 })).toEqual(['PORT_RANGE']);
  expect(codesOf({ enabled: false, min: 0 })).toEqual([]);
  expect(codesOf({ enabled: false })).toEqual(['PROP_MISSING']);
  expect(codesOf({ enabled: false, min: 1, max: 2 })).toEqual(['PROP_UNKNOWN']);
});
