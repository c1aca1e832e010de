import { setTimeout as wait } from 'node:timers/promises';
import type { ConfigMap } from '../imports/k8s';
import { resource, type Stored } from '../kube';
import { ModelCluster, type ModelObject } from '../kube/testing-only/model-cluster';
import {
  configTo,
  type ScriptedServer,
  scriptedServer,
  sendJson,
  statusBody,
} from '../kube/testing-only/scripted-server';
import type { ControllerOptions } from './controller';
import { Operator, type OperatorEvent, type OperatorOptions } from './operator';

const configMaps = resource<ConfigMap>('v1', 'ConfigMap');
const FINALIZER = 'example.com/greetings';

let server: ScriptedServer;
let stop: AbortController;
let running: Promise<void>;
beforeEach(() => {
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await running?.catch(() => {});
  await server.close();
});

interface Patch {
  readonly metadata: {
    readonly uid: string;
    readonly resourceVersion: string;
    readonly finalizers?: string[];
  };
  readonly status?: object;
}

/** Keeps what is patched, as a server does: a version that is not the last one is refused, what has to go goes. */
function patched(cluster: ModelCluster, name: string, { metadata, status }: Patch): [number, object] {
  const known = cluster.objects.get(name) as (ModelObject & { readonly status?: object }) | undefined;
  if (!known) return [404, statusBody(404, 'NotFound')];
  if (known.metadata.resourceVersion !== metadata.resourceVersion) return [409, statusBody(409, 'Conflict')];
  const next = {
    ...known,
    metadata: { ...known.metadata, ...metadata },
    status: { ...known.status, ...status },
  };
  const isOver = 'deletionTimestamp' in known.metadata && next.metadata.finalizers?.length === 0;
  if (isOver) cluster.delete(name);
  return [200, isOver ? next : cluster.put(name, next)];
}

type Options = Partial<ControllerOptions<ConfigMap>> & Pick<ControllerOptions<ConfigMap>, 'reconcile'>;

/** An operator over a model of a cluster that can be written to. */
async function start(options: Options, objects: object = {}, more: Partial<OperatorOptions> = {}) {
  const cluster = new ModelCluster();
  for (const [name, parts] of Object.entries(objects)) cluster.put(name, parts);
  const patches: string[] = [];
  server = await scriptedServer(({ method, path, body, ...seen }, response) => {
    if (method === 'GET') return cluster.handle({ method, path, body, ...seen }, response);
    if (method !== 'PATCH') return sendJson(response, 201, JSON.parse(body));
    // An event that comes again is counted in the one that is there.
    if (path.includes('/events/')) return sendJson(response, 200, JSON.parse(body));
    const [name = '', part] = path.split('/configmaps/')[1]!.split('/');
    const [status, answer] = patched(cluster, name, JSON.parse(body));
    patches.push(`${status} ${name}${part ? `/${part}` : ''} ${body}`);
    sendJson(response, status, answer);
  });
  const told: OperatorEvent[] = [];
  const operator = new Operator({
    ...{ name: 'test', kubeconfig: configTo(server.url), election: false, port: false, graceMs: 30_000 },
    onEvent: (event) => told.push(event),
    ...more,
  });
  operator.controller({ of: configMaps, firstRetryMs: 1, longestRetryMs: 5, ...options });
  running = operator.run(stop.signal);
  running.catch(() => {});
  const results = () =>
    told.flatMap((event) => (event.type === 'reconciled' ? [`${event.key} ${event.result}`] : []));
  return { cluster, operator, told, results, patches };
}

async function until(happened: () => boolean): Promise<void> {
  const begun = performance.now();
  while (!happened()) {
    if (performance.now() - begun > 30_000) throw new Error(`never: ${happened}`);
    await wait(2);
  }
}

const nameOf = ({ metadata }: Stored<ConfigMap>) => metadata.name;

