import type { KubeObject } from '../../kube';
import { edgesBetween } from './page-data';

const mounts = (namespace: string): KubeObject =>
  ({
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace } },
    spec: { volumes: [{ name: 'v', configMap: { name: 'settings' } }] },
  }) as KubeObject;
const settings = (namespace: string): KubeObject => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace } },
});
const shown = ({ kind, metadata }: KubeObject) =>
  ({ kind, name: metadata!.name!, namespace: metadata!.namespace }) as Parameters<
    typeof edgesBetween
  >[0][number];

test('a line leads to the object of the same namespace, where several have its name', () => {
  const applied = [mounts('one'), settings('one'), mounts('two'), settings('two')];
  // The status has them in another order.
  const objects = [applied[3]!, applied[0]!, applied[1]!, applied[2]!].map(shown);
  expect(edgesBetween(objects, applied)).toEqual([
    [1, 2],
    [3, 0],
  ]);
});

test('to what is not there no line leads', () => {
  expect(edgesBetween([shown(mounts('one'))], [mounts('one'), settings('one')])).toEqual([]);
});
