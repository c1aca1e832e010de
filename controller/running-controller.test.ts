import { type KubeObject, resource, type Store, type Stored } from '../kube';
import { scriptedServer, sendJson, statusBody } from '../kube/testing-only/scripted-server';
import { type Lent, type Outcome, type Reconcile, RunningController } from './controller';
import { clockOf, World } from './testing-only/fake-clock';

const configMaps = resource('v1', 'ConfigMap');
const object = {
  ...{ apiVersion: 'v1', kind: 'ConfigMap' },
  metadata: { name: 'a', namespace: 'here', uid: 'u', resourceVersion: '1' },
} as Stored<KubeObject>;

/** A controller of one object, by a clock that goes on when the test says so. */
function running(resyncMs: number) {
  const world = new World();
  const seen: number[] = [];
  const store = { all: () => [object], get: () => object, onChange: () => () => {} };
  const reconcile = async () => void seen.push(Math.round(world.now));
  const lent = { signal: new AbortController().signal, onOutcome: () => {} } as unknown as Lent;
  const options = { of: configMaps, reconcile, resyncMs, clock: clockOf(world) };
  const controller = new RunningController(options, store as unknown as Store<KubeObject>, [], lent);
  return { world, seen, controller };
}

afterEach(() => jest.restoreAllMocks());

test.each([
  [0, 900],
  [0.5, 950],
  [0.99, 999],
])('by a chance of %p all is looked at again after %i of a thousand milliseconds', async (chance, ms) => {
  jest.spyOn(Math, 'random').mockReturnValue(chance);
  const { world, seen, controller } = running(1_000);
  controller.start();
  await world.goOn(2 * ms + 1);
  expect(seen).toEqual([0, ms, 2 * ms]);
  controller.stop();
  await world.goOn(10_000);
  expect([seen.length, world.isEmpty]).toEqual([3, true]);
});

test('what it has written itself it reads the next time, though the watch has not told of it', async () => {
  let current = object;
  const server = await scriptedServer(({ body }, response) => {
    const { metadata, ...others } = JSON.parse(body);
    const version = Number(current.metadata.resourceVersion);
    if (metadata.resourceVersion !== String(version))
      return sendJson(response, 409, statusBody(409, 'Conflict'));
    const next = { ...current.metadata, ...metadata, resourceVersion: String(version + 1) };
    current = { ...current, ...others, metadata: next };
    sendJson(response, 200, current);
  });
  const connection = server.connect();
  const outcomes: Outcome[] = [];
  const store = { all: () => [object], get: () => object, onChange: () => () => {} };
  const onOutcome = (one: Outcome) => outcomes.push(one);
  const lent = { connection, signal: connection.closing, onOutcome } as unknown as Lent;
  await new Promise<void>((resolve) => {
    const reconcile: Reconcile<KubeObject> = async (read, { status }) => {
      const { count = 0 } = (read as { readonly status?: { readonly count: number } }).status ?? {};
      await status({ count: count + 1 });
      if (count === 2) resolve();
      return count === 2 ? undefined : { afterMs: 1 };
    };
    const options = { of: configMaps, reconcile, finalizer: { name: 'a/b', finalize: async () => {} } };
    const controller = new RunningController(options, store as never, [], lent);
    connection.closing.addEventListener('abort', () => controller.stop());
    controller.start();
  });
  connection.close();
  await server.close();
  expect(outcomes.slice(0, 2).map(({ result, error }) => error ?? result)).toEqual(['again', 'again']);
  expect(current).toMatchObject({
    metadata: { resourceVersion: '5', finalizers: ['a/b'] },
    status: { count: 3 },
  });
});
