import { type KubeObject, resource, type ServedResource } from '../../kube';
import { ModelApi } from '../testing-only/model-api';
import type { ClusterApi } from './cluster-api';
import { isDefinition, Kinds, kindsOfDefinition } from './kinds';

const widgets = (version: string): KubeObject =>
  ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { kind: 'Widget', plural: 'widgets' },
      versions: [
        { name: 'v0', served: false },
        { name: version, served: true },
      ],
    },
  }) as KubeObject;
const widget = { apiVersion: 'example.com/v1', kind: 'Widget', plural: 'widgets', namespace: 'here' };
/** A server that has none of these versions. */
const without = (model: ModelApi, ...versions: readonly string[]): ClusterApi => ({
  ...model,
  served: async (apiVersion) => (versions.includes(apiVersion) ? [] : model.served(apiVersion)),
});

test('a kind that a CRD of the set brings is found, and known to be not there yet', async () => {
  const kinds = new Kinds(new ModelApi(), [widgets('v1')]);
  expect(await kinds.find('example.com/v1', 'Widget')).toMatchObject({
    comes: true,
    resource: { plural: 'widgets', namespaced: true },
  });
  expect(await kinds.find('example.com/v2', 'Widget')).toBeUndefined();
  expect(await kinds.find('v1', 'Pod')).toMatchObject({ comes: false });
});

test('an object whose version is no longer served is looked for in another one', async () => {
  const scaler = {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    plural: 'x',
    namespace: 'here',
  };
  const newer = new Kinds(without(new ModelApi(), 'autoscaling/v1'));
  expect(await newer.ofEntry(scaler)).toMatchObject({ apiVersion: 'autoscaling/v2' });
  const model = new ModelApi();
  model.edit('somebody', widgets('v2'));
  expect(await new Kinds(without(model, 'example.com/v1')).ofEntry(widget)).toMatchObject({
    apiVersion: 'example.com/v2',
  });
});

test('objects are gone when their CRD is, and not because the server does not know their version', async () => {
  expect(await new Kinds(new ModelApi()).ofEntry(widget)).toBe('gone');
  const model = new ModelApi();
  const { spec, ...definition } = widgets('v1') as KubeObject & { spec: object };
  model.edit('somebody', {
    ...definition,
    spec: { ...spec, versions: [{ name: 'v1', served: false }] },
  } as KubeObject);
  expect(await new Kinds(without(model, 'example.com/v1')).ofEntry(widget)).toBe('unknown');
  const lost = new Kinds(without(new ModelApi(), 'apps/v1'));
  expect(await lost.ofEntry({ apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments' })).toBe(
    'unknown',
  );
});

test('each version is asked for once', async () => {
  const model = new ModelApi();
  let asked = 0;
  const counting: ClusterApi = {
    ...model,
    served: (apiVersion) => {
      asked += 1;
      return model.served(apiVersion);
    },
  };
  const kinds = new Kinds(counting);
  await Promise.all([kinds.find('v1', 'Pod'), kinds.find('v1', 'Secret'), kinds.find('v1', 'Pod')]);
  expect(asked).toBe(1);
});

/** A server that has this under every version, and this definition. */
const serving = (served: readonly ServedResource[], live?: object): ClusterApi => ({
  ...new ModelApi(),
  served: async () => served,
  get: async () => live as never,
});
const row = (name: string, kind = 'Widget') => ({ name, kind, namespaced: false, verbs: [] });

test('a kind is what the server calls it, and never its subresource', async () => {
  const kinds = new Kinds(serving([row('widgets/scale'), row('gadgets', 'Gadget'), row('widgets')]));
  expect(await kinds.find('example.com/v1', 'Widget')).toEqual({
    resource: { apiVersion: 'example.com/v1', kind: 'Widget', plural: 'widgets', namespaced: false },
    comes: false,
  });
  expect(await new Kinds(serving([row('widgets/scale')])).find('example.com/v1', 'Widget')).toBeUndefined();
});

test('a definition of the set makes no object of an earlier one be there', async () => {
  const kinds = new Kinds(new ModelApi(), [widgets('v1')]);
  expect(await kinds.ofEntry(widget)).toBe('gone');
});

test('what is of a custom kind is read as its definition says, in the namespace that it had or in none', async () => {
  const asked: unknown[] = [];
  const api: ClusterApi = {
    ...serving([]),
    get: async (...call) => {
      asked.push(call);
      return widgets('v2') as never;
    },
  };
  expect(await new Kinds(api).ofEntry(widget)).toEqual({
    ...{ apiVersion: 'example.com/v2', kind: 'Widget', plural: 'widgets', namespaced: true },
  });
  expect(asked).toEqual([
    [resource('apiextensions.k8s.io/v1', 'CustomResourceDefinition'), { name: 'widgets.example.com' }],
  ]);
  const { namespace: _namespace, ...clusterWide } = widget;
  expect(await new Kinds(api).ofEntry(clusterWide)).toMatchObject({ namespaced: false });
});

test.each([[{}], [{ spec: {} }], [{ spec: { versions: [] } }]])(
  'a definition that says %j names no version to read in',
  async (live) => {
    expect(await new Kinds(serving([], live)).ofEntry(widget)).toBe('unknown');
  },
);

test('a kind of Kubernetes is never looked for among definitions', async () => {
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Gone', plural: 'gone' };
  for (const entry of [role, { ...role, apiVersion: 'batch/v1' }, { ...role, apiVersion: 'v1' }])
    expect(await new Kinds(serving([], widgets('v1'))).ofEntry(entry)).toBe('unknown');
});

test('the other version of a kind is told, where this server has one', async () => {
  const kinds = new Kinds(without(new ModelApi(), 'autoscaling/v1'));
  expect(await kinds.otherVersion('autoscaling/v1', 'HorizontalPodAutoscaler')).toBe('autoscaling/v2');
  const none = new Kinds(without(new ModelApi(), 'autoscaling/v1', 'autoscaling/v2'));
  expect(await none.otherVersion('autoscaling/v1', 'HorizontalPodAutoscaler')).toBeUndefined();
  expect(await kinds.otherVersion('autoscaling/v2', 'HorizontalPodAutoscaler')).toBeUndefined();
  expect(await kinds.otherVersion('v1', 'HorizontalPodAutoscaler')).toBeUndefined();
});

test('what is no definition, or none that is whole, brings no kinds', () => {
  const whole = widgets('v1') as KubeObject & { spec: Record<string, unknown> };
  const having = (spec: object): KubeObject => ({ ...whole, spec: { ...whole.spec, ...spec } }) as never;
  expect(kindsOfDefinition(whole)).toEqual(
    ['v0', 'v1'].map((version) => ({
      ...{ apiVersion: `example.com/${version}`, kind: 'Widget', plural: 'widgets', namespaced: true },
    })),
  );
  expect(kindsOfDefinition(having({ scope: 'Cluster' }))).toMatchObject([{ namespaced: false }, {}]);
  expect(kindsOfDefinition(having({ versions: [7, { name: 'v1' }] }))).toHaveLength(1);
  const broken = [
    having({ names: 'x' }),
    having({ names: { kind: 7, plural: 'widgets' } }),
    having({ names: { kind: 'Widget' } }),
    having({ versions: 'v1' }),
    { ...whole, spec: 'x' } as never,
    { ...whole, kind: 'Widget' },
    { ...whole, apiVersion: 'example.com/v1' },
  ];
  expect(broken.map(kindsOfDefinition)).toEqual(broken.map(() => []));
  expect([whole, broken[5]!, broken[6]!].map(isDefinition)).toEqual([true, false, false]);
});
