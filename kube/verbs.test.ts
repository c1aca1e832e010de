import type { ConfigMap, Namespace, Pod } from '../imports/k8s';
import { apply } from './apply';
import type { Connection } from './connection';
import { create, createSub } from './create';
import { remove } from './delete';
import { discover, findResource, serverVersion } from './discovery';
import { get, getIfThere } from './get';
import { list } from './list';
import { patch } from './patch';
import { collectionPath, type KubeObject, objectPath, resource } from './resource';
import { failureOf } from './testing-only/failure';
import { type ScriptedServer, scriptedServer, sendJson, statusBody } from './testing-only/scripted-server';

/** What each verb sends: its method, its path, its query, its headers and its body. Users find these in an audit log. */

const configMaps = resource<ConfigMap>('v1', 'ConfigMap');
const namespaces = resource<Namespace>('v1', 'Namespace');
const pods = resource<Pod>('v1', 'Pod');
const object: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' } };
const inOther: ConfigMap = { ...object, metadata: { name: 'one', namespace: 'other' } };

let server: ScriptedServer;
let connection: Connection;
let answer: unknown = object;
beforeEach(async () => {
  answer = object;
  server = await scriptedServer((_seen, response) => sendJson(response, 200, answer));
  connection = server.connect();
});
afterEach(() => server.close());

/** The one request that a call made. */
async function sent(call: Promise<unknown>) {
  await call;
  expect(server.seen).toHaveLength(1);
  const { method, path, query, headers, body } = server.seen[0]!;
  return {
    line: `${method} ${path}`,
    query: Object.fromEntries(query),
    type: headers['content-type'],
    body: body === '' ? undefined : JSON.parse(body),
    headers,
  };
}

const one = '/api/v1/namespaces/here/configmaps/one';
const written = { fieldValidation: 'Strict', fieldManager: 'drydock' };

test('get asks for one object by its path, as JSON, under the name of the client', async () => {
  const seen = await sent(get(connection, configMaps, { name: 'one' }));
  expect(seen).toMatchObject({ line: `GET ${one}`, query: {}, type: undefined, body: undefined });
  expect(seen.headers).toMatchObject({ accept: 'application/json', 'user-agent': 'drydock' });
});

test('getIfThere gives the object, nothing where there is none, and fails with anything else that is refused', async () => {
  const look = () => getIfThere(connection, configMaps, { name: 'one' });
  expect(await look()).toEqual(object);
  for (const [code, reason] of [
    [404, 'NotFound'],
    [403, 'Forbidden'],
    [410, 'Gone'],
  ] as const) {
    server.server.removeAllListeners('request');
    server.server.on('request', (_request, response) => sendJson(response, code, statusBody(code, reason)));
    const found = await look().catch((error: { readonly statusCode?: number }) => error.statusCode);
    expect(found).toBe(code === 404 ? undefined : code);
  }
});

test('create posts the object to its collection; its own namespace goes before that of the connection', async () => {
  expect(await sent(create(connection, configMaps, inOther))).toMatchObject({
    line: 'POST /api/v1/namespaces/other/configmaps',
    query: written,
    type: 'application/json',
    body: inOther,
  });
});

test('the namespace of a call goes before that of the object', async () => {
  const { line } = await sent(create(connection, configMaps, inOther, { namespace: 'third' }));
  expect(line).toBe('POST /api/v1/namespaces/third/configmaps');
});

test('the namespace of an applied object goes before that of the connection, and that of the call before both', async () => {
  await apply(connection, configMaps, inOther);
  await apply(connection, configMaps, inOther, { namespace: 'third' });
  expect(server.seen.map(({ path }) => path)).toEqual(
    ['other', 'third'].map((namespace) => `/api/v1/namespaces/${namespace}/configmaps/one`),
  );
});

test('what a caller says of a write goes into its query', async () => {
  const options = { dryRun: true, fieldValidation: 'Warn', fieldManager: 'me' } as const;
  const { query } = await sent(create(connection, configMaps, object, options));
  expect(query).toEqual({ dryRun: 'All', fieldValidation: 'Warn', fieldManager: 'me' });
});

test('apply patches with the object itself, and takes fields by force only when asked', async () => {
  expect(await sent(apply(connection, configMaps, object))).toMatchObject({
    line: `PATCH ${one}`,
    query: written,
    type: 'application/apply-patch+yaml',
    body: object,
  });
  await apply(connection, configMaps, object, { force: true, subresource: 'status' });
  expect(server.seen[1]!.path).toBe(`${one}/status`);
  expect(Object.fromEntries(server.seen[1]!.query)).toEqual({ ...written, force: 'true' });
  await apply(connection, configMaps, object, { force: false });
  expect(server.seen[2]!.query.has('force')).toBe(false);
});

