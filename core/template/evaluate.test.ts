import { createHash } from 'node:crypto';
import { evaluate, type Inputs } from './evaluate';
import { Expression, expression } from './expression';
import { fitsPattern } from './fits-pattern';
import { joinTexts } from './join-texts';
import { milliCpu } from './milli-cpu';
import { type JsonObject, NODE, Node, Owner } from './nodes';
import type { Shape } from './shape';
import { text } from './text';
import { treeOf } from './tree-of';
import { verbatim } from './verbatim';

// What each operation means, in plain JSON. That helm says the same is asked in test/laws.

const PLAIN: Shape = { type: 'string', text: 'plain' };
const ANY: Shape = { type: 'string', text: 'any' };
const INTEGER: Shape = { type: 'integer', min: -10, max: 10 };
const HOST: Shape = {
  type: 'object',
  fields: { name: { shape: PLAIN, optional: false }, port: { shape: INTEGER, optional: true } },
};
type Host = { readonly name: string; readonly port?: number };

const owner = new Owner('values', 1, '');
const value = <T>(key: string, shape: Shape, optional = false) =>
  new Expression<T>(new Node({ op: 'value', owner, path: [key], optional }, shape));

const v = {
  flag: value<boolean>('flag', { type: 'boolean' }),
  off: value<boolean>('off', { type: 'boolean' }),
  count: value<number>('count', INTEGER),
  ratio: value<number>('ratio', { type: 'number' }),
  word: value<string>('word', PLAIN),
  any: value<string>('any', ANY),
  amount: value<string>('amount', ANY),
  given: value<string | undefined>('given', PLAIN, true),
  missing: value<string | undefined>('missing', PLAIN, true),
  // A name that every object of JavaScript has is a value only where it was given.
  constructor: value<string | undefined>('constructor', PLAIN, true),
  names: value<readonly string[]>('names', { type: 'list', items: PLAIN }),
  none: value<readonly string[]>('none', { type: 'list', items: PLAIN }),
  labels: value<Readonly<Record<string, string>>>('labels', { type: 'map', values: PLAIN, keys: 'any' }),
  hosts: value<readonly Host[]>('hosts', { type: 'list', items: HOST }),
  ports: value<readonly number[]>('ports', { type: 'list', items: INTEGER }),
  flags: value<readonly boolean[]>('flags', { type: 'list', items: { type: 'boolean' } }),
  givenPorts: value<readonly number[] | undefined>('ports', { type: 'list', items: INTEGER }, true),
  noPorts: value<readonly number[] | undefined>('noPorts', { type: 'list', items: INTEGER }, true),
  givenFlags: value<readonly boolean[] | undefined>(
    'flags',
    { type: 'list', items: { type: 'boolean' } },
    true,
  ),
  noFlags: value<readonly boolean[] | undefined>(
    'noFlags',
    { type: 'list', items: { type: 'boolean' } },
    true,
  ),
  noNames: value<readonly string[] | undefined>('noNames', { type: 'list', items: PLAIN }, true),
};
const VALUES: JsonObject = {
  flag: true,
  off: false,
  count: 3,
  ratio: -0,
  word: 'a+B',
  any: 'ü<"$(A)',
  amount: '0.25',
  given: '',
  names: ['x', 'y'],
  none: [],
  labels: { ä: '3', z: '2', a: '1', '😀': '5', '～': '4' },
  hosts: [{ name: 'one', port: 80 }, { name: 'two' }],
  ports: [8, 0, 8],
  flags: [true, false],
};
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const inputs: Inputs = {
  values: new Map([[owner, VALUES]]),
  builtins: { 'Release.Name': 'web', 'Release.IsInstall': true } as Inputs['builtins'],
};
const meaning = (tree: unknown) => evaluate(treeOf(tree), inputs);

