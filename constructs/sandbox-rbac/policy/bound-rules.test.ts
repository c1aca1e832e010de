import type { Bound } from '../../../sandbox/spec';
import { boundRule } from './bound-rules';
import type { Place } from './place';
import type { Rule } from './rule';

// What the expressions mean to an API server is asked in test/sandbox/admission.real.test.ts. Here is what people read
// of a bound in their policy: no end of it, and no part of what counts against it, is left out.

const pod = (field: string): Place => ({
  part: 'pod',
  path: `spec.template.spec.containers[0].${field}`,
  cel: `variables.pod.?containers[?0].?${field.replaceAll('.', '.?')}`,
});
const DEADLINE: Place = {
  part: 'job',
  path: 'spec.activeDeadlineSeconds',
  cel: 'variables.jobSpec.?activeDeadlineSeconds',
};

function ruleOf(bound: Bound, place: Place): { rule: Rule; parameters: Record<string, unknown> } {
  const parameters = new Map();
  const rule = boundRule(bound, place, { rules: [], parameters });
  return { rule, parameters: Object.fromEntries(parameters) };
}

test('the texts of a command are bounded by their number first, then by all their bytes', () => {
  const { rule, parameters } = ruleOf({ kind: 'texts', mostBytes: 800 }, pod('command'));
  const all = 'variables.pod.?containers[?0].?command.orValue([])';
  expect(rule).toEqual({
    part: 'pod',
    path: 'spec.template.spec.containers[0].command',
    holds: `${all}.size() <= 100 && ${all}.map(text, size(bytes(string(text))) + 8).sum() <= 800`,
    demand: "'at most 800 bytes together, with 8 for each'",
    found: `string(${all}.size()) + ' of them'`,
  });
  expect(parameters).toEqual({});
});

test('of variables their names count as well as their values, and one that has neither counts too', () => {
  const { rule } = ruleOf({ kind: 'variables', mostBytes: 1280 }, pod('env'));
  const all = 'variables.pod.?containers[?0].?env.orValue([])';
  const bytes = (key: string) => `size(bytes(string(entry.?${key}.orValue(''))))`;
  expect(rule).toMatchObject({
    holds: `${all}.size() <= 10 && ${all}.map(entry, ${bytes('name')} + ${bytes('value')} + 128).sum() <= 1280`,
    demand: "'at most 1280 bytes together, with 128 for each'",
  });
});

test('a number has both ends, and one that is left out is outside of them', () => {
  const { rule, parameters } = ruleOf({ kind: 'number', most: 3600 }, DEADLINE);
  const most = "variables.allowed['sandbox.drydock.dev/job.activeDeadlineSeconds.max']";
  expect(rule).toEqual({
    part: 'job',
    path: 'spec.activeDeadlineSeconds',
    holds: `${DEADLINE.cel}.optMap(value, value >= 1 && value <= int(${most})).orValue(false)`,
    demand: `'1 to ' + ${most}`,
    found: `${DEADLINE.cel}.optMap(value, string(value)).orValue('nothing')`,
  });
  expect(parameters).toEqual({ 'sandbox.drydock.dev/job.activeDeadlineSeconds.max': '3600' });
});

test('an amount is above zero and at most its bound, compared as an amount, and has to be there', () => {
  const place = pod('resources.limits.cpu');
  const { rule, parameters } = ruleOf({ kind: 'quantity', most: '2' }, place);
  const name = 'sandbox.drydock.dev/pod.containers.0.resources.limits.cpu.max';
  const amount = 'quantity(string(value))';
  const aboveZero = `${amount}.isGreaterThan(quantity('0'))`;
  const within = `${amount}.compareTo(quantity(variables.allowed['${name}'])) <= 0`;
  expect(rule).toMatchObject({
    holds: `${place.cel}.optMap(value, ${aboveZero} && ${within}).orValue(false)`,
    demand: `'above 0, at most ' + variables.allowed['${name}']`,
    found: `${place.cel}.optMap(value, string(value)).orValue('nothing')`,
  });
  expect(parameters).toEqual({ [name]: '2' });
});

