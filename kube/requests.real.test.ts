import fc from 'fast-check';
import { sharedCluster, withNamespace } from '../cluster';
import type { ConfigMap, Deployment } from '../imports/k8s';
import { kinds } from '../imports/kinds';
import type { ApiError } from './api-error';
import { apply } from './apply';
import { Connection } from './connection';
import { create } from './create';
import { remove } from './delete';
import { discover, findResource, type ServedResource, serverVersion } from './discovery';
import { Discovery } from './discovery-cache';
import { get } from './get';
import { stringifyJson } from './json';
import { list } from './list';
import { OpenApi } from './openapi-cache';
import { patch } from './patch';
import { type KubeObject, resource } from './resource';
import { connectAs, connectWithToken, makeAccount } from './testing-only/service-account';

jest.setTimeout(240_000);

const configMaps = resource<ConfigMap>('v1', 'ConfigMap');
const deployments = resource<Deployment>('apps/v1', 'Deployment');

let connection: Connection;
beforeAll(async () => {
  connection = new Connection({ kubeconfig: (await sharedCluster()).kubeconfig });
});
afterAll(() => connection.close());

async function inNamespace(body: (namespace: string, here: Connection) => Promise<void>): Promise<void> {
  const cluster = await sharedCluster();
  await withNamespace(cluster, async ({ name }) => {
    const here = new Connection({ kubeconfig: cluster.kubeconfig, namespace: name });
    try {
      await body(name, here);
    } finally {
      here.close();
    }
  });
}

const configMap = (name: string, data: Record<string, string> = {}): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels: { app: 'kube' } },
  data,
});

const deployment = (name: string, spec: object = {}): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'main', image: 'localhost/none:1' }] },
    },
    ...spec,
  },
});

