import type { KubeObject } from '../../kube';
import { ModelApi } from '../testing-only/model-api';
import type { ClusterApi } from './cluster-api';
import { Kinds } from './kinds';

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