test.each([
  ['merge', 'application/merge-patch+json', { data: { a: 'b' } }],
  ['strategic', 'application/strategic-merge-patch+json', { data: { a: 'b' } }],
  ['json', 'application/json-patch+json', [{ op: 'remove', path: '/data' }]],
])('a %s patch goes out as %s', async (kind, type, body) => {
  const change = { [kind]: body } as unknown as Parameters<typeof patch>[3];
  expect(await sent(patch(connection, configMaps, { name: 'one' }, change))).toMatchObject({
    line: `PATCH ${one}`,
    query: written,
    type,
    body,
  });
});

test('remove lets the cluster remove what the object owns, unless another order is given', async () => {
  expect(await sent(remove(connection, configMaps, { name: 'one' }))).toMatchObject({
    line: `DELETE ${one}`,
    query: {},
    type: 'application/json',
  });
  const options = {
    uid: 'u',
    resourceVersion: '7',
    gracePeriodSeconds: 0,
    propagationPolicy: 'Orphan',
    dryRun: true,
  } as const;
  await remove(connection, configMaps, { name: 'one' }, options);
  await remove(connection, configMaps, { name: 'one' }, { resourceVersion: '7' });
  const head = { apiVersion: 'v1', kind: 'DeleteOptions' };
  expect(server.seen.map(({ body }) => JSON.parse(body))).toEqual([
    { ...head, propagationPolicy: 'Background' },
    {
      ...head,
      gracePeriodSeconds: 0,
      propagationPolicy: 'Orphan',
      preconditions: { uid: 'u', resourceVersion: '7' },
      dryRun: ['All'],
    },
    { ...head, propagationPolicy: 'Background', preconditions: { resourceVersion: '7' } },
  ]);
});

test('createSub posts an act to the object', async () => {
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } };
  const address = { name: 'p', subresource: 'eviction' };
  expect(await sent(createSub(connection, pods, address, eviction))).toMatchObject({
    line: 'POST /api/v1/namespaces/here/pods/p/eviction',
    query: written,
    body: eviction,
  });
});

test('list asks for all namespaces, one or the connection`s, and leaves out what was not said', async () => {
  answer = { metadata: { resourceVersion: '5' }, items: null };
  expect(await list(connection, configMaps)).toEqual({ items: [], resourceVersion: '5' });
  await list(connection, configMaps, {
    namespace: '*',
    labelSelector: 'a=b',
    fieldSelector: 'c=d',
    pageSize: 7,
  });
  await list(connection, namespaces, { namespace: 'other' });
  expect(server.seen.map(({ path, query }) => [path, Object.fromEntries(query)])).toEqual([
    ['/api/v1/namespaces/here/configmaps', { limit: '500' }],
    ['/api/v1/configmaps', { labelSelector: 'a=b', fieldSelector: 'c=d', limit: '7' }],
    ['/api/v1/namespaces', { limit: '500' }],
  ]);
});

test('int64 goes out with every digit', async () => {
  const large = { ...object, spec: { size: 12345678901234567890n } };
  await create(connection, configMaps, large);
  expect(server.seen[0]!.body).toContain('"size":12345678901234567890');
});

test.each<[what: string, call: (connection: Connection) => unknown, found: string]>([
  ['apply without a name', (at) => apply(at, configMaps, { ...object, metadata: {} }), 'no metadata.name'],
  [
    'apply with generateName',
    (at) => apply(at, configMaps, { ...object, metadata: { generateName: 'a-' } }),
    'no metadata.name',
  ],
  ['create in all namespaces', (at) => create(at, configMaps, object, { namespace: '*' }), '*'],
  ['an empty name', (at) => get(at, configMaps, { name: '' }), 'a text, ""'],
  ['an empty namespace', (at) => get(at, configMaps, { name: 'a', namespace: '' }), 'a text, ""'],
  [
    'a subresource with a slash',
    (at) => get(at, configMaps, { name: 'a', subresource: 'b/c' }),
    'a text, "b/c"',
  ],
  ['a name with a percent sign', (at) => get(at, configMaps, { name: 'a%2Fb' }), 'a text, "a%2Fb"'],
  ['a name with a fragment', (at) => get(at, configMaps, { name: 'a#b' }), 'a text, "a#b"'],
  ['the folder above', (at) => list(at, configMaps, { namespace: '..' }), 'a text, ".."'],
  ['this folder', (at) => get(at, configMaps, { name: '.' }), 'a text, "."'],
  ['no name at all', (at) => get(at, configMaps, {} as { name: string }), 'nothing'],
])('%s is refused before anything is sent', async (_what, call, found) => {
  expect(await failureOf(() => call(connection))).toMatchObject({
    code: 'ARGUMENT_INVALID',
    effect: 'none',
    found,
  });
  expect(server.seen).toHaveLength(0);
});