test.each([
  ['cpu', '.?cpu'],
  ['ephemeral-storage', "[?'ephemeral-storage']"],
])('a request of %s is what its limit is, or left out', (name, field) => {
  const [path, cel] = [
    'spec.template.spec.containers[0].resources',
    'variables.pod.?containers[?0].?resources',
  ];
  const place: Place = { part: 'pod', path: `${path}.requests.${name}`, cel: `${cel}.?requests${field}` };
  const { rule, parameters } = ruleOf({ kind: 'quantityOf', path: `${path}.limits.${name}` }, place);
  const limit = `${cel}.?limits${field}.orValue(value)`;
  expect(rule).toMatchObject({
    path: place.path,
    holds: `${place.cel}.optMap(value, quantity(string(value)).compareTo(quantity(string(${limit}))) == 0).orValue(true)`,
    demand: `'the same as limits.${name}'`,
    found: `${place.cel}.optMap(value, string(value)).orValue('nothing')`,
  });
  expect(parameters).toEqual({});
});

test('an image is one of the list, which is a parameter, and one that is left out is none of it', () => {
  const { rule, parameters } = ruleOf({ kind: 'image', allowed: ['a/*', 'b:1'] }, pod('image'));
  const name = 'sandbox.drydock.dev/pod.containers.0.image.oneOf';
  expect(parameters).toEqual({ [name]: 'a/*,b:1' });
  expect(rule).toMatchObject({
    demand: `'one of ' + variables.allowed['${name}']`,
    found: `${pod('image').cel}.optMap(value, string(value)).orValue('nothing')`,
  });
  const { holds } = rule;
  expect(holds.startsWith(`${pod('image').cel}.optMap(value, value.size() <= `)).toBe(true);
  expect(holds.endsWith('.orValue(false)')).toBe(true);
  expect(holds).toContain(`variables.allowed['${name}'].split(',').exists(allowed, `);
  // A prefix is compared up to and with its slash, everything else as a whole.
  expect(holds).toContain(
    "allowed.endsWith('/*') ? value.startsWith(allowed.substring(0, allowed.size() - 1)) : value == allowed",
  );
});

test.each([
  [
    'pod',
    'variables.oldMeta',
    "['batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name', 'controller-uid', 'job-name']",
  ],
  [
    'job',
    'variables.oldJobMeta',
    `[${['id', 'state', 'holder', 'owner', 'nonce'].map((mark) => `'pool.drydock.dev/${mark}'`).join(', ')}]`,
  ],
] as const)(
  'labels of a %s are those of the list, those of the server or a pool, and those that were there',
  (part, before, known) => {
    const place: Place = { part, path: 'metadata.labels', cel: 'variables.meta.?labels' };
    const { rule, parameters } = ruleOf({ kind: 'labels', keys: ['build', 'task'] }, place);
    const chosen = "variables.allowed['sandbox.drydock.dev/labels.oneOf']";
    const labels = 'variables.meta.?labels.orValue({})';
    const queued =
      part === 'pod'
        ? " || key in ['kueue.x-k8s.io/podset', 'kueue.x-k8s.io/local-queue-name', 'kueue.x-k8s.io/cluster-queue-name'] && variables.fromQueue"
        : '';
    const isKnown = `key in ${known} || key in ${chosen}.split(',') || ${before}.?labels[?key] == optional.of(${labels}[key])`;
    expect(rule).toEqual({
      part,
      path: 'metadata.labels',
      holds: `${labels}.all(key, ${isKnown}${queued})`,
      keys: `${labels}.filter(key, !(${isKnown})).join(', ')`,
      demand: `'the template\\'s own labels and ' + ${chosen}`,
    });
    expect(parameters).toEqual({ 'sandbox.drydock.dev/labels.oneOf': 'build,task' });
  },
);
