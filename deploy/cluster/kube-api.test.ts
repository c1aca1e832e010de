import { type Connection, resource } from '../../kube';
import {
  type Handler,
  type ScriptedServer,
  scriptedServer,
  sendJson,
  statusBody,
} from '../../kube/testing-only/scripted-server';
import type { ClusterApi } from './cluster-api';
import { kubeApi } from './kube-api';

/** What each call of the engine says to a cluster, and what it makes of the answer. */

const configMaps = resource('v1', 'ConfigMap');
const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one', namespace: 'here' } };
const at = { namespace: 'here', name: 'one' };
const path = '/api/v1/namespaces/here/configmaps/one';

let server: ScriptedServer;
let connection: Connection;
let api: ClusterApi;
let answer: Handler;
beforeEach(async () => {
  answer = (_seen, response) => sendJson(response, 200, object);
  server = await scriptedServer((...call) => answer(...call));
  connection = server.connect();
  api = kubeApi(connection);
});
afterEach(() => server.close());

const answering = (status: number, body: unknown): void => {
  answer = (_seen, response) => sendJson(response, status, body);
};
const missing = (): void => answering(404, statusBody(404, 'NotFound'));
const forbidden = (): void => answering(403, statusBody(403, 'Forbidden'));

/** The one request that was made since. */
function said() {
  const { method, path: asked, query, body } = server.seen.at(-1)!;
  return {
    line: `${method} ${asked}`,
    query: Object.fromEntries(query),
    body: body === '' ? undefined : JSON.parse(body),
  };
}

test('objects that name no namespace are in that of the connection, and the time is that of the server', async () => {
  expect(api.namespace).toBe('here');
  answer = (_seen, response) => sendJson(response, 200, object, { date: 'Mon, 02 Jul 2040 00:00:00 GMT' });
  await api.get(configMaps, at);
  expect(new Date(api.now()).getUTCFullYear()).toBe(2040);
});

test('what is not there is undefined; any other refusal is told', async () => {
  expect(await api.get(configMaps, at)).toEqual(object);
  missing();
  expect(await api.get(configMaps, at)).toBeUndefined();
  forbidden();
  await expect(api.get(configMaps, at)).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('a version that the server has not serves nothing; any other refusal is told', async () => {
  answering(200, {
    kind: 'APIResourceList',
    resources: [{ name: 'widgets', kind: 'Widget', namespaced: true, verbs: ['get'] }],
  });
  expect(await api.served('example.com/v1')).toMatchObject([
    { name: 'widgets', kind: 'Widget', namespaced: true },
  ]);
  expect(said().line).toBe('GET /apis/example.com/v1');
  missing();
  expect(await api.served('example.com/v2')).toEqual([]);
  forbidden();
  await expect(api.served('example.com/v3')).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('a list is of one namespace, or of all, by labels, and one answer where it is not very long', async () => {
  answering(200, { kind: 'ConfigMapList', metadata: {}, items: [object] });
  expect(await api.list(configMaps, 'there', 'a=b')).toMatchObject([{ metadata: { name: 'one' } }]);
  expect(said()).toMatchObject({
    line: 'GET /api/v1/namespaces/there/configmaps',
    query: { labelSelector: 'a=b', limit: '2000' },
  });
  await api.list(configMaps, undefined, 'a=b');
  expect(said()).toMatchObject({ line: 'GET /api/v1/configmaps', query: { labelSelector: 'a=b' } });
});

test('whatever is written is written as the manager of deployments', async () => {
  expect(await api.apply(configMaps, object)).toEqual(object);
  expect(said()).toMatchObject({
    line: `PATCH ${path}`,
    query: { fieldManager: 'drydock-deploy' },
    body: object,
  });
  expect(said().query).not.toHaveProperty('dryRun');
  await api.apply(configMaps, object, { dryRun: true, force: true });
  expect(said().query).toMatchObject({ fieldManager: 'drydock-deploy', dryRun: 'All', force: 'true' });
  expect(await api.create(configMaps, object)).toEqual(object);
  expect(said()).toMatchObject({
    line: 'POST /api/v1/namespaces/here/configmaps',
    query: { fieldManager: 'drydock-deploy' },
    body: object,
  });
  const change = { metadata: { resourceVersion: '7' } };
  expect(await api.change(configMaps, at, change)).toEqual(object);
  expect(said()).toMatchObject({
    line: `PATCH ${path}`,
    query: { fieldManager: 'drydock-deploy' },
    body: change,
  });
  expect(said().query).not.toHaveProperty('dryRun');
  await api.change(configMaps, at, change, { dryRun: true });
  expect(said().query).toMatchObject({ dryRun: 'All' });
});

test('a deletion names the object and its version, and in which order what it owns goes', async () => {
  await api.remove(configMaps, at, { uid: 'u', resourceVersion: '7' });
  expect(said()).toMatchObject({
    line: `DELETE ${path}`,
    body: { propagationPolicy: 'Background', preconditions: { uid: 'u', resourceVersion: '7' } },
  });
  await api.remove(configMaps, at, { uid: 'u', foreground: true });
  expect(said().body).toMatchObject({ propagationPolicy: 'Foreground', preconditions: { uid: 'u' } });
});

test('what was deleted is gone by a Status, or where there was none; by an object it is on its way', async () => {
  const remove = () => api.remove(configMaps, at, { uid: 'u' });
  answering(200, { kind: 'Status', status: 'Success' });
  expect(await remove()).toBe('gone');
  answering(200, object);
  expect(await remove()).toBe('going');
  missing();
  expect(await remove()).toBe('gone');
  answering(409, statusBody(409, 'Conflict'));
  await expect(remove()).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('a right is there when the server says so in so many words', async () => {
  const right = { verb: 'patch', group: 'apps', resource: 'deployments', namespace: 'here' };
  answering(201, { status: { allowed: true } });
  expect(await api.may(right)).toBe(true);
  expect(said()).toMatchObject({
    line: 'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: right },
    },
  });
  for (const status of [{ allowed: false }, {}, undefined]) {
    answering(201, { status });
    expect(await api.may(right)).toBe(false);
  }
});

test('each call has the limits that were given for all', async () => {
  answer = () => {};
  const quick = kubeApi(connection, { deadlineMs: 20 });
  const calls = [
    quick.served('v1'),
    quick.get(configMaps, at),
    quick.list(configMaps, 'here', ''),
    quick.apply(configMaps, object),
    quick.create(configMaps, object),
    quick.change(configMaps, at, {}),
    quick.remove(configMaps, at, { uid: 'u' }),
    quick.may({ verb: 'get', group: '', resource: 'pods' }),
  ];
  const ends = await Promise.all(calls.map((call: Promise<unknown>) => call.catch(({ code }) => code)));
  expect(ends).toEqual(calls.map(() => 'DEADLINE_EXCEEDED'));
});
