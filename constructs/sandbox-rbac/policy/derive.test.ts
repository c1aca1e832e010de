import { Loop, Node, type Op, Owner, PLAIN_STRING, type Shape, type Tree } from '../../../core/template';
import { type Bounds, TEMPLATE } from '../../../sandbox/spec';
import { type Derivation, deriveRules } from './derive';
import type { Place } from './place';
import type { Rule } from './rule';

// What the rules mean to an API server is asked in test/sandbox/admission.real.test.ts. Here: each way in which a
// template can say something comes to the rule that it should.

const install = new Owner('install', 0);
const run = new Owner('run', 1);
const MAP: Shape = { type: 'map', values: PLAIN_STRING, keys: 'any' };
const node = (op: Op, shape: Shape = PLAIN_STRING) => new Node(op, shape);
const value = (owner: Owner, shape: Shape = PLAIN_STRING) =>
  node({ op: 'value', owner, path: ['x'], optional: false }, shape);

const SPEC = 'spec.template.spec';
const place = (path: string, cel: string): Place => ({ part: 'pod', path, cel });
const field = (name: string) => place(`${SPEC}.${name}`, `variables.pod.?${name}`);

function derived(tree: Tree, at: Place, bounds: Bounds = {}) {
  const runOwners = new Map([[run, 'run']]);
  const into: Derivation = { bounds, runOwners, agentSandbox: false, rules: [], parameters: new Map() };
  deriveRules(tree, at, into);
  return { rules: into.rules as readonly Rule[], parameters: [...into.parameters.keys()] };
}

const found = (cel: string) => `${cel}.optMap(value, string(value)).orValue('nothing')`;
const allowed = (name: string) => `variables.allowed['sandbox.drydock.dev/${name}']`;

test.each<[string, Tree, string, string, boolean]>([
  ['a flag', true, 'true', "'true'", true],
  ['a number', 5, '5', "'5'", true],
  ['a text', 'Never', "'Never'", "'Never'", true],
  ['a list of texts', ['a', 'b'], "['a', 'b']", `'["a","b"]'`, false],
])('%s of the template is what has to be there', (_, tree, literal, demand, isFound) => {
  const at = field('x');
  expect(derived(tree, at).rules).toEqual([
    {
      part: 'pod',
      path: `${SPEC}.x`,
      holds: `variables.pod.?x == optional.of(${literal})`,
      demand,
      found: isFound ? found(at.cel) : undefined,
    },
  ]);
});

test('a value of the installation is compared as text with a parameter', () => {
  const at = field('schedulerName');
  expect(derived(value(install), at)).toEqual({
    rules: [
      {
        part: 'pod',
        path: `${SPEC}.schedulerName`,
        holds: `${at.cel}.optMap(value, string(value)).orValue('') == ${allowed('pod.schedulerName')}`,
        demand: allowed('pod.schedulerName'),
        found: found(at.cel),
      },
    ],
    parameters: ['sandbox.drydock.dev/pod.schedulerName'],
  });
});

test.each([
  ['containers[0].resources.limits.x', 'pod.containers.0.resources.limits.x'],
  ['volumes[2].emptyDir.sizeLimit', 'pod.volumes.2.emptyDir.sizeLimit'],
])('an amount of the installation at %s is compared by what it comes to', (path, name) => {
  const at = place(`${SPEC}.${path}`, 'variables.x');
  expect(derived(value(install), at).rules).toEqual([
    {
      part: 'pod',
      path: `${SPEC}.${path}`,
      holds: `variables.x.optMap(value, quantity(string(value)).compareTo(quantity(${allowed(name)})) == 0).orValue(false)`,
      demand: allowed(name),
      found: found('variables.x'),
    },
  ]);
});

test('the hash of the template is the one that the installation has', () => {
  const hash = value(TEMPLATE);
  expect(derived(hash, field('x'))).toMatchObject({
    rules: [
      {
        holds: `variables.pod.?x.optMap(value, string(value)).orValue('') == variables.allowed['drydock.dev/template']`,
      },
    ],
    parameters: [],
  });
});

test.each<[string, Tree]>([
  ['a value', value(run)],
  ['a part of a text', node({ op: 'concat', parts: ['a', value(install), value(run)] })],
  ['a list', node({ op: 'range', over: value(run, MAP), loop: new Loop(PLAIN_STRING), body: {} })],
  ['a map', node({ op: 'merge', own: {}, spreads: [value(run, MAP)] }, MAP)],
])('%s of a run needs a bound', (_, tree) => {
  expect(() => derived(tree, field('x'))).toThrow(
    expect.objectContaining({
      code: 'RUN_VALUE_UNBOUNDED',
      where: `the sandbox template, ${SPEC}.x`,
      found: 'a value that each run gives, without a bound',
      expected: 'a bound that the admission policy can hold it against',
      remedy:
        'Add one under this path to the bounds of the template, or make it a value of the installation.',
    }),
  );
  // Also where the policy is the same for whatever the installation gives.
  expect(() => derived(tree, field('hostUsers'))).toThrow(
    expect.objectContaining({ code: 'RUN_VALUE_UNBOUNDED' }),
  );
});

test('with its bound it has the rule of the bound, whatever it is made of', () => {
  const bounds: Bounds = { [`${SPEC}.x`]: { kind: 'number', most: 9 } };
  const expected = [
    expect.objectContaining({ holds: expect.stringContaining('value >= 1 && value <= int(') }),
  ];
  for (const tree of [value(run), value(install), 5])
    expect(derived(tree, field('x'), bounds).rules).toEqual(expected);
});

