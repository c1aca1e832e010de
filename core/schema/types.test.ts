import { Node, type Tree } from '../template';
import { holdAgainstSchema, objectFaults } from './object-faults';
import { deployment, expectRefusal, job, object, type Part, type Refusal } from './testing-only/objects';

// What the schema itself refuses of an object, and what is said of an object with expressions in it.

const POD = 'spec.template.spec';
const APP = `${POD}.containers[0]`;
const config = (rest: Part) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, ...rest });

test.each<Refusal>([
  [
    'a text for a list',
    deployment({ args: 'x' }),
    deployment({ args: ['x'] }),
    { field: `${APP}.args`, found: '"x"', expected: 'a list' },
  ],
  [
    'a list for an object',
    deployment({ securityContext: [] }),
    deployment({ securityContext: {} }),
    { field: `${APP}.securityContext`, found: 'a list', expected: 'an object' },
  ],
  [
    'a list for a map',
    deployment({}, { nodeSelector: ['a'] }),
    deployment({}, { nodeSelector: {} }),
    { field: `${POD}.nodeSelector`, found: 'a list', expected: 'an object' },
  ],
  [
    'a number in a list of texts',
    deployment({ args: ['a', 5] }),
    deployment({ args: ['a', '5'] }),
    { field: `${APP}.args[1]`, found: 'the number 5' },
  ],
  [
    'a number in a map of texts',
    deployment({}, { nodeSelector: { a: 5 } }),
    deployment({}, { nodeSelector: { a: null } }),
    { field: `${POD}.nodeSelector.a` },
  ],
  [
    'a text for a flag',
    deployment({ tty: 'yes' }),
    deployment({ tty: false }),
    { field: `${APP}.tty`, expected: 'true or false' },
  ],
  [
    'a fraction for a whole number',
    deployment({}, {}, { replicas: 1.5 }),
    deployment({}, {}, { replicas: 0 }),
    { field: 'spec.replicas', found: 'the number 1.5' },
  ],
  [
    'a text that is none of a few',
    deployment({ imagePullPolicy: 'always' }),
    deployment({ imagePullPolicy: '' }),
    {
      field: `${APP}.imagePullPolicy`,
      found: '"always"',
      expected: expect.stringMatching(/^one of .*Always/),
    },
  ],
  [
    'a number where a few texts are',
    deployment({ imagePullPolicy: 5 }),
    deployment({ imagePullPolicy: 'Never' }),
    { field: `${APP}.imagePullPolicy`, found: 'the number 5' },
  ],
  [
    'what has to be there',
    job({ restartPolicy: 'Never' }, { template: undefined }),
    job({ restartPolicy: 'Never' }),
    { field: 'spec.template', found: 'nothing', expected: 'a value', remedy: 'Set the field.' },
  ],
  [
    'an entry that is nothing, where one has to say something',
    deployment({}, { containers: [null] }),
    deployment(),
    { field: `${POD}.containers[0]`, found: 'null', expected: 'an object', remedy: 'Remove the entry.' },
  ],
  [
    'a field near a known one',
    deployment({ imagePulPolicy: 'Never' }),
    deployment({ imagePullPolicy: 'Never' }),
    {
      field: `${APP}.imagePulPolicy`,
      expected: 'a field of Container, such as imagePullPolicy',
      remedy: 'Write imagePullPolicy, or remove the field.',
    },
  ],
  [
    'a field that is like no other',
    deployment({ zzzzzz: 1 }),
    deployment({}),
    { field: `${APP}.zzzzzz`, expected: 'a field of Container', remedy: 'Remove the field.' },
  ],
  [
    'a name that every object of JavaScript has',
    config({ constructor: {} }),
    config({ data: { constructor: 'a' } }),
    { field: 'constructor' },
  ],
])('%s is refused, its right form is not', (...refusal) => expectRefusal(refusal));

test.each<[string, Part, Partial<Record<string, string>>]>([
  [
    'a kind of another version',
    { ...config({}), apiVersion: 'v2' },
    {
      found: 'the kind "ConfigMap" of "v2"',
      expected: 'the apiVersion v1 for it',
      remedy: 'Write that apiVersion.',
    },
  ],
  [
    'a kind that there is not',
    { ...config({}), kind: 'Confg' },
    { expected: 'a kind that Kubernetes serves', remedy: 'Check the spelling of both.' },
  ],
  [
    'a kind that every object of JavaScript has',
    { ...config({}), kind: 'constructor' },
    { expected: 'a kind that Kubernetes serves' },
  ],
  [
    'a version that every object of JavaScript has',
    { ...config({}), apiVersion: 'constructor' },
    { found: 'the kind "ConfigMap" of "constructor"' },
  ],
  [
    'no kind',
    { ...config({}), kind: '' },
    { field: 'kind', expected: 'a text such as Deployment', remedy: 'Say what the object is.' },
  ],
  [
    'no version',
    { ...config({}), apiVersion: undefined },
    { field: 'apiVersion', found: 'nothing', expected: 'a text such as apps/v1' },
  ],
])('%s is told with what would be right', (_what, wrong, fault) => {
  expect(objectFaults(wrong as never)).toEqual([expect.objectContaining({ field: 'kind', ...fault })]);
});