test('an object is created, read, listed in pages, changed and deleted', () =>
  inNamespace(async (_namespace, here) => {
    for (let index = 0; index < 10; index += 1) await create(here, configMaps, configMap(`m${index}`));
    const all = await list(here, configMaps, { pageSize: 3, labelSelector: 'app=kube' });
    expect(all.items.map((item) => item.metadata.name)).toEqual(
      [...Array(10).keys()].map((index) => `m${index}`),
    );
    expect(all.items[0]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
    const changed = await patch(here, configMaps, { name: 'm3' }, { merge: { data: { a: 'b' } } });
    expect(await get(here, configMaps, { name: 'm3' })).toEqual(changed);
    expect(changed.data).toEqual({ a: 'b' });
    await remove(here, configMaps, { name: 'm3' }, { uid: changed.metadata.uid });
    await expect(get(here, configMaps, { name: 'm3' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      statusCode: 404,
    });
  }));

test('a taken name, a stale version and another UID are told apart', () =>
  inNamespace(async (_namespace, here) => {
    const first = await create(here, configMaps, configMap('one'));
    await expect(create(here, configMaps, configMap('one'))).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      statusCode: 409,
      effect: 'none',
    });
    const { resourceVersion, uid } = first.metadata;
    const locked = { merge: { metadata: { resourceVersion }, data: { a: '1' } } };
    await patch(here, configMaps, { name: 'one' }, locked);
    await expect(patch(here, configMaps, { name: 'one' }, locked)).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await expect(remove(here, configMaps, { name: 'one' }, { uid: 'other' })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await expect(remove(here, configMaps, { name: 'one' }, { resourceVersion })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await remove(here, configMaps, { name: 'one' }, { uid });
  }));

test('json patches test before they change, strategic ones merge lists by key', () =>
  inNamespace(async (_namespace, here) => {
    await create(here, deployments, deployment('web'));
    const containers = [{ name: 'side', image: 'localhost/none:2' }];
    const merged = await patch(
      here,
      deployments,
      { name: 'web' },
      { strategic: { spec: { template: { spec: { containers } } } } },
    );
    expect(merged.spec!.template.spec!.containers.map((container) => container.name)).toEqual([
      'side',
      'main',
    ]);
    const wrong = { json: [{ op: 'test', path: '/spec/replicas', value: 9 } as const] };
    await expect(patch(here, deployments, { name: 'web' }, wrong)).rejects.toMatchObject({ code: 'INVALID' });
  }));

test('a dry run answers as if it had written', () =>
  inNamespace(async (_namespace, here) => {
    const dry = await create(here, configMaps, configMap('dry'), { dryRun: true });
    expect(dry.metadata.uid).not.toBe('');
    await expect(get(here, configMaps, { name: 'dry' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }));

test('an unknown field is refused, unless asked to warn or to ignore', () =>
  inNamespace(async (_namespace, here) => {
    const odd = { ...configMap('odd'), futureTop: 1 } as ConfigMap;
    await expect(create(here, configMaps, odd)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    const warnings: string[] = [];
    await create(here, configMaps, odd, {
      fieldValidation: 'Warn',
      onWarning: (text) => warnings.push(text),
    });
    expect(warnings).toEqual([expect.stringContaining('unknown field "futureTop"')]);
  }));

test('apply owns its fields, conflicts with other owners, and takes them by force', () =>
  inNamespace(async (_namespace, here) => {
    await apply(here, deployments, deployment('web', { replicas: 0 }), { fieldManager: 'first' });
    const other = deployment('web', { replicas: 2 });
    const error = (await apply(here, deployments, other, { fieldManager: 'second' }).catch(
      (reason) => reason,
    )) as ApiError;
    expect(error).toMatchObject({ code: 'CONFLICT', statusCode: 409 });
    expect(error.causes).toContainEqual(
      expect.objectContaining({ field: '.spec.replicas', reason: 'FieldManagerConflict' }),
    );
    const forced = await apply(here, deployments, other, { fieldManager: 'second', force: true });
    expect(forced.spec!.replicas).toBe(2);
    const managers = forced.metadata.managedFields!.map((entry) => entry.manager);
    expect(managers).toEqual(expect.arrayContaining(['first', 'second']));
  }));

test('the status is written apart from the rest', () =>
  inNamespace(async (_namespace, here) => {
    await create(here, deployments, deployment('web'));
    const condition = { type: 'Progressing', status: 'Unknown', reason: 'Test' };
    const status = { conditions: [condition] };
    const address = { name: 'web', subresource: 'status' };
    const after = await patch(here, deployments, address, { merge: { status, spec: { replicas: 7 } } });
    expect(after.spec!.replicas).toBe(0);
    expect(after.status!.conditions).toMatchObject([condition]);
  }));

test('an invalid object tells every field that is wrong', () =>
  inNamespace(async (_namespace, here) => {
    const error = (await create(
      here,
      deployments,
      deployment('web', { replicas: -1, minReadySeconds: -2 }),
    ).catch((reason) => reason)) as ApiError;
    expect(error).toMatchObject({ code: 'INVALID', statusCode: 422, reason: 'Invalid' });
    expect(error.causes.map((cause) => cause.field)).toEqual(
      expect.arrayContaining(['spec.replicas', 'spec.minReadySeconds']),
    );
  }));

test('a service account may do what its Role says, and is FORBIDDEN the rest', () =>
  inNamespace(async (_namespace, here) => {
    await makeAccount(here, 'reader', [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }]);
    await create(here, configMaps, configMap('one'));
    const asReader = await connectAs(here, 'reader');
    try {
      expect((await get(asReader, configMaps, { name: 'one' })).metadata.name).toBe('one');
      await expect(list(asReader, configMaps)).rejects.toMatchObject({ code: 'FORBIDDEN', statusCode: 403 });
    } finally {
      asReader.close();
    }
    const stranger = await connectWithToken(here, 'no-token-of-this-cluster');
    await expect(list(stranger, configMaps)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      statusCode: 401,
    });
    stranger.close();
  }));

test('every kind of the table is served under the address that the table has', async () => {
  const byDefault = [
    'v1',
    'apps/v1',
    'batch/v1',
    'networking.k8s.io/v1',
    'rbac.authorization.k8s.io/v1',
    'policy/v1',
  ];
  for (const apiVersion of byDefault) {
    const served = await discover(connection, apiVersion);
    for (const [kind, address] of Object.entries(kinds[apiVersion]!)) {
      const found = served.find((candidate) => candidate.kind === kind && !candidate.name.includes('/'));
      // Some kinds are only ever posted to a subresource, and are not served by themselves.
      if (found) expect(found).toMatchObject({ name: address.plural, namespaced: address.namespaced });
    }
    expect(served.length).toBeGreaterThan(1);
  }
  expect((await serverVersion(connection)).minor).toMatch(/^\d+/);
});

test('all that a server serves is found by two calls, as it is told one by one, and its schemas by their hashes', async () => {
  const calls: string[] = [];
  const told = new Connection({
    kubeconfig: (await sharedCluster()).kubeconfig,
    hooks: { onEvent: (event) => void (event.type === 'call' && calls.push(event.path)) },
  });
  const discovery = new Discovery(told);
  const known = Object.keys(kinds);
  // Together: other files may make kinds meanwhile, and what is known is asked for again after a second.
  const together = await Promise.allSettled(known.map((apiVersion) => discovery.served(apiVersion)));
  const isWhole = (path: string) => path === '/api' || path === '/apis';
  expect(calls.filter(isWhole).sort()).toEqual(['/api', '/apis']);
  const unserved = known.filter((_one, at) => together[at]!.status === 'rejected');
  expect(calls.filter((path) => !isWhole(path)).sort()).toEqual(
    unserved.map((one) => (one.includes('/') ? `/apis/${one}` : `/api/${one}`)).sort(),
  );
  const bare = (served: readonly ServedResource[]) =>
    served
      .filter(({ name }) => !name.includes('/'))
      .map(({ name, kind, namespaced, verbs }) => ({ name, kind, namespaced, verbs: [...verbs].sort() }))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  for (const [at, apiVersion] of known.entries()) {
    const found = together[at]!;
    if (found.status === 'fulfilled')
      expect(bare(found.value)).toEqual(bare(await discover(told, apiVersion)));
  }
  expect(known.length - unserved.length).toBeGreaterThan(10);
  const openApi = new OpenApi(told);
  const document = await openApi.document('apps/v1');
  expect(Object.keys(document?.components?.schemas ?? {})).toContain('io.k8s.api.apps.v1.Deployment');
  const before = calls.length;
  expect(await openApi.document('apps/v1')).toBe(document);
  expect(calls.slice(before)).toEqual(['/openapi/v3']);
  told.close();
});

interface Anything extends KubeObject {
  readonly spec?: unknown;
}

test('a custom resource with any content comes back as it went', () =>
  inNamespace(async (_namespace, here) => {
    const group = `g${Date.now().toString(36)}.example.com`;
    const definitions = resource('apiextensions.k8s.io/v1', 'CustomResourceDefinition');
    const schema = {
      type: 'object',
      properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
    };
    const discovery = new Discovery(here);
    await expect(discovery.find(`${group}/v1`, 'Anything')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await create(here, definitions, {
      ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
      metadata: { name: `anythings.${group}` },
      spec: {
        ...{ group, scope: 'Namespaced', names: { plural: 'anythings', kind: 'Anything' } },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
      },
    } as KubeObject);
    try {
      const anythings = await untilServed(() => findResource<Anything>(here, `${group}/v1`, 'Anything'));
      // One that knew the server before the kind came sees it too.
      expect(await untilServed(() => discovery.find<Anything>(`${group}/v1`, 'Anything'))).toEqual(anythings);
      expect(anythings).toMatchObject({ plural: 'anythings', namespaced: true });
      await untilServed(() => list(here, anythings));
      let count = 0;
      // A server of Go has int64 and float64 and nothing else.
      const integers = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
      const leaves = fc.oneof(
        fc.string(),
        fc.boolean(),
        fc.integer(),
        integers,
        fc.constant(null),
        fc.constant(1.5),
      );
      const { tree } = fc.letrec((tie) => ({
        tree: fc.oneof(
          { maxDepth: 4 },
          leaves,
          fc.array(tie('tree')),
          fc.dictionary(fc.string(), tie('tree')),
        ),
      }));
      await fc.assert(
        fc.asyncProperty(fc.dictionary(fc.string(), tree), async (spec) => {
          count += 1;
          const metadata = { name: `a${count}` };
          const sent: Anything = { apiVersion: `${group}/v1`, kind: 'Anything', metadata, spec };
          const stored = await create(here, anythings, sent);
          expect(sortedJson(stored.spec)).toBe(sortedJson(spec));
          expect(sortedJson((await get(here, anythings, metadata)).spec)).toBe(sortedJson(spec));
        }),
        { numRuns: 60 },
      );
    } finally {
      await remove(here, definitions, { name: `anythings.${group}` });
    }
  }));

async function untilServed<Found>(look: () => Promise<Found>): Promise<Found> {
  const until = Date.now() + 30_000;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function sortedJson(value: unknown): string {
  return stringifyJson(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
