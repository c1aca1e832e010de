import {
  evaluate,
  Node,
  type Op,
  Owner,
  PLAIN_STRING,
  SAFE_INTEGER,
  type Shape,
  type Tree,
  treeOf,
} from '../../../core/template';
import { celField, celLiteral, celText } from './cel';
import { letsRunInCel } from './images';
import { parameter } from './parameters';
import { inside, mapAt } from './place';
import { isQuantity } from './server-fields';
import { tolerationRule } from './tolerations';

test.each<[string, string]>([
  ['plain', "'plain'"],
  ["it's", "'it\\'s'"],
  ['a\\b', "'a\\\\b'"],
  ['two\nlines', "'two\\u000alines'"],
  ['\u2028\u2029\u007f', "'\\u2028\\u2029\\u007f'"],
])('%j is a text of CEL', (text, cel) => {
  expect(celText(text)).toBe(cel);
});

test.each<[unknown, string]>([
  [null, 'null'],
  [true, 'true'],
  [1.5, '1.5'],
  [['a', 1], "['a', 1]"],
  [{ a: 'b', "c'": [{}] }, "{'a': 'b', 'c\\'': [{}]}"],
])('%j is a literal of CEL', (json, cel) => {
  expect(celLiteral(json as never)).toBe(cel);
});

test.each([
  ['name', 'x.?name'],
  ['_a1', 'x.?_a1'],
  ['ephemeral-storage', "x[?'ephemeral-storage']"],
  ['1a', "x[?'1a']"],
  ["a'b", "x[?'a\\'b']"],
  ['', "x[?'']"],
])('the field %j is asked for as one that may be absent', (key, cel) => {
  expect(celField('x', key)).toBe(cel);
});

test('a place inside another, and the map at one', () => {
  const root = { part: 'pod', path: 'spec', cel: 'variables.pod' } as const;
  const below = inside(root, 'a-b');
  expect(below).toEqual({ part: 'pod', path: 'spec.a-b', cel: "variables.pod[?'a-b']" });
  expect([mapAt(root), mapAt(below)]).toEqual(['variables.pod', "variables.pod[?'a-b'].orValue({})"]);
  expect(mapAt({ ...root, cel: 'x.variables.pod' })).toBe('x.variables.pod.orValue({})');
});

test.each([
  ['spec.a.resources.limits.x', true],
  ['spec.volumes[0].emptyDir.sizeLimit', true],
  ['spec.sizeLimit.x', false],
  ['spec.resources', false],
])('%s holds an amount: %p', (path, isAmount) => {
  expect(isQuantity(path)).toBe(isAmount);
});

test('an image is asked for its form and its length too, and so is each entry of the list', () => {
  expect(letsRunInCel('value', 'all')).toMatch(
    /^value\.size\(\) <= \d+ && value\.matches\('.+'\) && all\.split\(','\)\.exists\(allowed, allowed\.matches\('.+'\) && \(allowed\.endsWith\('\/\*'\) \? .+ : value == allowed\)\)$/,
  );
});

const owner = new Owner('install', 0);
const node = (op: Op, shape: Shape = PLAIN_STRING) => new Node(op, shape);
const given = (key: string, shape: Shape = PLAIN_STRING, optional = false) =>
  node({ op: 'value', owner, path: [key], optional }, shape);

/** What the annotation comes to for values of the installation. */
function annotation(tree: Tree, values: Readonly<Record<string, unknown>> = {}, path = 'spec.x') {
  const parameters = new Map();
  const cel = parameter(path, tree, { rules: [], parameters });
  const [[name, text]] = [...parameters] as [[string, unknown]];
  const inputs = { values: new Map([[owner, values]]) };
  return { cel, name, text: evaluate(treeOf(text as never), inputs as never) };
}

test.each([
  ['spec.template.spec.hostUsers', 'pod.hostUsers'],
  ['spec.suspend', 'job.suspend'],
  ['spec.template.spec.containers[0].ports[12].name', 'pod.containers.0.ports.12.name'],
  ['metadata.spec.x', 'metadata.spec.x'],
  ['a.spec.template.spec.x', 'a.spec.template.spec.x'],
  [`spec.template.spec.${'x'.repeat(59)}`, `pod.${'x'.repeat(59)}`],
])('the parameter for %s is the annotation %s', (path, name) => {
  const found = annotation('a', {}, path);
  expect(found.name).toBe(`sandbox.drydock.dev/${name}`);
  expect(found.cel).toBe(`variables.allowed['sandbox.drydock.dev/${name}']`);
});

