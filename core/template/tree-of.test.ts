import { Expression } from './expression';
import { boundedMarker, cidrMarker, numberMarker, textMarker } from './marker';
import { carryNode, Loop, Node, Owner, type Tree } from './nodes';
import { holdsNode, metadataNameOf, usesLoopVariable, valuesReadBy, visitNodes } from './questions';
import type { Shape } from './shape';
import { concatenation, shapeOf, treeOf } from './tree-of';

const PLAIN: Shape = { type: 'string', text: 'plain' };
const ANY: Shape = { type: 'string', text: 'any' };
const INTEGER: Shape = { type: 'integer', min: 0, max: 9 };
const owner = new Owner('values', 1, '');
const node = (key: string, shape: Shape = PLAIN) =>
  new Node({ op: 'value', owner, path: [key], optional: false }, shape);
const word = node('word');
const count = node('count', INTEGER);
const parts = (...all: (string | Node)[]) => expect.objectContaining({ op: { op: 'concat', parts: all } });

test('an expression is its node, wherever it is; what is plain stays as it is', () => {
  const plain = { a: 1, b: [true, 'x', { c: null }], d: undefined };
  expect(treeOf(plain)).toEqual(plain);
  expect(treeOf({ a: [new Expression(word)], b: { c: new Expression(count) } })).toEqual({
    a: [word],
    b: { c: count },
  });
});

test('a stand-in alone in a text is its node, beside other text a text of both', () => {
  const marker = textMarker(word);
  expect(treeOf(marker)).toBe(word);
  expect(treeOf(`a ${marker}, b`)).toEqual(parts('a ', word, ', b'));
  expect(treeOf(`${marker}${marker}`)).toEqual(parts(word, word));
  expect(treeOf(`${marker}-${textMarker(node('other'))}`)).toEqual(parts(word, '-', node('other')));
});

test('what a value begins with belongs to its stand-in', () => {
  const marker = textMarker(word, '/');
  expect(treeOf(marker)).toBe(word);
  expect(treeOf(`a${marker}b`)).toEqual(parts('a', word, 'b'));
  expect(() => treeOf(marker.slice(1), 'here')).toThrow(
    expect.objectContaining({ code: 'VALUE_CHANGED', where: 'here' }),
  );
});

test('a number as a stand-in is its node alone, and a text in a text', () => {
  const marker = numberMarker(count);
  expect(treeOf(marker)).toBe(count);
  expect(treeOf(`${marker}`)).toEqual(parts(count));
  expect(treeOf(`port ${marker}!`)).toEqual(parts('port ', count, '!'));
  expect(() => treeOf(marker + 1, 'here')).toThrow(
    expect.objectContaining({
      code: 'VALUE_CHANGED',
      where: 'here',
      found: `the number ${marker + 1}, a stand-in that something calculated with`,
    }),
  );
  // Another value is not this one's number.
  expect(numberMarker(node('other', INTEGER))).not.toBe(marker);
  expect(numberMarker(count)).toBe(marker);
});

test('stand-ins that look like data are the value as a whole leaf, and data inside of one', () => {
  const bounded = boundedMarker(count, 1, 2000);
  const range = cidrMarker(word);
  expect([treeOf(bounded), treeOf(range)]).toEqual([count, word]);
  expect([treeOf(`${bounded}`), treeOf(`${range},`)]).toEqual([`${bounded}`, `${range},`]);
  expect(range).toMatch(/^198\.1[89]\.\d{1,3}\.\d{1,3}\/32$/);
  expect(boundedMarker(count, 1, 2000)).toBe(bounded);
  const others = Array.from({ length: 50 }, () => boundedMarker(node('x', INTEGER), 1, 2000));
  expect(new Set([bounded, ...others]).size).toBe(51);
  expect(Math.min(...others)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...others)).toBeLessThan(2000);
});

test('where no number is left for a bounded stand-in, that is said', () => {
  boundedMarker(node('first', INTEGER), 10_000, 10_002);
  expect(() => boundedMarker(node('second', INTEGER), 10_000, 10_002)).toThrow('between 10000 and 10002');
});

class Thing {}
class Token {
  constructor(private readonly value: unknown) {}
  resolve(): unknown {
    return this.value;
  }
}

test('what cdk8s calls a token is its value, and a field of that name is a field', () => {
  expect(treeOf([new Token(new Token({ a: new Expression(word) }))])).toEqual([{ a: word }]);
  expect(treeOf({ resolve: 'x' })).toEqual({ resolve: 'x' });
  expect(treeOf(Object.assign(Object.create(null), { a: 1 }))).toEqual({ a: 1 });
});

test.each<[unknown, found: string, where: string]>([
  [() => 1, 'function', 'here'],
  [Symbol('a'), 'symbol', 'here'],
  [1n, 'bigint', 'here'],
  [Number.NaN, 'NaN', 'here'],
  [{ a: Number.POSITIVE_INFINITY }, 'Infinity', 'here.a'],
  [{ a: [1, new Thing()] }, 'an object of class Thing', 'here.a[1]'],
  [new Map(), 'an object of class Map', 'here'],
  [
    { a: new Node({ op: 'splice', list: word }, PLAIN) },
    'an entry of a list that is not known yet',
    'here.a',
  ],
])('%p is no data, and is told by its place', (given, found, where) => {
  expect(() => treeOf(given, 'here')).toThrow(expect.objectContaining({ code: 'NOT_DATA', found, where }));
});

