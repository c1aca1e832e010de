import fc from 'fast-check';
import { decode, encode } from './encoding';
import { evaluate, type Inputs } from './evaluate';
import { jsonText } from './json-text';
import { type Comparison, isNode, type Json, Loop, Node, type Op, Owner, type Tree } from './nodes';
import { ANY_TEXT, BOOLEAN, PLAIN_STRING, SAFE_INTEGER, type Shape } from './shape';

const install = new Owner('install', 0, '');
const run = new Owner('run', 1, '');
const names = new Map([[run, 'run']]);
const owners = new Map([['run', run]]);
const NOTHING = {} as Inputs['builtins'];

const STRINGS: Shape = { type: 'list', items: ANY_TEXT };
const MAP: Shape = { type: 'map', values: ANY_TEXT, keys: 'any' };
const node = (op: Op, shape: Shape) => new Node(op, shape);
const declared = (owner: Owner, key: string, shape: Shape, optional = false) =>
  node({ op: 'value', owner, path: [key], optional }, shape);

/** Every value of the two owners; those of `install` are filled in, those of `run` stay nodes. */
const leaf = {
  text: [declared(install, 'text', PLAIN_STRING), declared(run, 'text', ANY_TEXT)],
  number: [declared(install, 'number', SAFE_INTEGER), declared(run, 'number', SAFE_INTEGER)],
  flag: [declared(install, 'flag', BOOLEAN), declared(run, 'flag', BOOLEAN)],
  maybe: [declared(install, 'maybe', PLAIN_STRING, true), declared(run, 'maybe', ANY_TEXT, true)],
  list: [declared(run, 'list', STRINGS)],
  map: [declared(run, 'map', MAP)],
};

const text = fc.oneof(fc.string(), fc.constantFrom('$drydock', '__proto__', '"', '\\', '{{', '\u2028', '<'));
const plainText = fc.stringMatching(/^[A-Za-z0-9 _./&>-]{0,8}$/);
const given = (values: fc.Arbitrary<string>) =>
  fc.record(
    {
      text: values,
      number: fc.maxSafeInteger(),
      flag: fc.boolean(),
      maybe: values,
      list: fc.array(values, { maxLength: 3 }),
      map: fc.dictionary(text, values, { maxKeys: 3 }),
    },
    { requiredKeys: ['text', 'number', 'flag', 'list', 'map'] },
  );

const loop = new Loop(ANY_TEXT, ANY_TEXT);
const picked = new Loop(ANY_TEXT, ANY_TEXT);
const comparisons: readonly Comparison[] = ['eq', 'ne', 'lt', 'ge'];

const { tree } = fc.letrec<{ flag: Node; scalar: Node; tree: Tree }>((tie) => ({
  flag: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...leaf.flag),
    tie('flag').map((arg) => node({ op: 'not', arg }, BOOLEAN)),
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), tie('flag'), tie('flag'))
      .map(([op, ...args]) => node({ op, args }, BOOLEAN)),
    fc.constantFrom(...leaf.maybe).map((arg) => node({ op: 'isSet', arg }, BOOLEAN)),
    fc.constantFrom(...leaf.list, ...leaf.map).map((arg) => node({ op: 'isEmpty', arg }, BOOLEAN)),
    fc
      .tuple(fc.constantFrom(...comparisons), fc.constantFrom(...leaf.number), fc.maxSafeInteger())
      .map(([how, left, right]) => node({ op: 'compare', how, left, right }, BOOLEAN)),
  ),
  scalar: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...leaf.text),
    fc
      .array(fc.oneof(text, fc.constantFrom(...leaf.text, ...leaf.number, ...leaf.flag)), { minLength: 1 })
      .filter((parts) =>
        parts.some((part) => isNode(part) && part.op.op === 'value' && part.op.owner === run),
      )
      .map((parts) => node({ op: 'concat', parts }, ANY_TEXT)),
    fc
      .tuple(fc.constantFrom(...leaf.maybe), plainText)
      .map(([arg, fallback]) => node({ op: 'orElse', arg, fallback }, arg.shape)),
    fc
      .tuple(fc.constantFrom('sha256sum' as const, 'b64enc' as const, 'verbatim' as const), tie('scalar'))
      .map(([how, arg]) =>
        node({ op: 'text', how, arg }, { type: 'string', text: how === 'verbatim' ? 'any' : 'plain' }),
      ),
    fc.constantFrom(...leaf.list).map((list) => node({ op: 'join', list, separator: ',' }, ANY_TEXT)),
    fc
      .tuple(text, tie('scalar'))
      .map(([key, entry]) => node({ op: 'fragment', name: 'a.helper', body: { [key]: entry } }, MAP))
      .map((arg) => node({ op: 'json', arg }, ANY_TEXT)),
  ),
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(text, fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean()),
    fc.constantFrom<Tree>(null, undefined, ...leaf.maybe, ...leaf.list, ...leaf.map, ...leaf.number),
    tie('flag'),
    tie('scalar'),
    tie('scalar').map((arg) => node({ op: 'length', arg }, SAFE_INTEGER)),
    tie('scalar').map((arg) => node({ op: 'milliCpu', arg }, SAFE_INTEGER)),
    tie('scalar').map((arg) => node({ op: 'bytes', arg }, { type: 'number' })),
    fc.constantFrom(...leaf.list).map((list) => node({ op: 'first', list }, ANY_TEXT)),
    fc.constantFrom(...leaf.map).map((map) => node({ op: 'keys', map }, STRINGS)),
    fc
      .tuple(fc.constantFrom('filter' as const, 'some' as const), fc.constantFrom(...leaf.list), text)
      .map(([op, over, right]) => {
        const cond = node({ op: 'compare', how: 'ne', left: pickedItem(), right }, BOOLEAN);
        return node({ op, over, loop: picked, cond }, op === 'some' ? BOOLEAN : STRINGS);
      }),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(text, tie('tree'), { maxKeys: 3 }),
    fc
      .tuple(tie('scalar'), tie('scalar'), tie('flag'))
      .map(([yes, no, cond]) => node({ op: 'if', cond, yes, no }, joinedText(yes, no))),
    tie('flag').map((cond) => node({ op: 'if', cond, yes: 'only', no: undefined }, PLAIN_STRING)),
    tie('tree').map((body) => [node({ op: 'compact', body: [body, leaf.map[0]] }, { type: 'raw' })]),
    fc.constantFrom(...leaf.list).map((list) => ['before', node({ op: 'splice', list }, list.shape)]),
    fc
      .tuple(fc.dictionary(text, tie('tree'), { maxKeys: 2 }), fc.constantFrom(...leaf.map))
      .map(([own, spread]) => node({ op: 'merge', own, spreads: [spread] }, MAP)),
    tie('tree').map((entry) =>
      node(
        { op: 'range', over: leaf.map[0] as Node, loop, body: { key: keyOf(), item: itemOf(), entry } },
        STRINGS,
      ),
    ),
    tie('tree').map((body) => ({
      helper: node({ op: 'fragment', name: 'a.helper', body: [body, leaf.list[0]] }, MAP),
    })),
  ),
}));