test('a group of others is theirs to check, one of Kubernetes is not', () => {
  const of = (apiVersion: string) =>
    objectFaults({ apiVersion, kind: 'Thing', metadata: { name: 'a' } }).length;
  expect([
    of('example.com/v1'),
    of('apps/v1'),
    of('rbac.authorization.k8s.io/v1'),
    of('extensions/v1'),
  ]).toEqual([0, 1, 1, 1]);
});

const text = new Node({ op: 'builtin', name: 'Release.Name' }, { type: 'string', text: 'plain' });
const partial = (tree: unknown) => objectFaults(tree as Tree, { isPartial: true }).map(({ field }) => field);

test('of an expression nothing is said, wherever it is; of what is beside it, all', () => {
  const withExpressions = deployment(
    { image: text, args: [text, 'a'], ports: text, resources: { limits: { cpu: text } } },
    { nodeSelector: { a: text } },
    { replicas: text },
  );
  expect(partial(withExpressions)).toEqual([]);
  expect(partial({ ...withExpressions, metadata: { name: text, labels: text } })).toEqual([]);
  expect(partial({ ...withExpressions, metadata: { name: text, labels: { 'a b': text } } })).toEqual([
    'metadata.labels["a b"]',
  ]);
  expect(partial(deployment({ image: text, tty: 'yes' }))).toEqual([`${APP}.tty`]);
  expect(partial(deployment({ args: [text, 5] }))).toEqual([`${APP}.args[1]`]);
  expect([
    partial(text),
    partial({ apiVersion: text, kind: 'Pod' }),
    partial({ apiVersion: 'v1', kind: text }),
  ]).toEqual([[], [], []]);
});

test('a rule about several fields is asked only where all of them are known', () => {
  const twoSources = { name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'a' } } };
  expect(partial(deployment({ env: [twoSources] }))).toEqual([`${APP}.env[0].valueFrom`]);
  expect(partial(deployment({ env: [{ ...twoSources, value: text }] }))).toEqual([]);
  // Nor where one of them has a wrong type: what is said of that is enough.
  expect(partial(deployment({ env: [{ ...twoSources, valueFrom: 5 }] }))).toEqual([
    `${APP}.env[0].valueFrom`,
  ]);
});

test('a known kind whose places all have their types can be read by its types', () => {
  const held = (given: unknown) => holdAgainstSchema(given as Tree).isTyped;
  expect([
    held(deployment()),
    held(deployment({ tty: 'yes' })),
    held(deployment({ image: undefined })),
  ]).toEqual([true, false, true]);
  expect([
    held({ apiVersion: 'example.com/v1', kind: 'X' }),
    held('x'),
    held(deployment({}, { containers: [null] })),
  ]).toEqual([false, false, false]);
});

test('types count in a status, contents do not', () => {
  const budget = (status: Part) =>
    objectFaults({ ...object('policy/v1', 'PodDisruptionBudget', {}), status } as never).map(
      ({ field }) => field,
    );
  expect(budget({ conditions: [{ type: 'a b', status: 'Perhaps' }] })).toEqual([]);
  expect(budget({ conditions: [null] })).toEqual([]);
  expect(budget({ currentHealthy: 'one' })).toEqual(['status.currentHealthy']);
});

test('where a field may be of several types, each is held against its own', () => {
  const crd = (schema: Part) =>
    objectFaults({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'things.example.com' },
      spec: {
        group: 'example.com',
        names: { kind: 'Thing', plural: 'things' },
        scope: 'Namespaced',
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
      },
    } as never).map(({ field, expected }) => [field.replace(/^.*openAPIV3Schema\.?/, ''), expected]);
  expect(
    crd({ additionalProperties: true, items: [{ type: 'string' }], dependencies: { a: ['b'] } }),
  ).toEqual([]);
  expect(crd({ additionalProperties: { type: 'object' }, items: { type: 'string' } })).toEqual([]);
  expect(crd({ additionalProperties: 'yes' })).toEqual([
    ['additionalProperties', 'JSONSchemaProps or boolean'],
  ]);
  expect(crd({ items: [{ tpe: 'string' }] }).map(([field]) => field)).toEqual(['items[0].tpe']);
  expect(crd({ dependencies: { a: [5] } }).map(([field]) => field)).toEqual(['dependencies.a[0]']);
  expect(crd({ default: { anything: [null, 1] } })).toEqual([]);
});
