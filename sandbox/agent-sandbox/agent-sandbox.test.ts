import type { ScriptedCluster, ScriptedClusterOptions } from '../testing-only/scripted-cluster';
import {
  first,
  refusal,
  type ScriptedRuntime,
  scriptedRuntime,
  template,
} from '../testing-only/scripted-runtime';
import { agentSandboxPool } from './pool-objects';

// The controller is a stand-in here; docs/evidence/agent-sandbox.md has the real one.

let runtime: ScriptedRuntime;
let cluster: ScriptedCluster;
let sandboxes: ScriptedRuntime['sandboxes'];
afterEach(() => runtime.end());

const POOL = { template, namespace: 'boxes', values: {} } as const;

async function starting(options: ScriptedClusterOptions = {}, more: object = {}): Promise<void> {
  runtime = await scriptedRuntime({ hasShell: false, ...options }, { backend: 'agent-sandbox', ...more });
  ({ cluster, sandboxes } = runtime);
}

/** Applies the pool as an administrator does. */
function applied(change: object = {}): string {
  const [{ metadata, spec }] = agentSandboxPool(POOL);
  cluster.agent.pools.set(metadata.name, { spec: { ...spec.podTemplate.spec, ...change } });
  return metadata.name;
}

function expectNothingLeft(): void {
  const { claims, sandboxes: made } = cluster.agent;
  expect([claims.all, made.all, cluster.pods.all, cluster.jobs.all]).toEqual([[], [], [], []]);
}

test('a claim makes one SandboxClaim and no Job, runs commands, and close() takes all of it away', async () => {
  await starting();
  const pool = applied();
  const sandbox = await sandboxes.claim({ ttl: 60 });
  expect(sandbox.info).toEqual({ way: 'cold', why: 'empty' });
  const [claim] = cluster.agent.claims.all;
  expect(claim).toMatchObject({ metadata: { name: sandbox.id }, spec: { warmPoolRef: { name: pool } } });
  const lifecycle = claim!.spec.lifecycle!;
  expect(lifecycle.shutdownPolicy).toBe('DeleteForeground');
  const inSeconds = (Date.parse(lifecycle.shutdownTime!) - Date.now()) / 1000;
  expect(inSeconds).toBeGreaterThan(57);
  expect(inSeconds).toBeLessThanOrEqual(61);
  expect(cluster.jobs.all).toEqual([]);
  expect((await sandbox.commands.run(['echo', 'hello'])).stdout.text).toBe('hello\n');
  await sandbox.close({ wait: true });
  expectNothingLeft();
  expect(await sandbox.ended).toBeUndefined();
});

test('a claim that finds a member is warm, and its pod is the member`s', async () => {
  await starting();
  const member = cluster.agent.warm(applied());
  const sandbox = await sandboxes.claim();
  expect(sandbox.info).toEqual({ way: 'warm', from: 'agentSandbox' });
  expect(sandbox.podName).toBe(member);
  expect((await sandbox.commands.run(['true'])).ok).toBe(true);
});

test('the end of a claim counts from the time of the server', async () => {
  await starting({ aheadMs: 3_600_000 });
  applied();
  await sandboxes.claim({ ttl: 60 });
  const { shutdownTime } = cluster.agent.claims.all[0]!.spec.lifecycle!;
  expect(Math.abs(Date.parse(shutdownTime!) - cluster.now().getTime() - 60_000)).toBeLessThan(5_000);
});

test('a Sandbox that belongs to another claim is not entered, and nothing is left of the claim', async () => {
  await starting();
  applied();
  cluster.agent.confuses = true;
  const error = await refusal(sandboxes.claim());
  expect(error).toMatchObject({ code: 'StartFailed', retryable: true });
  expect(error.found).toContain('a Sandbox of SandboxClaim');
  expect(cluster.streams).toBe(0);
  expect(cluster.agent.claims.all).toEqual([]);
});

test.each<[string, object, string]>([
  ['another image', { containers: [{ name: 'sandbox', image: 'other:1' }] }, 'image'],
  ['another container', { containers: [{ name: 'sandbox' }, { name: 'more' }] }, 'containers'],
])('a pod with %s than the template`s is not entered', async (_, change, field) => {
  await starting();
  applied(change);
  const error = await refusal(sandboxes.claim());
  expect(error.code).toBe('TemplateMismatch');
  expect(error.found).toContain(field);
  expect(cluster.streams).toBe(0);
  expectNothingLeft();
});

test('a claim of values that no pool has is refused in time, with what to apply', async () => {
  await starting();
  const error = await refusal(sandboxes.claim());
  expect(error.code).toBe('TemplateMismatch');
  expect(error.found).toContain('no SandboxWarmPool drydock-');
  expect(error.remedy).toContain('agentSandboxPool()');
  expectNothingLeft();
});

