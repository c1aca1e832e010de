import type { Job } from '../../imports/k8s';
import { refusal, type ScriptedRuntime, scriptedRuntime, template } from '../testing-only/scripted-runtime';
import type { PoolOptions } from './options';

// The images of the stand-in have no shell here, so that nothing but Node is needed; `warm-pool.real.test.ts` has the
// real supervisor on the same stand-in.

let runtime: ScriptedRuntime;
beforeEach(async () => {
  runtime = await scriptedRuntime({ hasShell: false });
});
afterEach(() => runtime.end());

const opened = (pool: unknown) => runtime.open({ pool: pool as PoolOptions<never> });

/** A template whose pods end after so many seconds. */
const withDeadline = (seconds: number) => ({
  bounds: {},
  job: (inputs: Parameters<typeof template.job>[0]) => {
    const job = template.job(inputs) as unknown as Job;
    const pod = { ...job.spec!.template.spec!, activeDeadlineSeconds: seconds };
    return { ...job, spec: { ...job.spec, template: { spec: pod } } } as never;
  },
});

test.each<[string, unknown, string]>([
  ['a pool that is none', 5, 'pool: a number, 5'],
  ['no number of members', {}, 'warm: '],
  ['a part of a member', { warm: 1.5 }, 'warm: a number, 1.5'],
  ['fewer than none', { warm: -1 }, 'warm: a number, -1'],
  ['members that leave as soon as they are there', { warm: 1, idleSeconds: 89 }, 'idleSeconds: a number, 89'],
  ['streams that are older than an hour', { warm: 1, idleSeconds: 3_601 }, 'idleSeconds: a number, 3601'],
  ['a name for all of them', { warm: 1, values: { name: 'one' } }, 'values.name: '],
  ['a deadline for all of them', { warm: 1, values: { deadlineSeconds: 5 } }, 'values.deadlineSeconds: '],
  ['a name, under which there could be two templates', { warm: 1, name: 'ours' }, 'name: a text, "ours"'],
  ['values that are none', { warm: 1, values: 5 }, 'values: a number, 5'],
])('%s is refused', async (_what, pool, found) => {
  const error = await refusal(Promise.resolve().then(() => opened(pool)));
  expect(error.code).toBe('ArgumentInvalid');
  expect(error.found).toContain(found);
});

test.each([
  { warm: 0 },
  { warm: 1 },
  { warm: 1, idleSeconds: 90 },
  { warm: 2, idleSeconds: 3_600 },
  { warm: 1, values: {} },
])('what is next to it is taken: %j', (pool) => {
  expect(() => opened(pool)).not.toThrow();
});

test('an idle limit that its pods do not reach is refused; a shorter one is taken', async () => {
  const open = (idleSeconds: number, deadline: number) =>
    runtime.open({ template: withDeadline(deadline), pool: { warm: 1, idleSeconds } });
  const refused = (idleSeconds: number, deadline: number) =>
    refusal(Promise.resolve().then(() => open(idleSeconds, deadline)));
  const error = await refused(300, 300);
  expect([error.code, error.found]).toEqual(['PoolIdleTooLong', '300 s']);
  expect(error.remedy).toContain('shorter');
  expect(() => open(299, 300)).not.toThrow();
  // Nothing shorter is taken where pods live for so little.
  expect((await refused(90, 90)).remedy).toContain('members wait for 90 s at least');
  expect(() => open(90, 91)).not.toThrow();
});

test('a share that the quota can never have room for is PoolBeyondQuota; one that it has room for is not', async () => {
  const quota = {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    spec: { hard: { pods: '2', 'requests.cpu': '1' } },
  };
  runtime.cluster.quotas.put({ ...quota, metadata: { name: 'boxes', uid: 'one' } } as never);
  const error = await refusal(opened({ warm: 3 }).warmUp());
  expect(error).toMatchObject({ code: 'PoolBeyondQuota' });
  expect(error.found).toContain('3 warm sandboxes, and room for pods: 2');
  expect(runtime.cluster.created).toBe(0);
  // It has no supervisor here, so it is not warm in time: that is another answer.
  expect((await refusal(opened({ warm: 2 }).warmUp(500))).code).toBe('StartTimeout');
});

