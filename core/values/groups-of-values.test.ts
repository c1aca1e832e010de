import {
  DrydockError,
  Expression,
  evaluate,
  type Inputs,
  Node,
  Owner,
  treeOf,
  valuesReadBy,
} from '../template';
import { defineValues, imageReference, value } from '.';
import type { Declaration } from './declaration';
import { problemsOf } from './problems';
import { messageAt, VALUES_HERE } from './values-here';

const doc = 'd';
const schemaOf = (declaration: unknown) => (declaration as Declaration<unknown>).schema;
const docOf = (declaration: unknown) => (declaration as Declaration<unknown>).options.doc;

test.each<[string, Readonly<Record<string, unknown>>, readonly string[]]>([
  [
    'resources',
    value.resources({ cpu: '100m', memory: '128Mi' }),
    ['cpu', 'cpuLimit', 'memory', 'ephemeralStorage'],
  ],
  ['ref of a Secret', value.ref({ kind: 'Secret', doc }), ['secretName', 'key']],
  ['ref of a ConfigMap', value.ref({ kind: 'ConfigMap', doc }), ['configMapName', 'key']],
  [
    'imageParts',
    value.imageParts({ repository: 'example.com/a', tag: '1' }),
    ['repository', 'tag', 'digest'],
  ],
])('%s is a group of values, each of which says what it is', (_, group, names) => {
  expect(Object.keys(group)).toEqual(names);
  const said = Object.values(group).map((one) => docOf(one));
  for (const one of said) expect(one).toMatch(/\w{3}/);
  expect(new Set(said).size).toBe(said.length);
});

test.each<[string, () => unknown, string]>([
  ['resources', () => value.resources({ cpu: '1', memory: '1Gi', disk: '1Gi' } as never), 'value.resources'],
  ['ref', () => value.ref({ kind: 'Pod' as never, doc }), 'value.ref'],
  ['ref', () => value.ref({ kind: 'Secret', doc, name: 'a' } as never), 'value.ref'],
  ['patches', () => value.patches({ doc, mim: 1 } as never), 'value.patches'],
  ['objects', () => value.objects({ doc, mim: 1 } as never), 'value.objects'],
  ['labels', () => value.labels({ doc, mim: 1 } as never), 'value.labels'],
  ['object', () => value.object({ a: value.port({ doc }) }, { doc, mim: 1 } as never), 'value.object'],
  ['url', () => value.url({ doc, schemes: [] }), 'value.url'],
  ['url', () => value.url({ doc, schemes: ['HTTP'] }), 'value.url'],
  ['url', () => value.url({ doc, schemes: 'https' as never }), 'value.url'],
])('%s with an option that is none is refused by its name', (_, wrong, where) => {
  expect(wrong).toThrow(
    expect.objectContaining({ code: 'VALUE_OPTION', where, remedy: expect.stringMatching(/^[A-Z].+\.$/) }),
  );
  expect(wrong).toThrow(DrydockError);
});

test.each([
  [{ repository: 'example.com/app', tag: '1' }, 'example.com/app:1'],
  [{ tag: '2.0-rc' }, 'example.com/shop:2.0-rc'],
  [{ digest: `sha256:${'a'.repeat(64)}` }, `example.com/shop:1.4.2@sha256:${'a'.repeat(64)}`],
])('with %j the image is %s', (image, reference) => {
  const owner = new Owner('values', 1, '');
  const part = (name: string) =>
    new Expression<string>(
      new Node({ op: 'value', owner, path: [name], optional: false }, { type: 'string', text: 'plain' }),
    );
  const all = { repository: 'example.com/shop', tag: '1.4.2', digest: '', ...image };
  const inputs = { values: new Map([[owner, all]]), builtins: {} } as unknown as Inputs;
  const parts = { repository: part('repository'), tag: part('tag'), digest: part('digest') };
  expect(evaluate(treeOf(imageReference(parts)), inputs)).toBe(reference);
});

test('a part of an image is refused where a registry would not take it', () => {
  const parts = (more: object = {}) => value.imageParts({ repository: 'example.com/a', tag: '1.2', ...more });
  const takes = (declaration: unknown, given: string) =>
    problemsOf(schemaOf(declaration), given).length === 0;
  expect(['a/b', 'host:5000/a', 'A', 'a:1', ''].map((one) => takes(parts().repository, one))).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(['1', 'v1.2-rc', '', '-1', 'a b'].map((one) => takes(parts().tag, one))).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(['', `sha256:${'0'.repeat(64)}`, 'sha256:0'].map((one) => takes(parts().digest, one))).toEqual([
    true,
    true,
    false,
  ]);
  const own = parts({ tagPattern: '^1\\.[0-9]+$', tagDoc: 'The version' });
  expect([takes(own.tag, '1.3'), takes(own.tag, '2.0'), docOf(own.tag)]).toEqual([
    true,
    false,
    'The version',
  ]);
});

const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };

test.each<[right: unknown, wrong: unknown, place: string]>([
  [[object], [{ ...object, kind: undefined }], '[0].kind'],
  [[{ ...object, apiVersion: 'a.b/v1beta1' }], [{ ...object, apiVersion: 'v' }], '[0].apiVersion'],
  [[object], [{ ...object, kind: 'configMap' }], '[0].kind'],
  [
    [{ ...object, metadata: { name: 'system:a.b_C' } }],
    [{ ...object, metadata: { name: '-a' } }],
    '[0].metadata.name',
  ],
  [[object], [{ ...object, metadata: {} }], '[0].metadata.name'],
  [
    [{ ...object, metadata: { name: 'a', labels: { a: 'b' } } }],
    [{ ...object, metadata: { name: 'a', labels: { a: 1 } } }],
    '[0].metadata.labels.a',
  ],
  [[{ ...object, data: { a: [1, { b: true }] } }], [{ ...object, data: '\u0085' }], '[0].data'],
])('value.objects takes %j, and of %j it is told where', (right, wrong, place) => {
  const { schema } = value.objects({ doc });
  expect(problemsOf(schema, right as never)).toEqual([]);
  expect(JSON.stringify(problemsOf(schema, JSON.parse(JSON.stringify(wrong))))).toContain(place);
});

const patch = { kind: 'Deployment', name: 'web' };

test.each<[right: unknown, wrong: unknown, place: string]>([
  [[patch], [{ name: 'web' }], '[0].kind'],
  [[patch], [{ kind: 'Deployment' }], '[0].name'],
  [[{ ...patch, merge: { spec: { replicas: 2 } } }], [{ ...patch, merg: {} }], '[0].merg'],
  [
    [{ ...patch, merge: { metadata: { annotations: { a: 'b' } } } }],
    [{ ...patch, merge: { metadata: { annotations: { a: 1 } } } }],
    '[0].merge.metadata.annotations.a',
  ],
  [[{ ...patch, remove: [['spec', 'replicas']] }], [{ ...patch, remove: [[]] }], '[0].remove[0]'],
  [[{ ...patch, remove: [] }], [{ ...patch, remove: ['spec'] }], '[0].remove[0]'],
])('value.patches takes %j, and of %j it is told where', (right, wrong, place) => {
  const { schema } = value.patches({ doc });
  expect(problemsOf(schema, right as never)).toEqual([]);
  expect(JSON.stringify(problemsOf(schema, wrong as never))).toContain(place);
});

test.each<[string, unknown]>([
  ['map of port', value.map(value.port({ doc }), { doc })],
  ['list of name', value.list(value.dnsName({ doc }), { doc })],
  ['map of string', value.labels({ doc })],
  ['object', value.object({ a: value.port({ doc }) }, { doc })],
  ['list of objects', value.objects({ doc })],
  ['list of patches', value.patches({ doc })],
])('in the README of a chart, a value of that type is a %s', (kind, declaration) => {
  expect((declaration as Declaration<unknown>).kind).toBe(kind);
});

test('a message tells values by their place: at the top of a chart that is installed, and below its subcharts', () => {
  const message = `${VALUES_HERE}a and ${VALUES_HERE}b`;
  expect(messageAt(message, [])).toBe('a and b');
  expect(messageAt(message, ['web', 'db'])).toBe('web.db.a and web.db.b');
});

test.each<[object, boolean]>([
  [{ front: value.boolean({ default: true, doc }), back: value.boolean({ default: false, doc }) }, true],
  [{ front: value.boolean({ default: true, doc }), back: value.boolean({ doc }) }, false],
  [{ front: value.boolean({ default: true, doc }), back: value.boolean({ optional: true, doc }) }, false],
  [{ front: value.boolean({ default: true, doc }), back: value.string({ default: 'x', doc }) }, false],
  [
    { group: { front: value.boolean({ default: true, doc }) }, back: value.boolean({ default: true, doc }) },
    false,
  ],
])('what helm leaves subcharts out by is switches with defaults, all of them: %#', (tags, isTaken) => {
  const declare = () => defineValues({ tags } as never);
  if (isTaken) expect(declare).not.toThrow();
  else expect(declare).toThrow(expect.objectContaining({ code: 'VALUE_NAME' }));
});

test.each([
  [{ url: 'a', password: 'b' }, true],
  [{ url: 'a', password: '' }, true],
  [{ url: 'a' }, false],
  [{ password: 'b' }, false],
  [{}, false],
  [{ url: 'a', password: 'b', existingSecret: 'mine' }, false],
])('of %j the chart makes a Secret: %p', (given, isMade) => {
  const { database } = defineValues({ database: value.secret({ doc, keys: { url: doc, password: doc } }) });
  const tree = treeOf(database.isMade);
  const [owner] = valuesReadBy(tree).map(({ node }) => (node.op as { readonly owner: Owner }).owner);

  const inputs = {
    values: new Map([[owner as Owner, { database: { existingSecret: '', ...given } }]]),
    builtins: {},
  };
  expect(evaluate(tree, inputs as unknown as Inputs)).toBe(isMade);
});
