import type { ContainerStatus } from '../../imports/k8s';
import type { SandboxesOptions } from '../options';
import { NOT_ENTERED } from '../spec';
import type { Fault, ScriptedCluster, ScriptedClusterOptions } from '../testing-only/scripted-cluster';
import { first, refusal, type ScriptedRuntime, scriptedRuntime } from '../testing-only/scripted-runtime';

// The images of the stand-in have no shell here, so that nothing but Node is needed; `life-cycle.real.test.ts` has the
// real supervisor on the same stand-in.

let runtime: ScriptedRuntime;
let cluster: ScriptedCluster;
let sandboxes: ScriptedRuntime['sandboxes'];
afterEach(() => runtime.end());

async function starting(
  options: ScriptedClusterOptions = {},
  more: Pick<SandboxesOptions, 'startTimeoutMs'> = {},
): Promise<void> {
  runtime = await scriptedRuntime({ hasShell: false, ...options }, more);
  ({ cluster, sandboxes } = runtime);
}

function expectNothingLeft(): void {
  expect(cluster.jobs.all).toEqual([]);
}

test('a claim makes one Job, runs a command, and close() takes the Job and its pod away', async () => {
  await starting();
  const sandbox = await sandboxes.claim();
  expect(cluster.jobs.all.map(({ metadata }) => metadata.name)).toEqual([sandbox.id]);
  const { exitCode, stdout } = await sandbox.commands.run(['echo', 'hello']);
  expect([exitCode, stdout.text]).toEqual([0, 'hello\n']);
  await sandbox.close({ wait: true });
  expectNothingLeft();
  expect(cluster.pods.all).toEqual([]);
  expect(await sandbox.ended).toBeUndefined();
});

test('an abort while the Job is being made leaves none, however late it comes', async () => {
  await starting({ fault: first('POST', { do: 'delay', ms: 80 }) });
  const abort = new AbortController();
  const claiming = refusal(sandboxes.claim({ signal: abort.signal }));
  while (!cluster.seen.some(({ method }) => method === 'POST')) await new Promise(setImmediate);
  abort.abort();
  expect((await claiming).code).toBe('Aborted');
  expectNothingLeft();
  await sandboxes.close();
  expect(cluster.seen.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
  expectNothingLeft();
});

test('a create whose answer got lost is one sandbox, and not two', async () => {
  await starting({ fault: first('POST', { do: 'lose' }) });
  const sandbox = await sandboxes.claim();
  expect(cluster.jobs.all.map(({ metadata }) => metadata.name)).toEqual([sandbox.id]);
  expect((await sandbox.commands.run(['true'])).ok).toBe(true);
});

const CONFLICT: Fault = { do: 'refuse', code: 409, reason: 'Conflict' };

test('a conflict is no deletion while the Job is there: close() says so, and the next one takes it away', async () => {
  await starting({ fault: first('DELETE', CONFLICT) });
  const sandbox = await sandboxes.claim();
  expect(await refusal(sandbox.close())).toMatchObject({
    code: 'ApiFailed',
    where: `close of ${sandbox.id}`,
  });
  expect(cluster.jobs.all).toHaveLength(1);
  await sandbox.close();
  expectNothingLeft();
});

test('a conflict with another Job that has the name by now is as good as a deletion', async () => {
  await starting({ fault: first('DELETE', CONFLICT) });
  const sandbox = await sandboxes.claim();
  const job = cluster.jobs.get(sandbox.id)!;
  cluster.jobs.put({ ...job, metadata: { ...job.metadata, uid: 'another' } });
  await sandbox.close();
  expect(cluster.jobs.all).toHaveLength(1);
});

test.each([
  ['too many requests, and a time to wait', 429, 'TooManyRequests', 0],
  ['a quota that is used up', 403, 'Forbidden', 1],
  ['the count of a quota that others change meanwhile', 409, 'Conflict', 0],
  ['a name that is taken', 409, 'AlreadyExists', 1],
])(
  'a create that meets %s ends in one Job or in an error, and leaves nothing',
  async (_what, code, reason, errors) => {
    await starting({ fault: first('POST', { do: 'refuse', code, reason }) });
    const claims = await Promise.allSettled([sandboxes.claim()]);
    expect(claims.filter(({ status }) => status === 'rejected')).toHaveLength(errors);
    expect(cluster.jobs.all).toHaveLength(1 - errors);
    await sandboxes.close();
    expectNothingLeft();
  },
);

test('a DELETE that fails is told, and the sandbox lives until it is closed again', async () => {
  await starting({ fault: first('DELETE', { do: 'refuse', code: 403, reason: 'Forbidden' }) });
  const sandbox = await sandboxes.claim();
  expect((await refusal(sandbox.close())).code).toBe('ApiFailed');
  expect(cluster.jobs.all).toHaveLength(1);
  await sandbox.close();
  expectNothingLeft();
});

test('a DELETE whose answer got lost is a DELETE', async () => {
  await starting({ fault: first('DELETE', { do: 'lose' }) });
  await (await sandboxes.claim()).close();
  expectNothingLeft();
});

test('a pod that no node takes ends the claim with the reason, and its Job is deleted, also when that fails first', async () => {
  const message = '0/1 nodes are available: 1 Insufficient memory.';
  const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }];
  await starting(
    {
      podStatus: { phase: 'Pending', conditions },
      fault: first('DELETE', { do: 'refuse', code: 403, reason: 'Forbidden' }),
    },
    { startTimeoutMs: 1_000 },
  );
  const told: unknown[] = [];
  const { code, found } = await refusal(
    sandboxes.claim({ onProgress: ({ phase, detail }) => told.push([phase, detail]) }),
  );
  expect([code, found]).toEqual(['Unschedulable', message]);
  expect(told.at(-1)).toEqual(['waiting', message]);
  await sandboxes.close();
  expectNothingLeft();
});

