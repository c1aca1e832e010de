import { Chart } from 'cdk8s';
import { App, Testing } from '../synth';
import { type JsonObject, text } from '../template';
import { defineValues, value } from '../values';
import { forEach } from './conditions';
import { HelmChart } from './helm-chart';
import { KubeObject } from './kube-object';
import { release } from './release';

const doc = 'd';

function shop() {
  const values = defineValues({
    patches: value.patches({ default: [], doc }),
    teams: value.list(value.dnsName({ doc }), { default: [], doc }),
  });
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'd', values });
  chart.patches(values.patches);
  new KubeObject(chart, 'web', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: chart.nameFor('web'), annotations: { why: 'x', 'a.b/c': 'y' } },
    spec: {
      replicas: 2,
      template: {
        spec: {
          containers: [
            {
              name: 'main',
              image: 'shop:1',
              env: [
                { name: 'LEVEL', value: 'info' },
                { name: 'OLD', value: '1' },
              ],
              volumeMounts: [
                { name: 'data', mountPath: '/a', subPath: 'a' },
                { name: 'data', mountPath: '/b' },
              ],
              ports: [{ containerPort: 80 }],
            },
            { name: 'sidecar', image: 'side:1' },
          ],
        },
      },
    },
  });
  new KubeObject(chart, 'definition', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
  });
  forEach(values.teams, (team) => {
    new KubeObject(chart, 'team', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: text`team-${team}` },
    });
  });
  const inner = new Chart(chart, 'inner');
  new KubeObject(inner, 'own', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'own', namespace: 'n' },
  });
  return chart;
}

const patch = { kind: 'Deployment', name: 'shop-web' };

function rendered(...patches: readonly JsonObject[]): JsonObject[] {
  const chart = shop();
  return chart.render(chart.inputs({ values: { patches, teams: ['red'] } }));
}

/** The Deployment with one patch. */
// biome-ignore lint/suspicious/noExplicitAny: fields of any object
const web = (more: JsonObject): any => ofKind('Deployment', rendered({ ...patch, ...more }));

function ofKind(kind: string, objects: readonly JsonObject[]): JsonObject | undefined {
  return objects.find((one) => one.kind === kind);
}

test('without a patch every object is what the program says', () => {
  const chart = shop();
  expect(rendered()).toEqual(chart.render(chart.inputs({ values: { teams: ['red'] } })));
});

test('a field that is not there is set, one that is there replaced, and a map merged', () => {
  const { metadata, spec } = web({
    merge: { metadata: { annotations: { why: 'y' } }, spec: { replicas: 5, paused: true } },
  });
  expect(metadata.annotations).toEqual({ why: 'y', 'a.b/c': 'y' });
  expect(spec).toMatchObject({ replicas: 5, paused: true, template: expect.anything() });
});

test('containers, variables, volumes and mounts are merged by what tells them apart; other lists are replaced', () => {
  const { containers } = web({
    merge: {
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: 'main',
                env: [
                  { name: 'LEVEL', value: 'debug' },
                  { name: 'NEW', value: '2' },
                ],
                volumeMounts: [{ mountPath: '/a', subPath: 'z' }],
                ports: [{ containerPort: 81 }],
              },
              { name: 'late', image: 'late:1' },
            ],
          },
        },
      },
    },
  }).spec.template.spec;
  expect(containers).toEqual([
    {
      name: 'main',
      image: 'shop:1',
      env: [
        { name: 'LEVEL', value: 'debug' },
        { name: 'OLD', value: '1' },
        { name: 'NEW', value: '2' },
      ],
      volumeMounts: [
        { name: 'data', mountPath: '/a', subPath: 'z' },
        { name: 'data', mountPath: '/b' },
      ],
      ports: [{ containerPort: 81 }],
    },
    { name: 'sidecar', image: 'side:1' },
    { name: 'late', image: 'late:1' },
  ]);
});

test('what is removed goes by its keys, an entry of a list by its name; what is not there is nothing', () => {
  const spec = ['spec', 'template', 'spec', 'containers'];
  const { metadata, spec: after } = web({
    remove: [
      ['metadata', 'annotations', 'a.b/c'],
      ['spec', 'replicas'],
      [...spec, 'sidecar'],
      [...spec, 'main', 'env', 'OLD'],
      [...spec, 'main', 'ports', '0'],
      [...spec, 'nobody', 'env'],
      ['status', 'x'],
    ],
  });
  expect(metadata.annotations).toEqual({ why: 'x' });
  expect(after.replicas).toBeUndefined();
  expect(after.template.spec.containers).toEqual([
    expect.objectContaining({
      name: 'main',
      env: [{ name: 'LEVEL', value: 'info' }],
      ports: [{ containerPort: 80 }],
    }),
  ]);
});

test('a field is removed before it is put there anew, and a later patch sees what an earlier one did', () => {
  const objects = rendered(
    { ...patch, remove: [['metadata', 'annotations']], merge: { metadata: { annotations: { a: '1' } } } },
    { ...patch, merge: { metadata: { annotations: { b: '2' } } } },
  );
  const after = ofKind('Deployment', objects);
  expect(after?.metadata).toMatchObject({ annotations: { a: '1', b: '2' } });
  expect(after).not.toHaveProperty('metadata.annotations.why');
});

