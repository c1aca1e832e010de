import type { ServerResponse } from 'node:http';
import { ModelCluster } from '../testing-only/model-cluster';
import { type ScriptedServer, scriptedServer, sendJson, statusBody } from '../testing-only/scripted-server';
import { configMaps } from '../testing-only/watch-law';
import { Stores } from './stores';

jest.setTimeout(120_000);

let server: ScriptedServer;
afterEach(() => server.close());

const timing = { stallMs: 5000, firstBackoffMs: 2, longestBackoffMs: 20 };
const watchesOf = ({ seen }: ScriptedServer) => seen.filter(({ query }) => query.has('watch'));

async function modelServer(model: ModelCluster): Promise<{ readonly open: () => number }> {
  const responses = new Set<ServerResponse>();
  server = await scriptedServer((seen, response) => {
    responses.add(response);
    response.on('close', () => responses.delete(response));
    model.handle(seen, response);
  });
  return { open: () => responses.size };
}

test('readers of one selection share a watch, which ends with the last of them; another selection has its own', async () => {
  const model = new ModelCluster();
  model.set('a', '1');
  const { open } = await modelServer(model);
  const stores = new Stores(server.connect({ namespace: 'here' }), { timing });
  const [one, two] = await Promise.all([stores.open(configMaps), stores.open(configMaps)]);
  const late = await stores.open(configMaps);
  expect([one, two, late].map((reader) => reader.all().length)).toEqual([1, 1, 1]);
  expect(watchesOf(server)).toHaveLength(1);
  const other = await stores.open(configMaps, { labelSelector: 'x=y' });
  expect([stores.watches, watchesOf(server).length]).toEqual([2, 2]);
  one.close();
  one.close();
  late.close();
  const heard = new Promise<unknown>((resolve) => two.onChange(resolve));
  model.set('b', '1');
  expect(await heard).toMatchObject({ type: 'added', object: { metadata: { name: 'b' } } });
  expect(two.get('b', 'here')).toBeDefined();
  two.close();
  other.close();
  expect(stores.watches).toBe(0);
  while (open() > 0) await new Promise(setImmediate);
  const again = await stores.open(configMaps);
  expect(again.all()).toHaveLength(2);
});

test('each selection of fields is one of its own', async () => {
  await modelServer(new ModelCluster());
  const stores = new Stores(server.connect({ namespace: 'here' }), { timing });
  const of = (name: string) => stores.open(configMaps, { fieldSelector: `metadata.name=${name}` });
  await Promise.all([of('a'), of('b'), of('a'), stores.open(configMaps)]);
  expect(stores.watches).toBe(3);
});

test('a listener that has stopped hears nothing more, and others go on hearing', async () => {
  const model = new ModelCluster();
  await modelServer(model);
  const stores = new Stores(server.connect({ namespace: 'here' }), { timing });
  const store = await stores.open(configMaps);
  const told: string[] = [];
  const stop = store.onChange(() => told.push('stopped'));
  const heard = (name: string) => {
    const next = new Promise<void>((resolve) =>
      store.onChange(({ object }) => {
        if (object.metadata.name === name) resolve();
      }),
    );
    model.set(name, '1');
    return next;
  };
  await heard('a');
  stop();
  await heard('b');
  expect(told).toEqual(['stopped']);
});

test('a reader that was closed says so, and does not look empty; others go on', async () => {
  const model = new ModelCluster();
  await modelServer(model);
  const stores = new Stores(server.connect({ namespace: 'here' }), { timing });
  const [gone, stays] = await Promise.all([stores.open(configMaps), stores.open(configMaps)]);
  const told: unknown[] = [];
  gone.onChange((change) => told.push(change));
  gone.close();
  expect(() => gone.all()).toThrow(expect.objectContaining({ code: 'CLOSED' }));
  expect(() => gone.onChange(() => undefined)).toThrow(expect.objectContaining({ code: 'CLOSED' }));
  const heard = new Promise((resolve) => stays.onChange(resolve));
  model.set('a', '1');
  await heard;
  expect([told, stays.all().length]).toEqual([[], 1]);
});

