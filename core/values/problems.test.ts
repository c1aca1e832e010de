import type { Json } from '../template';
import { type Problem, problemsOf } from './problems';
import type { Schema } from './schema';

const NAMES: Schema = {
  type: 'object',
  properties: {
    image: {
      type: 'object',
      properties: { tag: { type: 'string' }, port: { type: 'integer' } },
      required: ['tag'],
      additionalProperties: false,
    },
    hosts: { type: 'array', items: { type: 'string', minLength: 2 } },
    labels: {
      type: 'object',
      propertyNames: { pattern: '^[a-z.]+$' },
      additionalProperties: { type: 'string' },
    },
  },
  required: ['image'],
  additionalProperties: false,
};

test.each<[Schema, Json | undefined, string, string]>([
  [{ type: 'string' }, 1, 'a number', 'a text'],
  [{ type: 'string' }, null, 'null', 'a text'],
  [{ type: 'string' }, undefined, 'nothing', 'a text'],
  [{ type: 'integer' }, 1.5, 'a number', 'a whole number'],
  [{ type: 'integer' }, '12', 'a text of 2 characters', 'a whole number'],
  [{ type: 'number' }, true, 'a boolean', 'a number'],
  [{ type: 'boolean' }, 'true', 'a text of 4 characters', 'true or false'],
  [{ type: 'array' }, { a: 1 }, 'a map', 'a list'],
  [{ type: 'object' }, [1, 2], 'a list of 2', 'a map'],
  [{ type: ['string', 'integer'] }, [], 'a list of 0', 'a text or a whole number'],
  [{ type: ['string', 'number', 'boolean'] }, null, 'null', 'a text, a number or true or false'],
  [{ enum: ['a', 1] }, 'b', 'a text of 1 characters', 'one of "a", 1'],
  [{ enum: ['1'] }, 1, 'a number', 'one of "1"'],
  [{ type: 'string', minLength: 2 }, '😀', '1 characters', 'at least 2'],
  [{ type: 'string', maxLength: 2 }, 'abc', '3 characters', 'at most 2'],
  [{ type: 'string', pattern: '^[a-z]+$' }, 'A', 'a text of 1 characters', 'a text like ^[a-z]+$'],
  [{ type: 'string' }, '\ud83d', 'half of a character (a lone surrogate)', 'text that a file can hold'],
  [{ type: 'number', minimum: 1 }, 0, 'a number that is too low', 'a number from 1 to ...'],
  [{ type: 'number', maximum: 1 }, 2, 'a number that is too high', 'a number from ... to 1'],
  [{ type: 'integer', minimum: 1, maximum: 3 }, 4, 'a number that is too high', 'a number from 1 to 3'],
  [{ type: 'array', minItems: 1 }, [], '0 entries', 'at least 1'],
  [{ type: 'array', maxItems: 1 }, [1, 2], '2 entries', 'at most 1'],
])('of %j, %j is found as it is, and what was expected is said', (schema, value, found, expected) =>
  expect(problemsOf(schema, value, 'here')).toEqual([
    expect.objectContaining({ path: 'here', found, expected }),
  ]),
);

test.each<[Schema, Json]>([
  [{ type: 'string', minLength: 1, maxLength: 1 }, '😀'],
  [{ type: 'string', pattern: '^[a-z]+$' }, 'a'],
  [{ type: 'string' }, ''],
  [{ type: 'number', minimum: 1, maximum: 1 }, 1],
  [{ type: 'integer' }, 2.0],
  [{ type: 'array', minItems: 1, maxItems: 1 }, [null]],
  [{ type: ['string', 'integer'] }, 1],
  [{ enum: ['a', 1, true] }, true],
  [{}, null],
  [NAMES, { image: { tag: 'x', port: 1 }, hosts: ['ab'], labels: { 'a.b': 'c' } }],
])('of %j, %j is right', (schema, value) => expect(problemsOf(schema, value)).toEqual([]));

const of = (value: Json): [path: string, found: string, remedy: string | undefined][] =>
  problemsOf(NAMES, value).map(({ path, found, remedy }: Problem) => [path, found, remedy]);

