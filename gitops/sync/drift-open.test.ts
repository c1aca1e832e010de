import { PART_OF } from '../../deploy/inventory/names';
import { Connection, type KubeObject, type Stored } from '../../kube';
import { ModelCluster } from '../../kube/testing-only/model-cluster';
import {
  configTo,
  type ScriptedServer,
  scriptedServer,
  sendJson,
} from '../../kube/testing-only/scripted-server';
import { openBy } from './drift';

let server: ScriptedServer | undefined;
let connection: Connection | undefined;
afterEach(async () => {
  connection?.close();
  await server?.close();
});

/** What is kept of a ConfigMap by whoever follows what was applied. */
async function kept(metadata: object): Promise<Stored<KubeObject>['metadata'] | undefined> {
  const cluster = new ModelCluster();
  cluster.put('a', { metadata });
  server = await scriptedServer((seen, response) => {
    if (seen.path.endsWith('/configmaps')) cluster.handle(seen, response);
    else
      sendJson(response, 200, {
        kind: 'APIResourceList',
        resources: [{ name: 'configmaps', kind: 'ConfigMap', namespaced: true, verbs: ['list', 'watch'] }],
      });
  });
  connection = new Connection({ kubeconfig: configTo(server.url) });
  const followed = await openBy(connection)('v1', 'ConfigMap');
  return followed.all()[0]?.metadata;
}

test('of what was applied nothing is kept that nobody looks at: with ten thousand Applications it is most of the memory', async () => {
  const told = {
    ...{ generation: 3, labels: { [PART_OF]: 'release-1' }, annotations: { 'example.com/a': 'b' } },
    managedFields: [{ manager: 'drydock', operation: 'Apply', fieldsV1: { 'f:data': { 'f:x': {} } } }],
  };
  const metadata = await kept(told);
  const { managedFields: _managedFields, ...looked } = told;
  expect(metadata).toEqual(expect.objectContaining({ name: 'a', ...looked }));
  expect(metadata).not.toHaveProperty('managedFields');
});
