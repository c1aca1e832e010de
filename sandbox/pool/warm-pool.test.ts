import { type ScriptedRuntime, scriptedRuntime } from '../testing-only/scripted-runtime';

// Members that never start: their pods wait for a node. `warm-pool.real.test.ts` has those that do.

let runtime: ScriptedRuntime;
beforeEach(async () => {
  runtime = await scriptedRuntime({ hasShell: false, podStatus: { phase: 'Pending' } });
});
afterEach(() => runtime.end());

const seen = () => runtime.cluster.seen;
const untilMade = async (count: number) => {
  while (runtime.cluster.created < count) await new Promise((resolve) => setTimeout(resolve, 20));
};

test('close() takes out what only waits', async () => {
  const one = runtime.open({ pool: { warm: 2 } });
  void one.warmUp(60_000).catch(() => {});
  await untilMade(2);
  await one.close();
  expect(runtime.cluster.jobs.all).toEqual([]);
});

test('a pool that was never asked for asks for nothing when it is closed', async () => {
  await runtime.open({ pool: { warm: 2 } }).close();
  expect(seen()).toEqual([]);
});

test('of Jobs only the warm members of this pool are watched, in the namespace of the pool', async () => {
  void runtime
    .open({ pool: { warm: 1 } })
    .warmUp(60_000)
    .catch(() => {});
  await untilMade(1);
  const [member] = runtime.cluster.jobs.all;
  const id = member!.metadata.labels!['pool.drydock.dev/id'];
  const looked = seen().filter(({ method, path }) => method === 'GET' && /\/jobs$/.test(path));
  expect(looked.length).toBeGreaterThan(0);
  for (const { path, query } of looked) {
    expect(path).toBe('/apis/batch/v1/namespaces/boxes/jobs');
    expect(query.get('labelSelector')).toBe(`pool.drydock.dev/id=${id},pool.drydock.dev/state=warm`);
  }
});