test('a server without initial events is listed, and is not asked for them again', async () => {
  const model = new ModelCluster();
  model.servesInitialEvents = false;
  for (const name of ['a', 'b', 'c', 'd']) model.set(name, '1');
  await modelServer(model);
  const stores = new Stores(server.connect({ namespace: 'here' }), { timing });
  const store = await stores.open(configMaps);
  expect(store.all()).toHaveLength(4);
  model.set('e', '1');
  model.compact();
  while (store.all().length < 5) await new Promise(setImmediate);
  expect(watchesOf(server).filter(({ query }) => query.has('sendInitialEvents'))).toHaveLength(1);
});

test('a server that has them is never listed, and begins anew with them when a version is gone', async () => {
  const model = new ModelCluster();
  for (const name of ['a', 'b', 'c', 'd']) model.set(name, '1');
  await modelServer(model);
  const stores = new Stores(server.connect({ namespace: 'here' }), { timing });
  const store = await stores.open(configMaps);
  const told: string[] = [];
  store.onChange(({ type, object }) => told.push(`${type} ${object.metadata.name}`));
  server.cut();
  model.delete('b');
  model.set('c', '2');
  model.compact();
  while (told.length < 2) await new Promise(setImmediate);
  expect(told.sort()).toEqual(['deleted b', 'modified c']);
  expect(server.seen.filter(({ query }) => !query.has('watch'))).toEqual([]);
});

test('what no repetition mends is told to all who open it, and the next one asks again', async () => {
  let allowed = false;
  const model = new ModelCluster();
  server = await scriptedServer((seen, response) =>
    allowed ? model.handle(seen, response) : sendJson(response, 403, statusBody(403, 'Forbidden')),
  );
  const stores = new Stores(server.connect({ namespace: 'here' }), { timing });
  const both = await Promise.allSettled([stores.open(configMaps), stores.open(configMaps)]);
  expect(both).toMatchObject([{ reason: { code: 'FORBIDDEN' } }, { reason: { code: 'FORBIDDEN' } }]);
  expect(stores.watches).toBe(0);
  allowed = true;
  expect((await stores.open(configMaps)).all()).toEqual([]);
});

test('one who gives up waiting does not end the wait of another', async () => {
  const model = new ModelCluster();
  const held: (() => void)[] = [];
  server = await scriptedServer((seen, response) => {
    held.push(() => model.handle(seen, response));
  });
  const stores = new Stores(server.connect({ namespace: 'here' }), {
    timing: { ...timing, stallMs: 60_000 },
  });
  const abort = new AbortController();
  const given = stores.open(configMaps, {}, abort.signal);
  const waits = stores.open(configMaps);
  while (held.length === 0) await new Promise(setImmediate);
  abort.abort();
  await expect(given).rejects.toMatchObject({ code: 'ABORTED' });
  held[0]!();
  expect((await waits).all()).toEqual([]);
  expect(held).toHaveLength(1);
});

test('a store keeps of each object what it is told to keep, and no more objects than it may', async () => {
  const model = new ModelCluster();
  model.set('a', 'x'.repeat(1000));
  await modelServer(model);
  const connection = server.connect({ namespace: 'here' });
  const bare = new Stores(connection, {
    timing,
    maxObjects: 2,
    keep: ({ apiVersion, kind, metadata }) => ({ apiVersion, kind, metadata }),
  });
  const store = await bare.open(configMaps);
  expect(store.get('a', 'here')).not.toHaveProperty('data');
  model.set('b', '1');
  while (store.all().length < 2) await new Promise(setImmediate);
  model.set('c', '1');
  while (bare.watches > 0) await new Promise(setImmediate);
  expect(() => store.all()).toThrow(expect.objectContaining({ code: 'RESPONSE_TOO_LARGE' }));
  await expect(bare.open(configMaps)).rejects.toMatchObject({
    code: 'RESPONSE_TOO_LARGE',
    remedy: expect.stringContaining('maxObjects'),
  });
});

test('closing the connection ends its stores', async () => {
  await modelServer(new ModelCluster());
  const connection = server.connect({ namespace: 'here' });
  const stores = new Stores(connection, { timing });
  const store = await stores.open(configMaps);
  connection.close();
  while (stores.watches > 0) await new Promise(setImmediate);
  expect(() => store.all()).toThrow(expect.objectContaining({ code: 'CLOSED' }));
  await expect(stores.open(configMaps)).rejects.toMatchObject({ code: 'CLOSED' });
});