test.each<[string, unknown, unknown]>([
  ['what is known already', { a: 1, b: ['x', true] }, { a: 1, b: ['x', true] }],
  ['a value, and one that is not there', { a: v.count, b: v.missing, c: v.constructor }, { a: 3 }],
  ['an entry that is not there', ['a', v.missing, v.given, 'b'], ['a', '', 'b']],
  ['a fact of the release', expression({ op: 'builtin', name: 'Release.Name' }, PLAIN), 'web'],
  ['a choice', [v.flag.then('yes', 'no'), v.off.then('yes', 'no')], ['yes', 'no']],
  ['a choice with one side', [v.flag.then('yes'), v.off.then('yes')], ['yes']],
  ['and', [v.flag.and(v.flag), v.flag.and(v.off), v.flag.and(v.flag, v.off)], [true, false, false]],
  ['or', [v.off.or(v.flag), v.off.or(v.off), v.off.or(v.off, v.flag)], [true, false, true]],
  ['not', [v.flag.not(), v.off.not()], [false, true]],
  ['equality', [v.count.equals(3), v.count.equals(4), v.word.equals('a+b')], [true, false, false]],
  ['inequality', [v.count.notEquals(3), v.word.notEquals('')], [false, true]],
  ['more than', [v.count.gt(2), v.count.gt(3), v.count.gt(4)], [true, false, false]],
  ['at least', [v.count.ge(2), v.count.ge(3), v.count.ge(4)], [true, true, false]],
  ['less than', [v.count.lt(2), v.count.lt(3), v.count.lt(4)], [false, false, true]],
  ['at most', [v.count.le(2), v.count.le(3), v.count.le(4)], [false, true, true]],
  [
    'a part of a text',
    [v.word.contains('+'), v.word.contains('b'), v.word.contains('')],
    [true, false, true],
  ],
  ['like a pattern', [fitsPattern(v.word, '^[a+B]+$'), fitsPattern(v.word, '^a$')], [true, false]],
  ['whether it is there, also where it is empty', [v.given.isSet, v.missing.isSet], [true, false]],
  [
    'what it is instead',
    [v.given.orElse('x'), v.missing.orElse('x'), v.missing.orElse(v.word)],
    ['', 'x', 'a+B'],
  ],
  ['whether it has entries', [v.none.isEmpty, v.names.isEmpty, v.labels.isEmpty], [true, false, false]],
  ['texts', [text`${v.word}-${v.count}-${v.flag}`, text`${v.ratio}`], ['a+B-3-true', '-0']],
  ['cases', [v.word.lower(), v.word.upper()], ['a+b', 'A+B']],
  ['base64 of bytes', v.any.base64(), Buffer.from('ü<"$(A)').toString('base64')],
  ['a value of a label', v.word.labelValue(), 'a_B'],
  ['bytes, not characters', [v.any.byteLength, v.word.byteLength], [8, 3]],
  ['a dollar that the kubelet leaves', verbatim(v.any), 'ü<"$$(A)'],
  ['texts of a list as one', [joinTexts(v.names, ', '), joinTexts(v.none, ', ')], ['x, y', '']],
  ['CPU', milliCpu(v.amount), 250],
  ['a loop', v.names.map((name) => text`n-${name}`), ['n-x', 'n-y']],
  [
    'what is left of a list',
    [v.names.filter((n) => n.equals('y')), v.none.filter((n) => n.equals('y'))],
    [['y'], []],
  ],
  [
    'what is left of a map',
    v.labels.filter((entry, key) => entry.equals('3').or(key.equals('z'))),
    { ä: '3', z: '2' },
  ],
  [
    'whether it holds for some or for every entry',
    [
      v.names.some((n) => n.equals('y')),
      v.names.every((n) => n.equals('y')),
      v.none.some((n) => n.equals('y')),
      v.none.every((n) => n.equals('y')),
    ],
    [true, false, false, true],
  ],
  ['keys by their bytes', v.labels.keys, ['a', 'z', 'ä', '～', '😀']],
  ['entries by the bytes of their keys', v.labels.values, ['1', '2', '3', '4', '5']],
  [
    'the first entry, which may not be there',
    [v.names.first, v.none.first, v.none.first.orElse('z')],
    ['x', 'z'],
  ],
  [
    'what is trimmed once',
    [v.word.trimPrefix('a'), v.word.trimSuffix('+B'), v.word.trimSuffix('b')],
    ['+B', 'a', 'a+B'],
  ],
  [
    'a name that is cut, without what may not be before its hash',
    [
      v.word.truncate(16),
      text`12--------------${v.word}`.truncate(16),
      text`123456789${v.word}xyz12`.truncate(16),
    ],
    [
      'a+B',
      `12-${hashOf('12--------------a+B').slice(0, 10)}`,
      `12345-${hashOf('123456789a+Bxyz12').slice(0, 10)}`,
    ],
  ],
  ['a loop over nothing', v.none.map((name) => text`n-${name}`), []],
  [
    'a loop over a map, by the bytes of its keys',
    v.labels.map((entry, key) => ({ key, entry })),
    [
      { key: 'a', entry: '1' },
      { key: 'z', entry: '2' },
      { key: 'ä', entry: '3' },
      // By the units of JavaScript the last two would be the other way around.
      { key: '～', entry: '4' },
      { key: '😀', entry: '5' },
    ],
  ],
  [
    'fields of entries, which may not be there',
    v.hosts.map((host) => ({ name: host.name, port: host.port, or: host.port.orElse(443) })),
    [
      { name: 'one', port: 80, or: 80 },
      { name: 'two', or: 443 },
    ],
  ],
  [
    'a loop in a loop',
    v.names.map((a) => v.names.map((b) => text`${a}${b}`)),
    [
      ['xx', 'xy'],
      ['yx', 'yy'],
    ],
  ],
  ['a list spread into another', ['a', ...v.names, ...v.none, 'b'], ['a', 'x', 'y', 'b']],
  [
    'a map spread into another, whose keys win',
    { ...v.labels, z: 'own' },
    { ä: '3', a: '1', '～': '4', '😀': '5', z: 'own' },
  ],
  [
    'a key beside a spread map hides that map’s own, also where it is not there',
    { ...v.labels, z: v.missing },
    { ä: '3', a: '1', '～': '4', '😀': '5' },
  ],
])('%s', (_what, tree, meant) => expect(meaning(tree)).toEqual(meant));