test('a value is no key', () => {
  expect(() => treeOf({ [`a-${textMarker(word)}`]: 1 }, 'here')).toThrow(
    expect.objectContaining({ code: 'KEY_IS_EXPRESSION', where: 'here' }),
  );
});

test('-0 is 0, for JSON has none', () => {
  expect(Object.is(treeOf(-0), 0)).toBe(true);
  expect(Object.is(treeOf([-0]) as Tree, -0)).toBe(false);
});

const spreadOf = (shape: Shape) => {
  const target = {};
  carryNode(target, node('spread', shape));
  return target;
};

test('a map that is spread into an object is merged into it; data that may be no map is refused', () => {
  const map: Shape = { type: 'map', values: PLAIN, keys: 'plain' };
  const tree = treeOf({ ...spreadOf(map), own: 1 }) as Node;
  expect(tree.op).toEqual({ op: 'merge', own: { own: 1 }, spreads: [node('spread', map)] });
  expect(tree.shape).toEqual({ type: 'map', values: ANY, keys: 'any' });
  expect(() => treeOf({ ...spreadOf({ type: 'raw' }), own: 1 }, 'here')).toThrow(
    expect.objectContaining({ code: 'WRONG_USE', where: 'here, a spread', expected: 'a map' }),
  );
});

test.each<[Tree, Shape]>([
  [word, PLAIN],
  ['a b', PLAIN],
  ['"', { type: 'string', text: 'quotable' }],
  ['<', ANY],
  [true, { type: 'boolean' }],
  [3, { type: 'integer', min: 3, max: 3 }],
  [0.5, { type: 'number' }],
  [2 ** 60, { type: 'number' }],
  [['a', '<'], { type: 'list', items: ANY }],
  [[1, 5, 3], { type: 'list', items: { type: 'integer', min: 1, max: 5 } }],
  [[], { type: 'raw' }],
  [{ a: 1 }, { type: 'raw' }],
  [null, { type: 'raw' }],
  [undefined, { type: 'raw' }],
])('what is known of %j is %j', (tree, shape) => expect(shapeOf(tree)).toEqual(shape));

test('a text of several parts holds the characters of all, and neighbours that are known are one', () => {
  expect(concatenation(['a', '"', word, count, 'b', 'c']).op).toEqual({
    op: 'concat',
    parts: ['a"', word, count, 'bc'],
  });
  expect(concatenation(['a', word, count]).shape).toEqual(PLAIN);
  expect(concatenation(['a"', word]).shape).toEqual({ type: 'string', text: 'quotable' });
  expect(concatenation([word, node('any', ANY)]).shape).toEqual(ANY);
});

describe('questions about a tree', () => {
  const loop = new Loop(PLAIN, PLAIN);
  const key = new Node({ op: 'key', loop }, PLAIN);
  const item = new Node({ op: 'item', loop, path: [], optional: false }, PLAIN);
  const flag = node('flag', { type: 'boolean' });
  const choice = new Node({ op: 'if', cond: flag, yes: { x: word }, no: ['a', count] }, { type: 'raw' });

  test('every value is found with the field that it reaches', () => {
    const tree = { spec: { list: ['a', { b: choice }], word }, plain: 1 };
    const read = valuesReadBy(tree).map(({ node: one, path }) => [
      one.op.op === 'value' && one.op.path[0],
      path.join('.'),
    ]);
    expect(read).toEqual([
      ['flag', 'spec.list.1.b'],
      ['word', 'spec.list.1.b.x'],
      ['count', 'spec.list.1.b.1'],
      ['word', 'spec.word'],
    ]);
  });

  test('outer nodes come before those that they are made of', () => {
    const seen: string[] = [];
    visitNodes([choice], ({ op }) => seen.push(op.op));
    expect(seen).toEqual(['if', 'value', 'value', 'value']);
  });

  test('a tree holds a node, and one of a loop, or neither', () => {
    const trees: readonly Tree[] = [
      word,
      [1, { a: word }],
      choice,
      key,
      { a: [item] },
      'x',
      [1],
      { a: {} },
      null,
    ];
    expect(trees.map(holdsNode)).toEqual([true, true, true, true, true, false, false, false, false]);
    const uses = [word, key, item, [{ a: key }], { b: [item] }, choice, 'x', { a: [1] }];
    expect(uses.map(usesLoopVariable)).toEqual([false, true, true, true, true, false, false, false]);
    const inside = new Node({ op: 'text', how: 'lower', arg: item }, PLAIN);
    expect(usesLoopVariable(new Node({ op: 'concat', parts: ['a', inside] }, PLAIN))).toBe(true);
  });

  test('the name of an object is what its metadata says', () => {
    expect(metadataNameOf({ metadata: { name: word } })).toBe(word);
    expect([metadataNameOf({ metadata: 'x' }), metadataNameOf({}), metadataNameOf('x')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
