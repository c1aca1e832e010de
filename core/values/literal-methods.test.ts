import { evaluate, type Inputs, type JsonObject, type Shape, type Tree, treeOf } from '../template';
import { defineValues, value } from '.';
import { definitionOf } from './definition';
import { groupValues, literalLeaves } from './groups';
import { installLiteralMethods } from './literal-methods';

// With literals in the place of values a program reads what JavaScript has, by the methods that expressions have: each has
// to come to what the expression comes to. (The prototypes of this file's own realm are extended here.)
installLiteralMethods();

const doc = 'd';
const declared = {
  flag: value.boolean({ default: true, doc }),
  off: value.boolean({ default: false, doc }),
  count: value.integer({ default: 3, doc }),
  word: value.dnsName({ default: 'web-1', doc }),
  version: value.string({ default: '1.2+a', pattern: '^[0-9a-z.+]+$', doc }),
  any: value.string({ default: 'ü<"$', doc }),
  path: value.string({ default: '/data', pattern: '^/[a-z]*$', doc }),
  long: value.dnsName({ default: 'a-very-long-name-of-a-service', doc }),
  mode: value.oneOf(['a', 'b'], { default: 'b', doc }),
  maybe: value.string({ optional: true, doc }),
  given: value.string({ optional: true, doc }),
  names: value.list(value.dnsName({ doc }), { default: ['b', 'a'], doc }),
  none: value.list(value.dnsName({ doc }), { default: [], doc }),
  labels: value.map(value.string({ doc }), { default: { b: '1', a: '2' }, doc }),
  empty: value.map(value.string({ doc }), { default: {}, doc }),
  hosts: value.list(
    value.object({ name: value.dnsName({ doc }), port: value.port({ optional: true, doc }) }, { doc }),
    { default: [{ name: 'a', port: 1 }, { name: 'b' }], doc },
  ),
  maybeNames: value.list(value.dnsName({ doc }), { optional: true, doc }),
};
const expressions = defineValues(declared);
const definition = definitionOf(expressions);
const values: JsonObject = { ...definition.defaults, given: '' };
const literals = groupValues(declared, literalLeaves(values)).values as typeof expressions;
const inputs: Inputs = { values: new Map([[definition.owner, values]]), builtins: {} as Inputs['builtins'] };

