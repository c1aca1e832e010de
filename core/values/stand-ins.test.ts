import { DrydockError, evaluate, type Inputs, NODE, type Tree, treeOf } from '../template';
import { defineValues, value } from './index';

const values = defineValues({
  tag: value.string({ default: 't', doc: 'd' }),
  count: value.integer({ default: 3, doc: 'd' }),
  flag: value.boolean({ default: true, doc: 'd' }),
  maybe: value.string({ optional: true, doc: 'd' }),
  labels: value.map(value.string({ doc: 'd' }), { default: {}, doc: 'd' }),
  list: value.list(value.string({ doc: 'd' }), { default: [], doc: 'd' }),
});

/** What a tree comes to when the values are these. */
function evaluated(tree: Tree, given: object) {
  const { op } = values.tag[NODE];
  if (op.op !== 'value') throw new Error('not a value');
  const inputs: Inputs = { values: new Map([[op.owner, values.parse(given)]]), builtins: {} as never };
  return evaluate(tree, inputs);
}

test('a stand-in in a text, alone or among others, becomes the value', () => {
  const tree = treeOf({
    a: `${values.tag}`,
    b: `x-${values.tag}:${values.count}-y`,
    c: values.tag.asString(),
  });
  expect(evaluated(tree, { tag: 'v', count: 1_000_000 })).toEqual({ a: 'v', b: 'x-v:1000000-y', c: 'v' });
});

test('a number alone in a text stays text', () => {
  expect(evaluated(treeOf({ a: `${values.count}`, b: values.count.asNumber() }), {})).toEqual({
    a: '3',
    b: 3,
  });
});

test('a number keeps its stand-in through units', () => {
  expect(evaluated(treeOf(`${values.count.asNumber()}Mi`), {})).toBe('3Mi');
});

test('a path and an address range look like what they stand for, and are recognised', () => {
  expect(values.tag.asPath()).toMatch(/^\//);
  expect(values.tag.asCidr()).toMatch(/^\d+\.\d+\.\d+\.\d+\/32$/);
  expect(
    evaluated(treeOf([values.tag.asPath(), `${values.tag.asPath()}/x`, values.tag.asCidr()]), { tag: '/p' }),
  ).toEqual(['/p', '/p/x', '/p']);
});

test('a bounded stand-in lies within its bounds, and two values have two', () => {
  const other = defineValues({ n: value.integer({ default: 1, doc: 'd' }) });
  const [a, b] = [values.count.asNumber({ max: 65_535 }), other.n.asNumber({ max: 65_535 })];
  expect([a, b].every((n) => n >= 1 && n <= 65_535)).toBe(true);
  expect(a).not.toBe(b);
  expect(evaluated(treeOf(a), {})).toBe(3);
});

const marker = values.tag.asString();
test.each([
  ['cut', marker.slice(0, -1)],
  ['cut at the front', marker.slice(2)],
  ['with one digit changed', marker.replace(/[0-9a-f](?=xq7z)/, (c) => (c === '0' ? '1' : '0'))],
  ['joined into another', `${marker.slice(0, 8)}${marker}`],
  ['plus one', values.count.asNumber() + 1],
  ['plus one, in a text', `${values.count.asNumber() + 1}m`],
])('a stand-in that was %s is refused', (_, damaged) => {
  expect(() => treeOf({ deep: [damaged] }, 'chart/object')).toThrow(
    expect.objectContaining({ code: 'VALUE_CHANGED', where: 'chart/object.deep[0]' }),
  );
});

test('no stand-in plus or times a small number is another stand-in', () => {
  const many = Array.from({ length: 300 }, (_, index) =>
    defineValues({ n: value.integer({ default: index, doc: 'd' }) }).n.asNumber(),
  );
  const known = new Set(many);
  const neighbours = many.flatMap((n) =>
    Array.from({ length: 1000 }, (_, k) => [n + k + 1, n - k - 1]).flat(),
  );
  expect(neighbours.filter((n) => known.has(n))).toEqual([]);
});

test.each([
  ['arithmetic', () => Number(values.count as never) + 1, 'WRONG_USE'],
  ['joining with +', () => `${(values.tag as never) + 'x'}`, 'WRONG_USE'],
  ['JSON.stringify', () => JSON.stringify({ a: values.tag }), 'WRONG_USE'],
  ['an optional value in a text', () => `${values.maybe}`, 'WRONG_USE'],
  ['a map in a text', () => `${values.labels}`, 'WRONG_USE'],
  ['a value as a key', () => treeOf({ [`${values.tag}`]: 1 }), 'KEY_IS_EXPRESSION'],
  ['a function', () => treeOf({ a: () => 1 }), 'NOT_DATA'],
  ['NaN', () => treeOf({ a: Number.NaN }), 'NOT_DATA'],
  ['an object of a class', () => treeOf({ a: new Date(0) }), 'NOT_DATA'],
])('%s is refused with a code', (_, use, code) => {
  expect(use).toThrow(expect.objectContaining({ code }));
});

test('awaiting an expression is an error, not a wait for ever', async () => {
  await expect((async () => await (values.flag as never))()).rejects.toBeInstanceOf(DrydockError);
});

test('a map spreads into an object, a list into a list', () => {
  const tree = treeOf({ labels: { own: '1', ...values.labels }, list: ['first', ...values.list, 'last'] });
  expect(evaluated(tree, { labels: { own: 'theirs', b: '2' }, list: ['x', 'y'] })).toEqual({
    labels: { own: '1', b: '2' },
    list: ['first', 'x', 'y', 'last'],
  });
});

test('two maps spread into one object both arrive', () => {
  const more = defineValues({ m: value.map(value.string({ doc: 'd' }), { default: {}, doc: 'd' }) });
  const tree = treeOf({ ...values.labels, ...more.m });
  expect(tree).toMatchObject({ op: { op: 'merge', spreads: [values.labels[NODE], more.m[NODE]] } });
});