test('a list that a run fills has the keys of its entries, and its bound', () => {
  const body = { name: 'a', value: 'b' };
  const tree = node({ op: 'range', over: value(run, MAP), loop: new Loop(PLAIN_STRING), body });
  const bounds: Bounds = { [`${SPEC}.x`]: { kind: 'variables', mostBytes: 1280 } };
  const { rules } = derived(tree, field('x'), bounds);
  expect(rules).toHaveLength(2);
  expect(rules[0]).toEqual({
    part: 'pod',
    path: `${SPEC}.x`,
    holds: "variables.pod.?x.orValue([]).all(entry, entry.all(key, key in ['name', 'value']))",
    demand: "'entries with name and value only'",
  });
  expect(rules[1]?.demand).toContain('at most 1280 bytes');
  // Entries that are texts have no keys.
  const texts = node({ op: 'range', over: value(run, MAP), loop: new Loop(PLAIN_STRING), body: 'a' });
  expect(derived(texts, field('x'), bounds).rules).toHaveLength(1);
});

test('of a map that a run adds to, what the template writes beside it is sure', () => {
  const tree = node({ op: 'merge', own: { mine: 'yes' }, spreads: [value(run, MAP)] }, MAP);
  const { rules } = derived(tree, field('x'), { [`${SPEC}.x`]: { kind: 'labels', keys: ['a'] } });
  expect(rules).toEqual([
    expect.objectContaining({
      path: `${SPEC}.x.mine`,
      holds: "variables.pod.?x.?mine == optional.of('yes')",
    }),
  ]);
});

test('a list has as many entries, and each is looked at', () => {
  const at = field('x');
  const { rules } = derived([{ name: 'a' }, { name: 'b' }], at);
  expect(rules.map(({ path }) => path)).toEqual([
    `${SPEC}.x`,
    `${SPEC}.x[0]`,
    `${SPEC}.x[0].name`,
    `${SPEC}.x[1]`,
    `${SPEC}.x[1].name`,
  ]);
  expect(rules[0]).toEqual({
    part: 'pod',
    path: `${SPEC}.x`,
    holds: 'variables.pod.?x.orValue([]).size() == 2',
    demand: "'2 entries'",
    found: 'string(variables.pod.?x.orValue([]).size())',
  });
  expect(rules[4]?.holds).toBe("variables.pod.?x[?1].?name == optional.of('b')");
  expect(derived([{ name: 'a' }], at).rules[0]?.demand).toBe("'one entry'");
  // One text that is not known makes it a list of which each entry is looked at.
  expect(derived(['a', value(install)], at).rules).toHaveLength(3);
});

test('a map has no key but those of the template, and what is absent there is none', () => {
  const { rules } = derived({ a: 'b', gone: null, too: undefined as unknown as Tree }, field('x'));
  const isKnown = "key in ['a']";
  expect(rules).toEqual([
    {
      part: 'pod',
      path: `${SPEC}.x`,
      keys: `variables.pod.?x.orValue({}).filter(key, !(${isKnown})).join(', ')`,
      holds: `variables.pod.?x.orValue({}).all(key, ${isKnown})`,
      demand: "'nothing, the template does not have it'",
    },
    expect.objectContaining({ path: `${SPEC}.x.a` }),
  ]);
});

test('a key that the policy always looks at is looked at also where the template leaves it out', () => {
  const root = place(SPEC, 'variables.pod');
  const { rules, parameters } = derived({ hostUsers: null, other: null }, root);
  expect(rules.map(({ path }) => path)).toEqual([SPEC, `${SPEC}.hostUsers`]);
  expect(parameters).toEqual(['sandbox.drydock.dev/pod.hostUsers']);
  expect(rules[0]?.holds).toContain("variables.pod.all(key, key in ['hostUsers', 'serviceAccount']");
});

test('what the server writes is known: some of it in pods alone, or later alone', () => {
  const { rules } = derived({}, place(SPEC, 'variables.pod'));
  const isKnown = [
    "key in ['serviceAccount']",
    "key == 'nodeName' && request.operation == 'UPDATE'",
    "key == 'priority' && !variables.isJob",
    "key == 'preemptionPolicy' && !variables.isJob",
    "key == 'overhead' && !variables.isJob",
  ].join(' || ');
  expect(rules.map(({ holds }) => holds)).toEqual([`variables.pod.all(key, ${isKnown})`]);
  // What the template says itself is no matter of the server.
  const own = derived({ nodeName: 'a' }, place(SPEC, 'variables.pod')).rules[0]?.holds;
  expect(own).toContain("key in ['nodeName', 'serviceAccount']");
  expect(own).not.toContain("key == 'nodeName'");
});

test('a field that the server may write with one value only has that value', () => {
  const { rules } = derived({}, { part: 'job', path: 'spec', cel: 'variables.jobSpec' });
  expect(rules.slice(1)).toEqual([
    {
      part: 'job',
      path: 'spec.manualSelector',
      holds: 'variables.jobSpec.?manualSelector.optMap(value, value == false).orValue(true)',
      demand: "'false'",
      found: found('variables.jobSpec.?manualSelector'),
    },
  ]);
});

test('what the server writes into each entry of a list is known in each', () => {
  const at = place(`${SPEC}.containers[12]`, 'variables.x');
  expect(derived({}, at).rules[0]?.holds).toBe("variables.x.all(key, key in ['resizePolicy'])");
});

test('tolerations have a rule of their own', () => {
  expect(derived([], field('tolerations')).rules).toMatchObject([{ demand: "'none'" }]);
});
