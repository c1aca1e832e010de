import type { JsonObject } from '../template';
import type { Dump } from './dump';
import { compareDumps } from './verify';

const dump = (objects: readonly JsonObject[], secrets: readonly string[] = []): Dump => ({
  charts: { shop: objects },
  runs: [],
  odd: {},
  secrets,
});
const config = (name: string | undefined, data: JsonObject, rest: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { ...(name === undefined ? { generateName: 'a-' } : { name }), ...rest },
  data,
});
const compared = (left: readonly JsonObject[], right: readonly JsonObject[], secrets?: readonly string[]) =>
  compareDumps(dump(left, secrets), dump(right));
const differenceOf = (left: JsonObject, right: JsonObject, secrets?: readonly string[]) =>
  compared([config('a', left)], [config('a', right)], secrets)[0]?.difference;

test('objects are compared by chart, kind, namespace and name, in whatever order they come', () => {
  const there = { namespace: 'there' };
  expect(
    compared(
      [config('a', { x: '1' }), config('b', {}), config('a', { x: '2' }, there)],
      [config('a', { x: '2' }, there), config('a', { x: '1' }), config('c', {})],
    ),
  ).toEqual([
    { object: 'shop: ConfigMap/a', outcome: 'equal' },
    { object: 'shop: ConfigMap/b', outcome: 'missing with literals' },
    { object: 'shop: ConfigMap/there/a', outcome: 'equal' },
    { object: 'shop: ConfigMap/c', outcome: 'missing with expressions' },
  ]);
});

test('a chart that only one side has is not passed over', () => {
  const one: Dump = { ...dump([]), charts: { left: [config('a', {})] } };
  const other: Dump = { ...dump([]), charts: { right: [config('a', {})] } };
  expect(compareDumps(one, other)).toEqual([
    { object: 'left: ConfigMap/a', outcome: 'missing with literals' },
    { object: 'right: ConfigMap/a', outcome: 'missing with expressions' },
  ]);
});

test('each of several objects that are called alike is compared: of two groups, or without a name yet', () => {
  const alike = (first: string) => [
    { ...config('a', { x: first }), apiVersion: 'example.com/v1' },
    config('a', {}),
    config(undefined, { x: first }),
    config(undefined, {}),
  ];
  expect(compared(alike('1'), alike('2'))).toEqual([
    expect.objectContaining({ object: 'shop: ConfigMap/a', outcome: 'differs' }),
    { object: 'shop: ConfigMap/a (2)', outcome: 'equal' },
    expect.objectContaining({ object: 'shop: ConfigMap/(no name)', outcome: 'differs' }),
    { object: 'shop: ConfigMap/(no name) (2)', outcome: 'equal' },
  ]);
});

test.each<[string, JsonObject, JsonObject, string]>([
  ['another text', { x: '1' }, { x: '2' }, 'data.x: "1" with expressions, "2" with literals'],
  ['a number and its text', { x: 1 }, { x: '1' }, 'data.x: 1 with expressions, "1" with literals'],
  ['what one side lacks', { x: '1' }, {}, 'data.x: "1" with expressions, nothing with literals'],
  ['what the other side lacks', {}, { x: null }, 'data.x: nothing with expressions, null with literals'],
  [
    'an entry of a list',
    { x: ['a', 'b'] },
    { x: ['a', 'c'] },
    'data.x.1: "b" with expressions, "c" with literals',
  ],
  [
    'a shorter list',
    { x: ['a', 'b'] },
    { x: ['a'] },
    'data.x.1: "b" with expressions, nothing with literals',
  ],
  [
    'a list and a map',
    { x: ['a'] },
    { x: { 0: 'a' } },
    'data.x: ["a"] with expressions, {"0":"a"} with literals',
  ],
  ['nothing and a map', { x: null }, { x: {} }, 'data.x: null with expressions, {} with literals'],
  ['the first of two places', { x: 1, y: 1 }, { y: 2, x: 2 }, 'data.x: 1 with expressions, 2 with literals'],
])('%s is told with its place and both sides', (_what, left, right, difference) => {
  expect(differenceOf(left, right)).toBe(difference);
});

test('keys in another order are no difference', () => {
  expect(compared([config('a', { x: { a: 1, b: [] } })], [config('a', { x: { b: [], a: 1 } })])).toEqual([
    { object: 'shop: ConfigMap/a', outcome: 'equal' },
  ]);
});

const HIDDEN = 'data.x: differs, and is not shown because it may hold a secret';

test.each<[string, JsonObject, JsonObject, string]>([
  ['in a text', { x: 'is hunter2!' }, { x: 'other' }, HIDDEN],
  ['on the other side', { x: 'other' }, { x: 'is hunter2!' }, HIDDEN],
  ['in base64', { x: Buffer.from('hunter2').toString('base64') }, { x: 'other' }, HIDDEN],
  ['deep in a value', { x: [{ y: 'hunter2' }] }, { x: 'other' }, HIDDEN],
  ['in a key of it', { x: { hunter2: 1 } }, { x: 'other' }, HIDDEN],
  ['in a number', { x: 31337 }, { x: 'other' }, HIDDEN],
  ['in the name of the place', { hunter2: 'a' }, { hunter2: 'b' }, 'at a place whose name holds a secret'],
])('a secret %s is not shown', (_what, left, right, told) => {
  expect(differenceOf(left, right, ['hunter2', '31337'])).toBe(told);
});

test('of a Secret no text is shown, whatever it is', () => {
  const secret = (text: string) => ({ ...config('a', { x: text }), kind: 'Secret' });
  expect(compared([secret('one')], [secret('two')])).toEqual([
    { object: 'shop: Secret/a', outcome: 'differs', difference: HIDDEN },
  ]);
});

test('the address of a construct path makes a difference only where something selects by it', () => {
  const address = 'cdk8s.io/metadata.addr';
  const labelled = (hash: string) => config('a', {}, { labels: { [address]: hash } });
  const selecting = (hash: string) => ({ ...labelled(hash), spec: { selector: { [address]: hash } } });
  expect(compared([labelled('x')], [labelled('y')])[0]?.outcome).toBe('equal');
  expect(compared([selecting('x')], [selecting('y')])[0]?.outcome).toBe('differs');
});