const pickedItem = () => node({ op: 'item', loop: picked, path: [], optional: false }, ANY_TEXT);
const keyOf = () => node({ op: 'key', loop }, ANY_TEXT);
const itemOf = () => node({ op: 'item', loop, path: [], optional: false }, ANY_TEXT);
const joinedText = (a: Node, b: Node): Shape =>
  [a, b].every(({ shape }) => shape.type === 'string' && shape.text === 'plain')
    ? PLAIN_STRING
    : { type: 'raw' };

/** Not every tree can be written: a choice of install values alone that may hold a quote cannot. */
function written(anyTree: Tree): Node | string | undefined {
  try {
    return jsonText(encode(anyTree, names), 'the tree');
  } catch (error) {
    expect(error).toMatchObject({ code: 'TEMPLATE_VALUE' });
    return undefined;
  }
}

describe('a tree written as JSON', () => {
  test('means the same to every reader, for any values of the two owners', () => {
    let writtenCount = 0;
    const both = fc.property(tree, given(plainText), given(text), (anyTree, installed, ran) => {
      const json = written(anyTree);
      if (json === undefined) return;
      writtenCount++;
      const here = inputs([install, installed], [run, ran]);
      const filledIn = evaluate(json, inputs([install, installed])) as string;
      const read = decode(JSON.parse(filledIn) as Json, owners);
      expect(evaluate(read, inputs([run, ran]))).toEqual(evaluate(anyTree, here));
    });
    fc.assert(both, { numRuns: 3000, seed: 8 });
    expect(writtenCount).toBeGreaterThan(2000);
  });

  test('is the same JSON when what was read is written again', () => {
    const again = fc.property(tree, given(plainText), (anyTree, installed) => {
      const json = written(anyTree);
      if (json === undefined) return;
      const once = evaluate(json, inputs([install, installed])) as string;
      const read = decode(JSON.parse(once) as Json, owners);
      expect(evaluate(jsonText(encode(read, names), 'again'), inputs())).toBe(once);
    });
    fc.assert(again, { numRuns: 1000, seed: 8 });
  });
});

function inputs(...given: readonly (readonly [Owner, Json])[]): Inputs {
  return { values: new Map(given) as Inputs['values'], builtins: NOTHING };
}

test('a value that can hold a quote is not filled in', () => {
  const open = { image: declared(install, 'text', ANY_TEXT) };
  expect(() => jsonText(encode(open, names), 'job')).toThrow(
    expect.objectContaining({ code: 'TEMPLATE_VALUE', where: 'job.image' }),
  );
});

test.each([
  ['an unknown operation', { $drydock: ['launch', 1] }],
  ['no operation', { $drydock: 'value' }],
  ['a key beside the node', { $drydock: ['not', true], more: 1 }],
  ['values of somebody else', { $drydock: ['value', 'install', ['a'], false] }],
  ['a loop without a number', { $drydock: ['key', 'first'] }],
])('%s is refused', (_, json) => {
  expect(() => decode(json as Json, owners)).toThrow(expect.objectContaining({ code: 'TEMPLATE_TEXT' }));
});
