import { resource } from '../../kube';
import {
  type ScriptedServer,
  scriptedServer,
  sendJson,
  statusBody,
} from '../../kube/testing-only/scripted-server';
import { clockOf, World } from '../testing-only/fake-clock';
import { EventRecorder } from './events';

const metadata = { name: 'web', namespace: 'shop', uid: 'u1', resourceVersion: '7' };
const object = { apiVersion: 'v1', kind: resource('v1', 'ConfigMap').kind, metadata };
let server: ScriptedServer;
afterEach(() => server.close());

async function recorder(status = 200, instance = 'pod-1') {
  server = await scriptedServer((seen, response) => {
    if (status !== 200) sendJson(response, status, statusBody(status, 'Forbidden'));
    else sendJson(response, 200, seen.body === '' ? {} : JSON.parse(seen.body));
  });
  const world = new World();
  const events = new EventRecorder(server.connect(), 'greeter', instance, clockOf(world));
  const written = () => server.seen.map(({ method, body }) => [method, JSON.parse(body)] as const);
  return { world, events, written };
}

test('an event says at which object, by whom and why', async () => {
  const { events, written } = await recorder();
  await events.tell(object, { reason: 'Greeted', note: 'x'.repeat(2_000) });
  expect(written()).toEqual([
    [
      'POST',
      expect.objectContaining({
        ...{
          apiVersion: 'events.k8s.io/v1',
          kind: 'Event',
          type: 'Normal',
          reason: 'Greeted',
          action: 'Reconcile',
        },
        ...{ note: 'x'.repeat(1_024), reportingController: 'greeter', reportingInstance: 'pod-1' },
        metadata: { name: expect.stringMatching(/^web\.[0-9a-f]{16}$/), namespace: 'shop' },
        regarding: expect.objectContaining({ kind: 'ConfigMap', name: 'web', uid: 'u1' }),
      }),
    ],
  ]);
  expect(server.seen[0]?.path).toBe('/apis/events.k8s.io/v1/namespaces/shop/events');
});

test('the same said again is counted in one series, which is written now and then', async () => {
  const { events, written, world } = await recorder();
  for (let time = 0; time < 100; time += 1) {
    await events.tell(object, { reason: 'Failed', note: 'no image' });
    world.now += 1_000;
  }
  const counts = written().map(([method, { series }]) => [method, series?.count]);
  expect(counts).toEqual([
    ['POST', undefined],
    ['PATCH', 2],
    ['PATCH', 32],
    ['PATCH', 62],
    ['PATCH', 92],
  ]);
  world.now += 7 * 60_000;
  await events.tell(object, { reason: 'Failed', note: 'no image' });
  expect(written().at(-1)?.[0]).toBe('POST');
});

test('an object with too many different events is told less often, and no other one is held up', async () => {
  const { events, written, world } = await recorder();
  for (let note = 0; note < 60; note += 1) await events.tell(object, { reason: 'X', note: `${note}` });
  expect([written().length, events.dropped]).toEqual([25, 35]);
  await events.tell({ ...object, metadata: { ...metadata, uid: 'u2' } }, { reason: 'X', note: '0' });
  expect(written()).toHaveLength(26);
  world.now += 5 * 60_000;
  await events.tell(object, { reason: 'X', note: 'later' });
  await events.tell(object, { reason: 'X', note: 'later still' });
  expect(written()).toHaveLength(27);
});

test('an event that the server refuses is lost, and nothing fails for it', async () => {
  const { events } = await recorder(403);
  await events.tell(object, { reason: 'X', note: 'x' });
  expect(events.dropped).toBe(1);
});

test('a name that is longer than the server takes is cut', async () => {
  const { events, written } = await recorder(200, 'p'.repeat(200));
  const long = { ...metadata, name: 'n'.repeat(253) };
  await events.tell({ ...object, metadata: long }, { reason: 'X', note: 'x' });
  const [, { reportingInstance, metadata: own }] = written()[0]!;
  expect([reportingInstance, own.name.length]).toEqual(['p'.repeat(128), 217]);
});