test('entries of a loop and objects of a stock chart inside are patched by their names', () => {
  const objects = rendered(
    { kind: 'ConfigMap', name: 'team-red', merge: { data: { a: 'b' } } },
    { kind: 'Secret', name: 'own', merge: { type: 'Opaque' } },
  );
  expect(ofKind('ConfigMap', objects)).toMatchObject({ data: { a: 'b' } });
  expect(ofKind('Secret', objects)).toMatchObject({ type: 'Opaque' });
});

test.each<[string, JsonObject, string, JsonObject]>([
  ['an object that is not there', { ...patch, name: 'web' }, 'PATCH_REFUSED', patch],
  ['another kind of that name', { ...patch, kind: 'Service' }, 'PATCH_REFUSED', patch],
  [
    'an entry that the loop does not have',
    { kind: 'ConfigMap', name: 'team-blue' },
    'PATCH_REFUSED',
    { kind: 'ConfigMap', name: 'team-red' },
  ],
  [
    'a definition, which helm installs as it is',
    { kind: 'CustomResourceDefinition', name: 'widgets.example.com', merge: { spec: {} } },
    'PATCH_REFUSED',
    patch,
  ],
  [
    'another name',
    { ...patch, merge: { metadata: { name: 'x' } } },
    'PATCH_REFUSED',
    { ...patch, merge: { metadata: { name: 'shop-web' } } },
  ],
  [
    'a namespace',
    { ...patch, merge: { metadata: { namespace: 'x' } } },
    'PATCH_REFUSED',
    { ...patch, merge: { metadata: { labels: { namespace: 'x' } } } },
  ],
  [
    'no namespace',
    { kind: 'Secret', name: 'own', remove: [['metadata', 'namespace']] },
    'PATCH_REFUSED',
    { kind: 'Secret', name: 'own', remove: [['metadata', 'labels']] },
  ],
  [
    'another kind of object',
    { ...patch, merge: { kind: 'StatefulSet' } },
    'PATCH_REFUSED',
    { ...patch, merge: { kind: 'Deployment' } },
  ],
  [
    'no metadata',
    { ...patch, remove: [['metadata']] },
    'PATCH_REFUSED',
    { ...patch, remove: [['metadata', 'labels']] },
  ],
  [
    'a null',
    { ...patch, merge: { spec: { replicas: null } } },
    'VALUES_INVALID',
    { ...patch, merge: { spec: {} } },
  ],
  [
    'a label that is a number',
    { ...patch, merge: { metadata: { labels: { a: 1 } } } },
    'VALUES_INVALID',
    { ...patch, merge: { metadata: { labels: { a: '1' } } } },
  ],
  ['no name', { kind: 'Deployment' }, 'VALUES_INVALID', patch],
  ['a word that is none', { ...patch, patch: {} }, 'VALUES_INVALID', { ...patch, merge: {} }],
  [
    'a path as one text',
    { ...patch, remove: ['spec.replicas'] },
    'VALUES_INVALID',
    { ...patch, remove: [['spec']] },
  ],
  ['a path that leads nowhere', { ...patch, remove: [[]] }, 'VALUES_INVALID', { ...patch, remove: [] }],
])('a patch of or with %s is refused, and its twin is not', (_what, given, code, twin) => {
  expect(() => rendered(given)).toThrow(expect.objectContaining({ code }));
  expect(rendered(twin)).toHaveLength(4);
});

test('the refusal of an object that is not there names those that are', () => {
  expect(() => rendered({ ...patch, name: 'web' })).toThrow(
    'one of ConfigMap/team-red, Deployment/shop-web, Secret/own',
  );
});

test('a chart takes one declared value of patches', () => {
  const values = defineValues({
    one: value.patches({ default: [], doc }),
    two: value.patches({ optional: true, doc }),
    hosts: value.list(value.string({ doc }), { default: [], doc }),
  });
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'd', values });
  const wrong = expect.objectContaining({ code: 'WRONG_USE', where: 'shop patches' });
  expect(() => chart.patches(values.hosts as never)).toThrow(wrong);
  expect(() => chart.patches([] as never)).toThrow(wrong);
  expect(() => chart.patches(values.one.filter(() => release.isUpgrade))).toThrow(wrong);
  chart.patches(values.two);
  expect(() => chart.patches(values.one)).toThrow(wrong);
  expect(chart.render(chart.inputs())).toEqual([]);
});

test('a chart without patches is printed as ever, one with them has helpers for them', () => {
  const files = Testing.helmChart(shop());
  expect(Object.keys(files).filter((path) => path.includes('patches'))).toEqual([
    'templates/_patches.tpl',
    'templates/patches.yaml',
  ]);
  expect(files['templates/web-deployment.yaml']).toMatch(/^\{\{- define "shop.object.web-deployment" \}\}/);
  expect(Object.keys(files).filter((path) => path.startsWith('crds/'))).toHaveLength(1);
  expect(Object.entries(files).find(([path]) => path.startsWith('crds/'))?.[1]).not.toContain('{{');
});