test.each([
  `spec.template.spec.${'x'.repeat(60)}`,
  'spec.template.spec.nodeSelector.a/b',
  'spec.x.',
  '-x',
  'spec.é',
])('that for %s is a hash, since it is no name of an annotation', (path) => {
  expect(annotation('a', {}, path).name).toMatch(/^sandbox\.drydock\.dev\/[0-9a-f]{16}$/);
  expect(annotation('a', {}, path).name).not.toBe(annotation('a', {}, `${path}/`).name);
});

test.each<[string, unknown, string]>([
  ['a text', 'a', 'a'],
  ['a number', 5, '5'],
  ['a flag', false, 'false'],
  ['what is not there', undefined, ''],
  ['null', null, ''],
])('of %s it is the text', (_, tree, text) => {
  expect(annotation(tree as Tree).text).toBe(text);
});

const flag = given('flag', { type: 'boolean' });
const either = (yes: Tree, no: Tree) => node({ op: 'if', cond: flag, yes, no });

test.each<[string, Node, Readonly<Record<string, unknown>>, string]>([
  ['a text that is always there', given('a'), { a: 'x' }, 'x'],
  ['a number that is always there', given('n', SAFE_INTEGER), { n: 5 }, '5'],
  ['a number that may be absent, and is', given('n', SAFE_INTEGER, true), {}, ''],
  ['one that may be absent, and is there', given('a', PLAIN_STRING, true), { a: 'x' }, 'x'],
  ['one of two, the first', either(given('a'), null), { flag: true, a: 'x' }, 'x'],
  ['one of two, the second, which is nothing', either(given('a'), null), { flag: false, a: 'x' }, ''],
  ['one of two, of which one is a number', either(5, given('a', PLAIN_STRING, true)), { flag: true }, '5'],
  ['one of two, of which one may be absent', either(5, given('a', PLAIN_STRING, true)), { flag: false }, ''],
  ['one of two, both numbers', either(given('n', SAFE_INTEGER), null), { flag: true, n: 5 }, '5'],
])('of %s it is the text, and that of nothing is empty', (_, tree, values, text) => {
  expect(annotation(tree, values).text).toBe(text);
});

const at = {
  part: 'pod',
  path: 'spec.template.spec.tolerations',
  cel: 'variables.pod.?tolerations',
} as const;
const added =
  "entry.?key.orValue('') in ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'] && " +
  "entry.?operator.orValue('') == 'Exists' && entry.?effect.orValue('') == 'NoExecute'";

function tolerated(tree: Tree) {
  const parameters = new Map();
  return {
    rule: tolerationRule(tree, at, { rules: [], parameters }),
    parameters: Object.fromEntries(parameters),
  };
}

test('a template without tolerations has those of every pod', () => {
  const rule = {
    part: at.part,
    path: at.path,
    holds: `${at.cel}.orValue([]).all(entry, ${added})`,
    demand: "'none'",
  };
  expect(tolerated([])).toEqual({ rule, parameters: {} });
  expect(tolerated({})).toEqual({ rule, parameters: {} });
});

test('the tolerations of a template are literals, but for their texts, which are parameters', () => {
  const name = (key: string) => `sandbox.drydock.dev/pod.tolerations.0.${key}`;
  const own = `{'key': variables.allowed['${name('key')}'], 'tolerationSeconds': 5, 'value': variables.allowed['${name('value')}']}`;
  const { rule, parameters } = tolerated([{ key: 'a', tolerationSeconds: 5, value: given('a') }]);
  expect(rule).toMatchObject({
    holds: `${at.cel}.orValue([]).all(entry, entry in [${own}] || ${added})`,
    demand: "'the tolerations of the template'",
  });
  expect(Object.keys(parameters)).toEqual([name('key'), name('value')]);
});