test('what admission says of the pod is told in its code', async () => {
  await starting();
  applied();
  const words =
    'Error seen: pods "x" is forbidden: exceeded quota: boxes, requested: pods=1, used: pods=5, limited: pods=5';
  cluster.agent.refusal = { type: 'Ready', status: 'False', reason: 'ReconcilerError', message: words };
  expect(await refusal(sandboxes.claim())).toMatchObject({ code: 'QuotaExceeded', retryable: true });
  expectNothingLeft();
});

test('a controller that does not answer is told after the time for a start', async () => {
  await starting({}, { startTimeoutMs: 300 });
  applied();
  cluster.agent.refusal = { type: 'Ready', status: 'False', reason: 'SandboxNotReady' };
  expect(await refusal(sandboxes.claim())).toMatchObject({ code: 'StartTimeout', retryable: true });
  expectNothingLeft();
});

test('a create whose answer got lost is one sandbox, and not two', async () => {
  await starting({ fault: first('POST', { do: 'lose' }) });
  applied();
  const sandbox = await sandboxes.claim();
  expect(cluster.agent.claims.all.map(({ metadata }) => metadata.name)).toEqual([sandbox.id]);
  expect((await sandbox.commands.run(['true'])).ok).toBe(true);
});

test('an abort while the claim is being made leaves none', async () => {
  await starting({ fault: first('POST', { do: 'delay', ms: 80 }) });
  applied();
  const abort = new AbortController();
  const claiming = refusal(sandboxes.claim({ signal: abort.signal }));
  while (!cluster.seen.some(({ method }) => method === 'POST')) await new Promise(setImmediate);
  abort.abort();
  expect((await claiming).code).toBe('Aborted');
  await sandboxes.close();
  expectNothingLeft();
});

test('the end of its time is told as such, and a deletion by others as the loss that it is', async () => {
  await starting();
  applied();
  const short = await sandboxes.claim({ ttl: 1 });
  expect((await short.ended)?.code).toBe('DeadlineExceeded');
  const lost = await sandboxes.claim();
  await runtime.open({ backend: 'agent-sandbox' }).end(lost.id);
  expect((await lost.ended)?.code).toBe('PodLost');
});

test('a pod that is deleted takes its claim along: the one that would follow it is nobody`s', async () => {
  await starting();
  applied();
  const sandbox = await sandboxes.claim();
  cluster.pods.remove(sandbox.podName);
  expect((await sandbox.ended)?.code).toBe('PodLost');
  expect(cluster.agent.claims.all).toEqual([]);
});

test('extend() moves the end of the claim', async () => {
  await starting();
  applied();
  const sandbox = await sandboxes.claim({ ttl: 60 });
  await sandbox.extend(600);
  const { shutdownTime } = cluster.agent.claims.all[0]!.spec.lifecycle!;
  expect(Date.parse(shutdownTime!) - Date.now()).toBeGreaterThan(595_000);
  await sandboxes.end(sandbox.id);
  expect((await refusal(sandbox.extend(600))).code).toBe('PodLost');
});

test('another program finds it in the list, enters it, and ends it', async () => {
  await starting();
  applied();
  const sandbox = await sandboxes.claim({ ttl: 60 });
  const other = runtime.open({ backend: 'agent-sandbox' });
  expect(await other.list()).toMatchObject([{ id: sandbox.id, state: 'running', pool: undefined }]);
  const entered = await other.attach(sandbox.id);
  expect(entered.info).toEqual({ way: 'attached' });
  expect((await entered.commands.run(['echo', 'in'])).stdout.text).toBe('in\n');
  await other.end(sandbox.id);
  expectNothingLeft();
  expect(await refusal(other.attach(sandbox.id))).toMatchObject({ code: 'PodLost' });
  await other.end(sandbox.id);
});

test('what rests on Jobs is refused by name, and with Jobs it is not', async () => {
  await starting();
  expect((await refusal(sandboxes.job({ command: ['true'] }))).code).toBe('Unsupported');
  expect((await refusal(sandboxes.findJob('one'))).code).toBe('Unsupported');
  expect((await refusal(sandboxes.preflight())).code).toBe('Unsupported');
  const pooled = () => runtime.open({ backend: 'agent-sandbox', pool: { warm: 1 } });
  expect(pooled).toThrow(expect.objectContaining({ code: 'Unsupported' }));
  expect(cluster.seen).toEqual([]);
  const job = await runtime.open({ backend: 'jobs' }).job({ command: ['true'] });
  expect(await job.outcome()).toMatchObject({ outcome: 'exited', exitCode: 0 });
});

test.each([['kubernetes'], ['constructor'], [5], [null]])('%p is no backend', async (backend) => {
  await starting();
  const open = () => runtime.open({ backend: backend as never });
  expect(open).toThrow(expect.objectContaining({ code: 'ArgumentInvalid' }));
});
