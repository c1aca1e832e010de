import { ModelApi } from '../../deploy/testing-only/model-api';
import { serveModel } from '../../deploy/testing-only/model-server';
import type { KubeObject, Stored } from '../../kube';
import type { ScriptedServer } from '../../kube/testing-only/scripted-server';
import { type Application, applications } from '../api/application';
import { actingAs, hasAccount, requireAccount } from './acting-as';

let model: ModelApi;
let server: ScriptedServer;
beforeEach(async () => {
  model = new ModelApi();
  server = await serveModel(model);
});
afterEach(() => server.close());

const appWith = (serviceAccount?: string) =>
  ({
    ...{ apiVersion: applications.apiVersion, kind: 'Application' },
    metadata: { name: 'shop', namespace: 'here', uid: 'u', resourceVersion: '1' },
    spec: { source: { url: 'https://example.com/x' }, ...(serviceAccount && { serviceAccount }) },
  }) as Stored<Application>;

test('one connection for each user, and that of the controller where none is named', () => {
  const connection = server.connect();
  const [one, other] = ['system:serviceaccount:here:a', 'system:serviceaccount:here:b'];
  const asOne = actingAs(connection, { user: one });
  expect(actingAs(connection, { user: one })).toBe(asOne);
  expect(actingAs(connection, { user: other })).not.toBe(asOne);
  expect(actingAs(server.connect(), { user: one })).not.toBe(asOne);
  expect(actingAs(connection, { user: undefined })).toBe(connection);
});

test('where an account has to be named, none is refused', () => {
  expect(() => requireAccount(appWith())).toThrow(
    'ACCOUNT_MISSING at spec.serviceAccount: found nothing; expected an account of the namespace of the Application, as this controller is set to want it. Make a ServiceAccount with the rights that the objects need, and name it.',
  );
  expect(() => requireAccount(appWith('deployer'))).not.toThrow();
});

test('an account that has gone is told from one that is there, and from a server that cannot say', async () => {
  const connection = server.connect();
  const account = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'deployer', namespace: 'here' },
  };
  model.edit('somebody', account as KubeObject);
  expect(await hasAccount(connection, appWith('deployer'))).toBe(true);
  expect(await hasAccount(connection, appWith('gone'))).toBe(false);
  expect(await hasAccount(connection, appWith())).toBe(true);
  await server.close();
  await expect(hasAccount(connection, appWith('deployer'))).rejects.toMatchObject({ name: 'KubeError' });
});