describe('a finalizer', () => {
  const DELETED = { deletionTimestamp: '2026-01-01T00:00:00Z' };

  test('is there before the first reconcile, beside those of others, and is written once', async () => {
    const seen: (readonly string[] | undefined)[] = [];
    const reconcile = async ({ metadata }: Stored<ConfigMap>) => void seen.push(metadata.finalizers);
    const { patches, results } = await start(
      { reconcile, finalizer: { name: FINALIZER, finalize: async () => {} } },
      { a: { metadata: { finalizers: ['of/others'] } } },
    );
    await until(() => results().length >= 2);
    expect(new Set(seen.map(String))).toEqual(new Set([`of/others,${FINALIZER}`]));
    expect(patches).toEqual([
      `200 a {"metadata":{"uid":"uid-1","resourceVersion":"101","finalizers":["of/others","${FINALIZER}"]}}`,
    ]);
  });

  test('keeps a deleted object until its work is done, and only its own is taken away', async () => {
    const tries: number[] = [];
    let reconciled = 0;
    const { patches, cluster, results } = await start(
      {
        reconcile: async () => {
          reconciled += 1;
        },
        finalizer: {
          name: FINALIZER,
          finalize: async (_object, { failures }) => {
            tries.push(failures);
            if (tries.length < 3) throw new Error('not yet');
            return tries.length < 5 ? { afterMs: 1 } : undefined;
          },
        },
      },
      { a: { metadata: { ...DELETED, finalizers: ['of/others', FINALIZER] } } },
    );
    await until(() => patches.length > 0);
    expect(tries).toEqual([0, 1, 2, 0, 0]);
    expect(reconciled).toBe(0);
    expect(patches).toEqual([
      `200 a {"metadata":{"uid":"uid-1","resourceVersion":"101","finalizers":["of/others"]}}`,
    ]);
    expect(cluster.objects.has('a')).toBe(true);
    await until(() => results().includes('here/a success'));
    expect(results().slice(0, 4)).toEqual(['here/a error', 'here/a error', 'here/a again', 'here/a again']);
  });

  test('that was the last one lets the object go, and one that is gone already is no failure', async () => {
    const finalized: string[] = [];
    const gone: string[] = [];
    const { results, cluster } = await start(
      {
        reconcile: async () => {},
        finalizer: {
          name: FINALIZER,
          finalize: async (object) => {
            finalized.push(nameOf(object));
            if (nameOf(object) === 'b') gone.push(...cluster.objects.keys());
            if (nameOf(object) === 'b') cluster.delete('b');
          },
        },
      },
      {
        a: { metadata: { ...DELETED, finalizers: [FINALIZER] } },
        b: { metadata: { ...DELETED, finalizers: [FINALIZER] } },
      },
    );
    await until(() => ['here/a success', 'here/b success'].every((one) => results().includes(one)));
    expect(cluster.objects.size).toBe(0);
    expect(results().filter((one) => one.endsWith('error'))).toEqual([]);
    expect(finalized.sort()).toEqual(['a', 'b']);
  });

  test('of others only is not worked for', async () => {
    const done: string[] = [];
    const finalizer = { name: FINALIZER, finalize: async () => void done.push('finalize') };
    const { results, patches } = await start(
      { reconcile: async () => void done.push('reconcile'), finalizer },
      { a: { metadata: { ...DELETED, finalizers: ['of/others'] } } },
    );
    await until(() => results().length >= 1);
    expect([done, patches]).toEqual([[], []]);
  });
});

test('a status is written under the version that was read, and not again while it says so already', async () => {
  const { patches, results, cluster } = await start(
    {
      reconcile: async (object, { status }) => {
        await status({ ready: true, seen: object.data?.value });
        await status({ ready: true });
        await status({ note: undefined });
      },
    },
    { a: { data: { value: '1' }, metadata: { generation: 1 }, status: { other: 1 } } },
  );
  await until(() => results().includes('here/a success'));
  cluster.put('a', { ...cluster.objects.get('a'), data: { value: '2' }, metadata: { generation: 2 } });
  await until(() => patches.some((one) => one.includes('"seen":"2"')));
  expect(patches).toEqual([
    '200 a/status {"metadata":{"uid":"uid-1","resourceVersion":"101"},"status":{"ready":true,"seen":"1"}}',
    '200 a/status {"metadata":{"uid":"uid-1","resourceVersion":"103"},"status":{"ready":true,"seen":"2"}}',
  ]);
  expect(results().filter((one) => one.endsWith('error'))).toEqual([]);
});

test('what changes the status alone wakes nobody; a label, an annotation or a new generation does', async () => {
  const seen: string[] = [];
  const reconcile = async (object: Stored<ConfigMap>) => {
    seen.push(`${nameOf(object)} ${object.metadata.resourceVersion}`);
  };
  const { cluster } = await start({ reconcile }, { a: { metadata: { generation: 1 } } });
  const then = async (metadata: object) => {
    const { resourceVersion } = cluster.put('a', { metadata }).metadata;
    return `a ${resourceVersion}`;
  };
  await until(() => seen.length === 1);
  await then({ generation: 1 });
  const labelled = await then({ generation: 1, labels: { a: 'b' } });
  await until(() => seen.at(-1) === labelled);
  expect(seen).toHaveLength(2);
  const noted = await then({ generation: 1, labels: { a: 'b' }, annotations: { c: 'd' } });
  await until(() => seen.at(-1) === noted);
  const changed = await then({ generation: 2, labels: { a: 'b' }, annotations: { c: 'd' } });
  await until(() => seen.at(-1) === changed);
  expect(seen).toHaveLength(4);
});

