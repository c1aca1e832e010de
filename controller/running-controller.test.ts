import { type KubeObject, resource, type Store, type Stored } from '../kube';
import { type Lent, RunningController } from './controller';
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