test('every problem is told by its path, at any depth, and what is missing by its whole path', () => {
  expect(of({ image: { port: 'x' }, hosts: ['ab', 'c', 'd'], labels: { a: 1 } })).toEqual([
    ['image.tag', 'nothing', 'Set image.tag.'],
    ['image.port', 'a text of 1 characters', undefined],
    ['hosts[1]', '1 characters', undefined],
    ['hosts[2]', '1 characters', undefined],
    ['labels.a', 'a number', undefined],
  ]);
  expect(of({})).toEqual([['image', 'nothing', 'Set image.']]);
});

test('a value that is not declared is told with the nearest name, or with those that are known', () => {
  const image = { tag: 'x' };
  expect(of({ image, imgae: 1 })).toEqual([['imgae', 'a value that is not declared', 'Did you mean image?']]);
  expect(of({ image: { ...image, zzzzzzz: 1 } })).toEqual([
    ['image.zzzzzzz', 'a value that is not declared', 'Known here: tag, port.'],
  ]);
  const none: Schema = { type: 'object', properties: {}, additionalProperties: false };
  expect(problemsOf(none, { a: 1 })).toMatchObject([{ path: 'a', remedy: undefined }]);
});

test('names that every object of JavaScript has are names like others', () => {
  const given = JSON.parse('{"image": {"tag": "x"}, "constructor": 1, "__proto__": 2}');
  expect(of(given).map(([path, found]) => [path, found])).toEqual([
    ['constructor', 'a value that is not declared'],
    ['(a key of 9 characters)', 'a value that is not declared'],
  ]);
  expect(problemsOf({ type: 'object', required: ['toString'] }, {})).toMatchObject([{ path: 'toString' }]);
});

test('the names in a map are held against their pattern, beside their values', () => {
  expect(of({ image: { tag: 'x' }, labels: { A: 1 } })).toEqual([
    ['labels.A (its name)', 'a text of 1 characters', undefined],
    ['labels.A', 'a number', undefined],
  ]);
});

test('a choice that is nearly one of the list is told which', () => {
  expect(problemsOf({ enum: ['Always', 'Never'] }, 'Alway')).toMatchObject([
    { remedy: 'Did you mean "Always"?' },
  ]);
  expect(problemsOf({ enum: ['Always', 'Never'] }, 'zzzzzz')[0]).not.toHaveProperty('remedy');
});

test('all of several schemas are asked, and the whole only where each of them is met', () => {
  const schema: Schema = {
    type: 'string',
    minLength: 5,
    allOf: [{ pattern: '^a' + '[a-z]*$' }, { maxLength: 9 }],
  };
  expect(problemsOf(schema, 'b')).toMatchObject([{ expected: 'a text like ^a[a-z]*$' }]);
  expect(problemsOf(schema, 'a')).toMatchObject([{ expected: 'at least 5' }]);
  expect(problemsOf(schema, 'abcde')).toEqual([]);
});

test('a key that may be a secret is never shown, nor one that is no name', () => {
  const secret: Schema = {
    type: 'object',
    properties: { TOKEN: { type: 'string', writeOnly: true } },
    additionalProperties: false,
  };
  expect(problemsOf(secret, { hunter2: 'x' }, 'keys')).toMatchObject([
    { path: 'keys.(a key of 7 characters)' },
  ]);
  const open: Schema = { type: 'object', additionalProperties: false };
  const shown = (key: string) => problemsOf(open, { [key]: 1 })[0]?.path;
  expect([
    shown('a-b_c./d'),
    shown('a b'),
    shown('-a'),
    shown('a'.repeat(63)),
    shown('a'.repeat(64)),
  ]).toEqual([
    'a-b_c./d',
    '(a key of 3 characters)',
    '(a key of 2 characters)',
    'a'.repeat(63),
    '(a key of 64 characters)',
  ]);
});

test('what is no data is no map', () => {
  const map: Schema = { type: 'object' };
  expect(problemsOf(map, Object.create(null) as Json)).toEqual([]);
  expect(problemsOf(map, new Date() as unknown as Json)).toMatchObject([{ expected: 'a map' }]);
  expect(problemsOf({ type: 'number' }, Number.NaN)).toMatchObject([{ expected: 'a number' }]);
});
