import { evaluate, type Inputs } from './evaluate';
import { Expression } from './expression';
import { jsonText } from './json-text';
import { isNode, type JsonObject, Loop, Node, Owner } from './nodes';
import type { Shape } from './shape';
import { treeOf } from './tree-of';

const owner = new Owner('values', 1, '');
const value = <T>(key: string, shape: Shape, optional = false) =>
  new Expression<T>(new Node({ op: 'value', owner, path: [key], optional }, shape));
const PLAIN: Shape = { type: 'string', text: 'plain' };

const v = {
  flag: value<boolean>('flag', { type: 'boolean' }),
  count: value<number>('count', { type: 'integer', min: 0, max: 9 }),
  ratio: value<number>('ratio', { type: 'number' }),
  word: value<string>('word', PLAIN),
  maybe: value<string | undefined>('maybe', PLAIN, true),
  any: value<string>('any', { type: 'string', text: 'any' }),
  quotable: value<string>('quotable', { type: 'string', text: 'quotable' }),
  names: value<readonly string[]>('names', { type: 'list', items: PLAIN }),
};

const SETS: readonly [JsonObject, JsonObject] = [
  { flag: true, count: 3, ratio: 0.5, word: 'web', maybe: 'there' },
  { flag: false, count: 0, ratio: -1, word: '' },
];
const inputsOf = (values: JsonObject): Inputs => ({
  values: new Map([[owner, values]]),
  builtins: {} as Inputs['builtins'],
});

test.each<[string, unknown]>([
  ['what is known', { a: 1, z: 1e21, m: -0, b: [true, 'x "y"', { c: 0.5 }], d: {}, e: [] }],
  ['values of each type', { a: v.flag, b: v.count, c: v.ratio, d: v.word }],
  ['values in lists', [v.word, v.count, [v.flag], 'x']],
  ['a fallback', { a: v.maybe.orElse('none'), b: v.maybe.orElse(v.word) }],
  ['a choice', { a: v.flag.then('x', v.word), b: v.flag.then(v.count, 7) }],
])('with %s, the text is the JSON of what is meant', (_what, tree) => {
  const made = jsonText(treeOf(tree), 'here');
  for (const values of SETS) {
    const inputs = inputsOf(values);
    const text = isNode(made) ? evaluate(made, inputs) : made;
    expect(JSON.parse(text as string)).toEqual(evaluate(treeOf(tree), inputs));
  }
});

test('what is known already is a text already', () => {
  expect(jsonText(treeOf({ a: [1, 'x'], b: { c: null } }), 'here')).toBe('{"a":[1,"x"],"b":{"c":null}}');
});

test('what is not there is null, for beside a spread map it hides that map’s own', () => {
  const textFor = (tree: unknown, values: JsonObject) => {
    const made = jsonText(treeOf(tree), 'here');
    return isNode(made) ? evaluate(made, inputsOf(values)) : made;
  };
  const [there, missing] = SETS;
  expect(textFor({ a: v.maybe, b: 1 }, there)).toBe('{"a":"there","b":1}');
  expect(textFor({ a: v.maybe, b: 1 }, missing)).toBe('{"a":null,"b":1}');
  expect(textFor([v.flag.then('x')], there)).toBe('["x"]');
  expect(textFor([v.flag.then('x')], missing)).toBe('[null]');
  expect(textFor({ a: v.maybe.orElse(v.flag.then('y') as never) }, missing)).toBe('{"a":null}');
});

test.each<[string, unknown, string, string]>([
  ['any text', { a: v.any }, 'here.a', 'a value that can hold any text'],
  ['a text with quotes', { a: [v.quotable] }, 'here.a[0]', 'a value that can hold any text'],
  ['a list', { a: { b: v.names } }, 'here.a.b', 'a value of type list'],
])('%s cannot be filled in, and is told by its place', (_what, tree, where, found) => {
  expect(() => jsonText(treeOf(tree), 'here')).toThrow(
    expect.objectContaining({ code: 'TEMPLATE_VALUE', where, found }),
  );
});

test('a field of an entry that is not there is null too', () => {
  const loop = new Loop({ type: 'raw' });
  const port = new Node(
    { op: 'item', loop, path: ['port'], optional: true },
    { type: 'integer', min: 0, max: 9 },
  );
  const made = jsonText({ port }, 'here') as Node;
  const textFor = (item: JsonObject) => evaluate(made, inputsOf({}), new Map([[loop, { item }]]));
  expect([textFor({ port: 5 }), textFor({})]).toEqual(['{"port":5}', '{"port":null}']);
});