test('digests are those of the bytes in UTF-8, short ones their first ten digits', () => {
  const digest = meaning(v.word.sha256()) as string;
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect(digest).toBe(createHash('sha256').update('a+B').digest('hex'));
  expect(meaning(v.word.shortHash())).toBe(digest.slice(0, 10));
});

test('a map or list that comes out empty is left out where it is compact, and nothing else is', () => {
  const compact = (body: unknown) => new Node({ op: 'compact', body: treeOf(body) }, { type: 'raw' });
  expect(
    meaning({ a: compact({ b: v.missing }), b: compact([v.missing]), c: compact({ d: 1 }), d: compact('') }),
  ).toEqual({ c: { d: 1 }, d: '' });
});

test('JSON is written as Go does: keys by their bytes, and what HTML reads escaped', () => {
  const json = (arg: unknown) => new Node({ op: 'json', arg: treeOf(arg) }, ANY);
  expect(meaning(json({ b: '<&>\u2028"', a: [1, v.ratio, null, true], ä: {}, Z: 'x' }))).toBe(
    '{"Z":"x","a":[1,-0,true],"b":"\\u003c\\u0026\\u003e\\u2028\\"","ä":{}}',
  );
});

test('the first entry of a list that may not be there is there where the list is, and needs no question then', () => {
  const firsts = [
    v.givenPorts.first,
    v.noPorts.first,
    v.noPorts.first.orElse(5),
    v.ports.first,
    v.flags.first,
  ];
  expect(meaning(firsts)).toEqual([8, 5, 8, true]);
  expect(meaning([v.givenFlags.first, v.noFlags.first, v.noNames.first])).toEqual([true]);
});

test('numbers and booleans of a list are one text as they are written', () => {
  const joined = [v.ports.join('+'), v.flags.join(','), v.names.join(''), v.none.join('-')];
  expect(meaning(joined)).toEqual(['8+0+8', 'true,false', 'xy', '']);
});

test('what may not be there, spread into a list, is its entries or none', () => {
  const [given, not] = [v.givenPorts, v.noPorts] as unknown as [typeof v.ports, typeof v.ports];
  expect(meaning([...given, ...not, 1])).toEqual([8, 0, 8, 1]);
});

test.each<[string, () => unknown, string]>([
  ['a question whether it is there', () => v.word.isSet, 'isSet'],
  ['a fallback', () => v.word.orElse('x' as never), 'orElse'],
  ['a loop over a text', () => (v.word as unknown as typeof v.names).map((one) => one), 'map'],
  ['a count of a number', () => (v.count as unknown as typeof v.word).byteLength, 'byteLength'],
  ['another case of any text', () => v.any.lower(), 'lower'],
  ['another case of what is no text', () => (v.count as unknown as typeof v.word).lower(), 'lower'],
  ['a function of what may not be there', () => (v.given as Expression<string>).base64(), 'b64enc'],
  ['a text of a list', () => `${v.names}`, 'text'],
  ['a text of what may not be there', () => `${v.given}`, 'text'],
  ['a condition of a text', () => (v.word as unknown as typeof v.flag).then('x'), 'a condition'],
  ['a spread of a map into a list', () => [...(v.labels as unknown as typeof v.names)], 'a spread'],
  ['arithmetic', () => (v.count as unknown as number) + 1, 'arithmetic or comparison'],
  ['JSON of it', () => JSON.stringify(v.count), 'JSON.stringify, which cdk8s also uses for patches'],
  ['a bounded number in a small range', () => v.count.asNumber({ min: 1, max: 1000 }), 'asNumber'],
  ['texts of numbers as one', () => joinTexts(v.hosts as unknown as typeof v.names, ','), 'joinTexts'],
  ['an await', () => v.flag.then((() => {}) as never), 'then'],
  [
    'a comparison of a text with a number',
    () => v.word.equals(3 as never),
    'a comparison of a string value word with 3',
  ],
])('%s that cannot be meant is refused, with what can be instead', (_what, use, where) => {
  expect(use).toThrow(
    expect.objectContaining({ code: 'WRONG_USE', where, remedy: expect.stringMatching(/^[A-Z].+/) }),
  );
});

test('a bounded number in a range that is just large enough is taken', () => {
  const standIn = v.count.asNumber({ min: 1, max: 1001 });
  expect(standIn).toBeGreaterThanOrEqual(1);
  expect(standIn).toBeLessThanOrEqual(1001);
  expect(treeOf(standIn)).toBe(v.count[NODE]);
});

test('a whole number that is -0 is 0 in a text, as Go has it; one with a fraction keeps its sign', () => {
  const zero: Inputs = { ...inputs, values: new Map([[owner, { count: -0, ratio: -0 }]]) };
  expect(evaluate(treeOf(text`${v.count} ${v.ratio}`), zero)).toBe('0 -0');
});