test.each([
  [
    'Error creating: pods "x" is forbidden: exceeded quota: boxes, requested: pods=1, used: pods=1, limited: pods=1',
    'QuotaExceeded',
    true,
  ],
  ['Error creating: pods "x" is forbidden: no such account', 'StartFailed', false],
])(
  'a Job that gets no pod ends the claim with the reason, and is deleted: %s',
  async (words, code, retryable) => {
    await starting({ podRefusal: words });
    const error = await refusal(sandboxes.claim({ values: { name: 'one' } }));
    expect(error).toMatchObject({ code, retryable, where: 'claim of one', sandboxId: 'one' });
    expectNothingLeft();
  },
);

test.each([
  [400, 'BadRequest', 'container not found ("sandbox")'],
  [404, 'NotFound', 'pods "one-pod" not found'],
  [429, 'TooManyRequests', 'too many requests'],
  [500, 'InternalError', 'error dialing backend: EOF'],
])('an exec that is refused with %i, while the pod lives, is not yet', async (code, reason, message) => {
  await starting({ execRefusals: [1, 2].map(() => ({ code, reason, message })) });
  const sandbox = await sandboxes.claim();
  expect((await sandbox.commands.run(['echo', 'here'])).stdout.text).toBe('here\n');
});

test('an exec that may not be is an error at once, and its Job is deleted', async () => {
  await starting({ execRefusals: [{ code: 403, reason: 'Forbidden', message: 'no exec for you' }] });
  expect(await refusal(sandboxes.claim({ values: { name: 'one' } }))).toMatchObject({
    code: 'ApiFailed',
    where: 'claim of one',
    found: expect.stringContaining('no exec for you'),
    retryable: false,
  });
  expectNothingLeft();
});

test('where every exec is refused until the time is over, its words are told', async () => {
  const refused = { code: 500, reason: 'InternalError', message: 'no shim' };
  await starting({ execRefusals: Array.from({ length: 1_000 }, () => refused) }, { startTimeoutMs: 1_000 });
  const error = await refusal(sandboxes.claim());
  expect(error).toMatchObject({ code: 'StartTimeout', found: expect.stringContaining('no shim after 1 s') });
});

test.each<[string, object, string]>([
  ['ErrImagePull', { waiting: { reason: 'ErrImagePull', message: 'not found' } }, 'ImagePull'],
  ['StartError', { terminated: { reason: 'StartError', exitCode: 128 } }, 'StartFailed'],
  ['OOMKilled', { terminated: { reason: 'OOMKilled', exitCode: 137 } }, 'OOMKilled'],
])('a container with %s ends the claim with that', async (_what, state, code) => {
  const status = { name: 'sandbox', state, image: '', imageID: '', ready: false, restartCount: 0 };
  await starting({ podStatus: { phase: 'Pending', containerStatuses: [status] }, nodeOfPod: 'node-1' });
  expect((await refusal(sandboxes.claim())).code).toBe(code);
  expectNothingLeft();
});