test('an object is at the path of its group, version, namespace and plural name', () => {
  const widgets = resource('example.com/v1', 'Widget', { plural: 'widgets', namespaced: true });
  expect(objectPath(connection, widgets, { name: 'a:b', subresource: 'status' })).toBe(
    '/apis/example.com/v1/namespaces/here/widgets/a%3Ab/status',
  );
  expect(objectPath(connection, namespaces, { name: 'a', namespace: 'not looked at' })).toBe(
    '/api/v1/namespaces/a',
  );
  expect(collectionPath(connection, widgets, '*')).toBe('/apis/example.com/v1/widgets');
  expect(resource('apps/v1', 'Deployment')).toEqual({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    plural: 'deployments',
    namespaced: true,
  });
});

test.each([
  ['v1', 'Widget'],
  ['v2', 'Pod'],
  ['apps/v1', 'Pod'],
  ['v1', 'constructor'],
  ['constructor', 'Pod'],
])('%s %s is no built-in kind, and needs its address', async (apiVersion, kind) => {
  const error = await failureOf(() => resource(apiVersion, kind));
  expect(error).toMatchObject({ code: 'KIND_UNKNOWN', where: `${apiVersion} ${kind}` });
});

describe('discovery', () => {
  const served = [
    { name: 'widgets/status', kind: 'Widget', namespaced: true, verbs: ['get'] },
    { name: 'widgets', kind: 'Widget', namespaced: true, verbs: ['get', 'list'] },
    { name: 'planets', kind: 'Planet', namespaced: false, verbs: ['get'] },
  ];

  test('finds the address of a kind, and not that of its subresource', async () => {
    answer = { resources: served };
    expect(await discover(connection, 'example.com/v1')).toEqual(served);
    const found = await findResource<KubeObject>(connection, 'example.com/v1', 'Widget');
    expect(found).toEqual({
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      plural: 'widgets',
      namespaced: true,
    });
    expect(await findResource(connection, 'example.com/v1', 'Planet')).toMatchObject({ namespaced: false });
    expect(server.seen.map(({ method, path }) => `${method} ${path}`)).toEqual(
      Array(3).fill('GET /apis/example.com/v1'),
    );
  });

  test('an unknown kind is told with those that are known', async () => {
    answer = { resources: served.slice(1) };
    const error = await failureOf(() => findResource(connection, 'example.com/v1', 'Gadget'));
    expect(error).toMatchObject({
      code: 'KIND_UNKNOWN',
      where: 'example.com/v1 Gadget',
      found: 'Widget, Planet',
    });
    answer = {};
    expect(await discover(connection, 'v1')).toEqual([]);
    expect(await failureOf(() => findResource(connection, 'v1', 'Gadget'))).toMatchObject({
      found: 'nothing',
    });
  });

  test('the version of the server is asked for at its own path', async () => {
    answer = { major: '1', minor: '34', gitVersion: 'v1.34.0' };
    expect(await serverVersion(connection)).toEqual(answer);
    expect(server.seen[0]).toMatchObject({ method: 'GET', path: '/version' });
  });

  test('is repeated when its answer was lost', async () => {
    await server.close();
    server = await scriptedServer((_seen, response, index) =>
      index % 2 === 0 ? sendJson(response, 503, statusBody(503, 'Gone away')) : sendJson(response, 200, {}),
    );
    await discover(server.connect(), 'v1');
    await serverVersion(server.connect());
    expect(server.seen).toHaveLength(4);
  });
});

test('an applied object with a version is not repeated: its second try would be a conflict with its first', async () => {
  await server.close();
  server = await scriptedServer((_seen, response) => sendJson(response, 503, statusBody(503, 'x')));
  const versioned = { ...object, metadata: { name: 'one', resourceVersion: '5' } };
  const error = await failureOf(() => apply(server.connect(), configMaps, versioned));
  expect(error).toMatchObject({ code: 'SERVER_ERROR', effect: 'unknown' });
  expect(server.seen).toHaveLength(1);
});