type Values = typeof expressions;
const QUESTIONS: Readonly<Record<string, (v: Values) => unknown>> = {
  'equality of booleans': (v) => [v.flag.equals(true), v.flag.equals(false), v.off.notEquals(false)],
  'a choice': (v) => [v.flag.then('yes', 'no'), v.off.then('yes', 'no'), v.off.then('only')],
  and: (v) => [v.flag.and(v.flag), v.flag.and(v.flag, v.off), v.off.and(v.flag)],
  or: (v) => [v.off.or(v.off), v.off.or(v.off, v.flag), v.flag.or(v.off)],
  not: (v) => [v.flag.not(), v.off.not()],
  'more than': (v) => [v.count.gt(2), v.count.gt(3)],
  'at least': (v) => [v.count.ge(3), v.count.ge(4)],
  'less than': (v) => [v.count.lt(3), v.count.lt(4)],
  'at most': (v) => [v.count.le(2), v.count.le(3)],
  'equality of numbers': (v) => [v.count.equals(3), v.count.notEquals(3)],
  'equality of texts': (v) => [v.word.equals('web-1'), v.word.notEquals('web-1'), v.word.equals('x')],
  'a part of a text': (v) => [v.word.contains('b-'), v.word.contains('x')],
  cases: (v) => [v.word.upper(), v.version.lower()],
  base64: (v) => v.any.base64(),
  digests: (v) => [v.any.sha256(), v.any.shortHash()],
  'the value of a label': (v) => v.version.labelValue(),
  bytes: (v) => [v.any.byteLength, v.word.byteLength],
  'what is there': (v) => [v.maybe.isSet, v.given.isSet, v.maybeNames.isSet],
  'what it is instead': (v) => [v.maybe.orElse('x'), v.given.orElse('x'), v.maybeNames.orElse(['z'])],
  'what has entries': (v) => [v.names.isEmpty, v.none.isEmpty, v.labels.isEmpty, v.empty.isEmpty],
  'a loop': (v) => v.names.map((name) => ({ name })),
  'a loop over a map, by its keys': (v) => v.labels.map((entry, key) => ({ key, entry })),
  'fields that may not be there': (v) =>
    v.hosts.map((host) => ({
      name: host.name,
      port: host.port,
      is: host.port.isSet,
      or: host.port.orElse(443),
    })),
  'what is left of a list': (v) => [
    v.names.filter((name) => name.equals('a')),
    v.names.filter((name) => name.equals('x')),
    v.hosts.filter((host) => host.port.isSet).map((host) => host.name),
    v.labels.filter((entry, key) => entry.equals('1').or(key.equals('x'))),
    v.none.filter((name) => name.equals('a')).isEmpty,
  ],
  'whether it holds for some or every entry': (v) => [
    v.names.some((name) => name.equals('a')),
    v.names.every((name) => name.equals('a')),
    v.none.some((name) => name.equals('a')),
    v.none.every((name) => name.equals('a')),
    v.labels.some((entry) => entry.equals('2')),
    v.labels.every((_, key) => key.equals('a')),
  ],
  'keys and entries of a map': (v) => [v.labels.keys, v.labels.values, v.empty.keys, v.labels.keys.join('+')],
  'the first entry': (v) => [v.names.first, v.none.first, v.none.first.orElse('x'), v.none.first.isSet],
  'texts of a list': (v) => [v.names.join(', '), v.none.join(', ')],
  'nothing of a list that is not there': (v) => ({
    map: v.maybeNames.map((name) => name),
    filter: v.maybeNames.filter((name) => name.equals('a')),
    first: v.maybeNames.first,
    spread: ['z', ...v.maybeNames],
  }),
  'texts that are cut': (v) => [
    v.word.trimPrefix('web-'),
    v.word.trimPrefix('x'),
    v.word.trimSuffix('-1'),
    v.word.trimSuffix('x'),
    v.word.truncate(16),
    v.long.truncate(20),
  ],
  'one of several': (v) => v.mode.match({ a: 'first', b: v.word }),
  'a spread list': (v) => ['z', ...v.names],
  'a spread map': (v) => ({ ...v.labels, z: '3' }),
  'itself where a construct wants plain text': (v) => [
    v.word.asString(),
    v.path.asPath(),
    v.count.asNumber(),
  ],
  'nothing at all': (v) => [v.maybe],
};

test.each(Object.entries(QUESTIONS))('%s: a literal says what the expression comes to', (_what, ask) => {
  const said = treeOf(ask(literals)) as Tree;
  expect(evaluate(said, inputs)).toEqual(evaluate(treeOf(ask(expressions)), inputs));
});

test('the literals are what JavaScript has', () => {
  expect(literals.count).toBe(3);
  expect(JSON.stringify(literals.labels)).toBe('{"b":"1","a":"2"}');
  expect(Object.keys(literals.hosts as never)).toEqual(['0', '1']);
});

test('a text is still matched with a pattern', () => {
  expect('web-1'.match(/[0-9]/)?.[0]).toBe('1');
  expect('web-1'.match('[a-z]')?.[0]).toBe('w');
});

test('a range of addresses is itself', () => {
  expect(('10.0.0.0/8' as never as { asCidr(): string }).asCidr()).toBe('10.0.0.0/8');
});

test('keys of a map hide the methods of the same names', () => {
  const shape: Shape = { type: 'map', values: { type: 'string', text: 'any' }, keys: 'any' };
  const leaf = literalLeaves({ m: { map: 'a', isEmpty: 'b' } });
  const map = leaf({ shape } as never, ['m']) as Readonly<Record<string, unknown>>;
  expect([map.map, map.isEmpty, map.isSet]).toEqual(['a', 'b', true]);
});