test('a node that is not ready in time is told with what it still does, and progress says so before', async () => {
  const state = { waiting: { reason: 'ContainerCreating', message: 'pulling the image' } };
  const status = { name: 'sandbox', state, image: '', imageID: '', ready: false, restartCount: 0 };
  const podStatus = { phase: 'Pending', containerStatuses: [status] };
  await starting({ podStatus, nodeOfPod: 'node-1' }, { startTimeoutMs: 1_000 });
  const told: unknown[] = [];
  const error = await refusal(
    sandboxes.claim({ onProgress: ({ phase, detail }) => told.push([phase, detail]) }),
  );
  expect(error).toMatchObject({
    code: 'StartTimeout',
    found: 'pulling the image after 1 s',
    retryable: true,
  });
  expect(told).toEqual([
    ['created', undefined],
    ['scheduled', undefined],
    ['preparing', 'pulling the image'],
  ]);
  expectNothingLeft();
});

test.each([-600_000, 600_000])(
  'a server whose clock is %d ms ahead gives the time that was asked for',
  async (aheadMs) => {
    await starting({ aheadMs });
    const sandbox = await sandboxes.claim({ ttl: 30 });
    await sandbox.extend(120);
    const [job] = cluster.jobs.all;
    const endsAt = Date.parse(job!.status!.startTime!) + job!.spec!.activeDeadlineSeconds! * 1000;
    const leftSeconds = (endsAt - cluster.now().getTime()) / 1000;
    expect(leftSeconds).toBeGreaterThan(117);
    expect(leftSeconds).toBeLessThanOrEqual(121);
  },
);

test('a watch that expired in the middle misses nothing: the end is still told', async () => {
  await starting();
  const sandbox = await sandboxes.claim();
  cluster.pods.expireWatches();
  cluster.evict(sandbox.id);
  expect(await sandbox.ended).toMatchObject({ code: 'Evicted', sandboxId: sandbox.id });
});

test('a pod that is evicted ends its command, which says so, and what it printed before is there', async () => {
  await starting();
  const sandbox = await sandboxes.claim();
  let heard = () => {};
  const printed = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const running = sandbox.commands.run(['node', '-e', 'console.log("begun"); setInterval(() => {}, 1e6)'], {
    onStdout: () => heard(),
  });
  await printed;
  cluster.evict(sandbox.id);
  const { outcome, exitCode, stdout, cause } = await running;
  expect([outcome, exitCode, stdout.text]).toEqual(['evicted', undefined, 'begun\n']);
  expect(cause).toMatchObject({
    code: 'Evicted',
    found: 'Evicted: The node was low on resource: ephemeral-storage.',
  });
  expect(await sandbox.ended).toMatchObject({ code: 'Evicted' });
});

test('a sandbox that reaches its deadline says that, by the server`s clock', async () => {
  await starting({ aheadMs: 600_000 });
  const sandbox = await sandboxes.claim();
  await sandbox.extend(1);
  expect(await sandbox.ended).toMatchObject({ code: 'DeadlineExceeded' });
});

test('an abort is heard while the answer of a create is looked for', async () => {
  const faults: Fault[] = [{ do: 'lose' }, { do: 'stall' }];
  await starting({
    fault: ({ query }) => (query.has('limit') || query.has('watch') ? undefined : faults.shift()),
  });
  const abort = new AbortController();
  const claiming = refusal(sandboxes.claim({ signal: abort.signal }));
  while (faults.length > 0) await new Promise(setImmediate);
  abort.abort();
  expect((await claiming).code).toBe('Aborted');
  await sandboxes.close();
  expectNothingLeft();
  // Half of the time for which it is looked for.
}, 7_500);

test('a sandbox that no client has entered in time has ended by itself: a claim that was too slow says so', async () => {
  const terminated = { exitCode: 1, reason: 'Error', message: `${NOT_ENTERED}\n` };
  await starting({
    podStatus: {
      phase: 'Failed',
      containerStatuses: [{ name: 'sandbox', state: { terminated } } as ContainerStatus],
    },
  });
  const claiming = refusal(sandboxes.claim());
  while (cluster.pods.all.length === 0) await new Promise(setImmediate);
  const [job] = cluster.jobs.all;
  const conditions = [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }];
  cluster.jobs.put({ ...job!, status: { ...job!.status, conditions } });
  expect(await claiming).toMatchObject({
    code: 'Ended',
    found: NOT_ENTERED,
    retryable: true,
  });
  await sandboxes.close();
  expectNothingLeft();
});