/** A template whose members take so much. */
const withAmounts = (resources: object) => ({
  bounds: {},
  job: (inputs: Parameters<typeof template.job>[0]) => {
    const job = template.job(inputs) as unknown as Job;
    const [main] = job.spec!.template.spec!.containers;
    const containers = [{ ...main!, resources }];
    return { ...job, spec: { ...job.spec, template: { spec: { containers } } } } as never;
  },
});

test.each<[hard: Record<string, string>, resources: object, warm: number, isRoom: boolean]>([
  [{ 'requests.cpu': '1' }, { requests: { cpu: '100m' } }, 10, true],
  [{ 'requests.cpu': '1' }, { requests: { cpu: '100m' } }, 11, false],
  [{ cpu: '1' }, { requests: { cpu: '0.5' } }, 3, false],
  [{ 'limits.memory': '1Gi' }, { limits: { memory: '256Mi' } }, 4, true],
  [{ 'limits.memory': '1Gi' }, { limits: { memory: '256Mi' } }, 5, false],
  // A limit alone is the request as well.
  [{ 'requests.memory': '1Gi' }, { limits: { memory: '512Mi' } }, 3, false],
  [{ 'requests.ephemeral-storage': '1Gi' }, { requests: { 'ephemeral-storage': '2Gi' } }, 1, false],
  [{ 'count/jobs.batch': '2' }, {}, 3, false],
  [{ 'services.nodeports': '0', 'requests.cpu': 'much' }, { requests: { cpu: '1' } }, 3, true],
])('in a quota of %j members with %j have room, %i of them: %s', async (hard, resources, warm, isRoom) => {
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', spec: { hard } };
  runtime.cluster.quotas.put({ ...quota, metadata: { name: 'boxes', uid: 'one' } } as never);
  const given = { template: withAmounts(resources), pool: { warm } };
  const { code } = await refusal(runtime.open(given as never).warmUp(1));
  expect(code).toBe(isRoom ? 'StartTimeout' : 'PoolBeyondQuota');
});

test('a quota for some pods only refuses no pool', async () => {
  const spec = { hard: { pods: '1' }, scopes: ['BestEffort'] };
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'boxes', uid: 'one' }, spec };
  runtime.cluster.quotas.put(quota as never);
  expect((await refusal(opened({ warm: 3 }).warmUp(1))).code).toBe('StartTimeout');
});

test('two pools of different templates in one namespace are two: neither takes what the other keeps', async () => {
  const deadlines = [500, 501].map((seconds) =>
    runtime.open({ template: withDeadline(seconds), pool: { warm: 1, idleSeconds: 120 } }),
  );
  for (const one of deadlines) await refusal(one.warmUp(300));
  const ids = runtime.cluster.seen
    .filter(({ method }) => method === 'POST')
    .map(({ body }) => JSON.parse(body).metadata.labels['pool.drydock.dev/id']);
  expect(new Set(ids).size).toBe(2);
});

test('a pool of 0 costs nothing: no request more, no watch, no metric, and no reason that speaks of a pool', async () => {
  const seen = async (pool?: PoolOptions) => {
    const one = runtime.open({ pool: pool as never });
    await one.warmUp();
    const before = runtime.cluster.seen.length;
    const sandbox = await one.claim();
    await sandbox.close({ wait: true });
    const asked = runtime.cluster.seen
      .slice(before)
      .map(({ method, query }) => `${method} ${query.has('watch')}`);
    return {
      info: sandbox.info,
      metrics: one.metrics(),
      posts: asked.filter((call) => call.startsWith('POST')).length,
      patches: asked.filter((call) => call.startsWith('PATCH')).length,
    };
  };
  const none = await seen();
  const zero = await seen({ warm: 0 });
  expect(zero.info).toEqual({ way: 'cold', why: 'noPool' });
  expect({ ...zero, metrics: '' }).toEqual({ ...none, metrics: '' });
  expect(zero.metrics).not.toContain('pool');
});

test('members that cannot be held, for want of a supervisor, are taken away, and claims are cold', async () => {
  const one = opened({ warm: 1 });
  const sandbox = await one.claim();
  expect(sandbox.info).toEqual({ way: 'cold', why: 'empty' });
  await one.close();
  expect(runtime.cluster.jobs.all).toEqual([]);
});