test('what a person changes goes before what is new', async () => {
  const seen: string[] = [];
  let free = () => {};
  const { cluster, operator } = await start(
    {
      workers: 1,
      reconcile: async (object) => {
        seen.push(nameOf(object));
        if (nameOf(object) === 'first' && seen.length > 2)
          await new Promise<void>((resolve) => {
            free = resolve;
          });
      },
    },
    { old: {}, first: {} },
  );
  await until(() => seen.length === 2);
  cluster.set('first', '2');
  await until(() => seen.length === 3);
  cluster.set('new', '1');
  cluster.set('old', '2');
  await until(() => /^workqueue_depth\S+ 2$/m.test(operator.metrics.text()));
  free();
  await until(() => seen.length === 5);
  expect(seen.slice(3)).toEqual(['old', 'new']);
});

test('an object is looked at again when the reconcile asks for it, and from time to time in any case', async () => {
  const seen: string[] = [];
  const { results, operator, told } = await start(
    {
      ...{ name: 'greeter', resyncMs: 20 },
      reconcile: async (object) => {
        seen.push(nameOf(object));
        return nameOf(object) === 'a' ? { afterMs: 0 } : undefined;
      },
    },
    { a: {}, b: {} },
  );
  await until(() => ['a', 'b'].every((name) => seen.filter((one) => one === name).length > 3));
  expect(new Set(results())).toEqual(new Set(['here/a again', 'here/b success']));
  const text = operator.metrics.text();
  expect(text).toMatch(
    /^controller_runtime_reconcile_total\{controller="greeter",result="requeue_after"\} \d/m,
  );
  expect(text).not.toContain('errors_total{');
  for (const event of told)
    if (event.type === 'reconciled')
      expect([event.durationMs >= 0, event.queuedMs >= 0]).toEqual([true, true]);
});

test('an object that is gone is not looked at again', async () => {
  const { results, cluster, operator } = await start({ resyncMs: 5, reconcile: async () => {} }, { a: {} });
  await until(() => results().length > 2);
  cluster.delete('a');
  // What is looked at again waits, is ready or is worked on at any moment.
  const counts = /^(workqueue_depth|workqueue_delayed|controller_runtime_active_workers)\{.* 0$/gm;
  await until(() => operator.metrics.text().match(counts)?.length === 3);
});

test('a failure is counted, told as an event with its wait, and in the metrics', async () => {
  const { told, operator } = await start(
    {
      reconcile: async (object, { tell, failures }) => {
        tell({ reason: 'Tried', note: 'x' });
        if (failures === 0) throw new Error(`no ${nameOf(object)}`);
      },
    },
    { a: {} },
  );
  await until(() => told.some((event) => event.type === 'reconciled' && event.result === 'success'));
  const failed = told.find((event) => event.type === 'reconciled' && event.result === 'error');
  expect(failed).toMatchObject({
    controller: 'configmaps',
    error: new Error('no a'),
    retryMs: expect.any(Number),
  });
  const text = operator.metrics.text();
  for (const line of [
    'controller_runtime_reconcile_total{controller="configmaps",result="error"} 1',
    'controller_runtime_reconcile_errors_total{controller="configmaps"} 1',
    'workqueue_retries_total{controller="configmaps",name="configmaps"} 1',
  ])
    expect(text.split('\n')).toContain(line);
  await until(() => server.seen.some(({ path }) => path.endsWith('/events')));
});

test('what is related wakes whom it concerns, and whom it concerned before', async () => {
  const seen: string[] = [];
  const { cluster } = await start(
    {
      labelSelector: 'main=yes',
      reconcile: async (object) => void seen.push(nameOf(object)),
      related: [
        {
          of: configMaps as never,
          keys: (object) => [`here/${(object as ConfigMap).data?.value}`],
        },
      ],
    },
    { a: {}, b: {}, link: { data: { value: 'a' } } },
  );
  // The model has one collection, so all of them are of both kinds.
  await until(() => ['a', 'b', 'link'].every((name) => seen.includes(name)));
  const from = async (change: () => void, woken: string[]) => {
    await wait(20);
    seen.length = 0;
    change();
    await until(() => woken.every((name) => seen.includes(name)));
    await wait(20);
    return seen.filter((name) => name !== 'link').sort();
  };
  expect(await from(() => cluster.set('link', 'b'), ['a', 'b'])).toEqual(['a', 'b']);
  expect(await from(() => cluster.set('link', 'b'), ['b'])).toEqual(['b']);
  expect(await from(() => cluster.set('link', 'a'), ['a', 'b'])).toEqual(['a', 'b']);
  expect(await from(() => cluster.set('link', 'b'), ['a', 'b'])).toEqual(['a', 'b']);
  expect(await from(() => cluster.delete('link'), ['b'])).toEqual(['b']);
  expect(await from(() => cluster.set('link', 'a'), ['a'])).toEqual(['a']);
});
