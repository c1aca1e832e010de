import { localProgram } from '../supervisor/testing-only/local-supervisor';
import { type ScriptedRuntime, scriptedRuntime } from '../testing-only/scripted-runtime';

// What the life of a sandbox costs the API server, with the real supervisor on a stand-in for the cluster.

const COUNT = 12;
let runtime: ScriptedRuntime;
beforeAll(() => localProgram());
afterEach(() => runtime.end());

/** Every request since a moment, as `method kind`, and how often. */
function calls(from: number, streamsBefore: number): Record<string, number> {
  const { cluster } = runtime;
  const counts: Record<string, number> = { stream: cluster.streams - streamsBefore };
  for (const { method, path, query } of cluster.seen.slice(from)) {
    const [, kind = path, name] = /\/(jobs|pods|events|resourcequotas)(?:\/([^/]+))?$/.exec(path) ?? [];
    const what = query.has('watch') ? 'watch' : method === 'GET' && name === undefined ? 'list' : method;
    counts[`${what} ${kind}`] = (counts[`${what} ${kind}`] ?? 0) + 1;
  }
  return counts;
}

async function live(warm: boolean): Promise<void> {
  const { sandboxes } = runtime;
  const claimed = await Promise.all(Array.from({ length: COUNT }, () => sandboxes.claim()));
  expect(claimed.filter(({ info }) => info.way === 'warm')).toHaveLength(warm ? COUNT : 0);
  expect(runtime.cluster.pods.watches).toBe(1);
  for (const sandbox of claimed) {
    await sandbox.files.write('input.txt', 'one\n');
    expect((await sandbox.commands.run(['wc', '-l', 'input.txt'])).ok).toBe(true);
  }
  await Promise.all(claimed.map((sandbox) => sandbox.close()));
}

test('a sandbox costs three calls: its Job is made, a stream is opened, its Job is deleted; all of them share one watch', async () => {
  runtime = await scriptedRuntime();
  await live(false);
  const { 'watch events': slow = 0, ...rest } = calls(0, 0);
  // Where this machine is so busy that a pod takes long, see below.
  expect(slow).toBeLessThanOrEqual(1);
  expect(rest).toEqual({
    ...{ 'POST jobs': COUNT, stream: COUNT, 'DELETE jobs': COUNT },
    ...{ 'list pods': 1, 'watch pods': 1 },
  });
});

test('where pods take long to come, one watch tells all of them whether theirs was refused, and none lists', async () => {
  runtime = await scriptedRuntime({ podAfterMs: 600 });
  await live(false);
  const { 'watch events': watches, 'list events': lists = 0 } = calls(0, 0);
  expect([watches, lists]).toEqual([1, 0]);
});

test('a warm one costs a fourth, which claims it, and none of them lists anything on its way', async () => {
  runtime = await scriptedRuntime({}, { pool: { warm: COUNT, idleSeconds: 300 } });
  const { sandboxes, cluster } = runtime;
  await sandboxes.warmUp();
  const [from, streams] = [cluster.seen.length, cluster.streams];
  const members = cluster.created;
  await live(true);
  const { 'POST jobs': refilled = 0, stream = 0, ...rest } = calls(from, streams);
  // What the pool begins again meanwhile belongs to later claims.
  expect([refilled <= COUNT, stream <= refilled]).toEqual([true, true]);
  expect(rest).toEqual({ 'PATCH jobs': COUNT, 'DELETE jobs': COUNT });
  expect(members).toBe(COUNT);
});
