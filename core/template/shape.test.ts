import type { Json } from './nodes';
import {
  alphabetOf,
  hasDefaults,
  isNumeric,
  isScalar,
  joinShapes,
  type Shape,
  widerAlphabet,
  withDefaults,
} from './shape';

// A shape that claims too much is a wrong chart: what is joined claims no more than both.

const text = (alphabet: 'plain' | 'quotable' | 'any'): Shape => ({ type: 'string', text: alphabet });
const BOOLEAN: Shape = { type: 'boolean' };
const NUMBER: Shape = { type: 'number' };
const RAW: Shape = { type: 'raw' };
const integer = (min: number, max: number): Shape => ({ type: 'integer', min, max });
const list = (items: Shape): Shape => ({ type: 'list', items });
const map: Shape = { type: 'map', values: BOOLEAN, keys: 'plain' };

test.each<[Shape, Shape, Shape]>([
  [text('plain'), text('plain'), text('plain')],
  [text('plain'), text('quotable'), text('quotable')],
  [text('any'), text('plain'), text('any')],
  [integer(1, 3), integer(2, 5), integer(1, 5)],
  [integer(-9, 0), integer(-1, -1), integer(-9, 0)],
  [integer(1, 3), NUMBER, NUMBER],
  [NUMBER, NUMBER, NUMBER],
  [BOOLEAN, BOOLEAN, BOOLEAN],
  [list(text('plain')), list(text('any')), list(text('any'))],
  [list(integer(1, 2)), list(BOOLEAN), list(RAW)],
  [text('plain'), BOOLEAN, RAW],
  [text('plain'), integer(1, 2), RAW],
  [BOOLEAN, NUMBER, RAW],
  [list(BOOLEAN), BOOLEAN, RAW],
  [map, map, RAW],
  [RAW, RAW, RAW],
])('of %j or %j, what is known is %j', (a, b, joined) => {
  expect(joinShapes(a, b)).toEqual(joined);
  expect(joinShapes(b, a)).toEqual(joined);
});

test('a text of both holds the characters of both, and no pattern or choice of one of them', () => {
  const choice: Shape = { type: 'string', text: 'plain', choices: ['a'], pattern: '^a$' };
  expect(joinShapes(choice, choice)).toEqual(text('plain'));
});

test.each([
  ['', 'plain'],
  ["A-z_.,:;/@+=~^!?()[]|*&$%#'> 0", 'plain'],
  ['"', 'quotable'],
  ['\\', 'quotable'],
  ['{', 'quotable'],
  ['`', 'quotable'],
  ['é', 'quotable'],
  ['a\n', 'quotable'],
  ['<', 'any'],
  ['é<', 'any'],
])('%j is %s text', (given, alphabet) => expect(alphabetOf(given)).toBe(alphabet));

test('the wider alphabet is the one that holds the other', () => {
  const all = ['plain', 'quotable', 'any'] as const;
  for (const [at, one] of all.entries())
    for (const [other, two] of all.entries()) expect(widerAlphabet(one, two)).toBe(all[Math.max(at, other)]);
});

test('what is a number, and what fits on a line', () => {
  const shapes = [text('any'), integer(0, 1), NUMBER, BOOLEAN, list(BOOLEAN), map, RAW];
  expect(shapes.map(isNumeric)).toEqual([false, true, true, false, false, false, false]);
  expect(shapes.map(isScalar)).toEqual([true, true, true, true, false, false, false]);
});

const field = (shape: Shape, given?: Json) => ({ shape, optional: given === undefined, default: given });
const PORT: Shape = { type: 'object', fields: { name: field(text('any')), port: field(integer(1, 9), 8) } };
const BARE: Shape = { type: 'object', fields: { name: field(text('any')) } };
const NESTED: Shape = { type: 'object', fields: { port: field(PORT), raw: field(RAW) } };
const mapOf = (values: Shape): Shape => ({ type: 'map', values, keys: 'any' });

test.each<[shape: Shape, has: boolean, given: Json, filled: Json]>([
  [PORT, true, { name: 'a' }, { name: 'a', port: 8 }],
  [PORT, true, { port: 1, more: 2 }, { port: 1, more: 2 }],
  [PORT, true, { port: null }, { port: null }],
  [BARE, false, { name: 'a' }, { name: 'a' }],
  [list(PORT), true, [{}, { port: 2 }], [{ port: 8 }, { port: 2 }]],
  [mapOf(PORT), true, { a: {}, b: { port: 2 } }, { a: { port: 8 }, b: { port: 2 } }],
  [NESTED, true, { port: {}, raw: { port: {} } }, { port: { port: 8 }, raw: { port: {} } }],
  [NESTED, true, {}, {}],
  [mapOf(list(NESTED)), true, { a: [{ port: {} }] }, { a: [{ port: { port: 8 } }] }],
  [list(BARE), false, [{}], [{}]],
  [mapOf(text('any')), false, { a: 'x' }, { a: 'x' }],
  // What is no object is told elsewhere, and left as it is.
  [PORT, true, null, null],
  [PORT, true, 'x', 'x'],
])('%j is filled in: %p, of %j is made %j', (shape, has, given, filled) => {
  expect(hasDefaults(shape)).toBe(has);
  expect(withDefaults(given, shape)).toEqual(filled);
});

test('a field that is called as every object has one is filled in like any other', () => {
  const shape: Shape = { type: 'object', fields: { constructor: field(text('any'), 'x') } };
  expect(withDefaults({}, shape)).toEqual({ constructor: 'x' });
  expect(withDefaults({ toString: { a: 1 } }, PORT)).toEqual({ toString: { a: 1 }, port: 8 });
});
