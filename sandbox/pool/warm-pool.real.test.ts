import type { Job } from '../../imports/k8s';
import { POOL_MARKS } from '../spec';
import { localProgram } from '../supervisor/testing-only/local-supervisor';
import type { DescribedSandbox } from '../template/template-source';
import type { Fault } from '../testing-only/scripted-cluster';
import {
  refusal,
  type ScriptedRuntime,
  scriptedRuntime,
  template as smallest,
} from '../testing-only/scripted-runtime';
import { stateOf } from './member';

// A stand-in for the cluster, and the real supervisor in it, which Go compiles.

interface Run {
  readonly name: string;
  readonly deadlineSeconds: number;
  readonly command: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** One whose runs choose labels and variables, too. */
const template: DescribedSandbox<Run> = {
  bounds: {},
  // The stand-in has no API server that a sandbox could be kept from.
  allowsOpenStart: () => true,
  job: ({ run }) => {
    const job = smallest.job({ run }) as unknown as Job;
    const [container] = job.spec!.template.spec!.containers;
    const env = Object.entries(run.env ?? { KIND: 'pool' }).map(([name, value]) => ({ name, value }));
    return {
      ...job,
      metadata: { ...job.metadata, labels: { ...job.metadata?.labels, ...run.labels } },
      spec: { ...job.spec, template: { spec: { containers: [{ ...container, env }] } } },
    } as never;
  },
};

let runtime: ScriptedRuntime;
let fault: (method: string, body: string) => Fault | undefined;
beforeAll(() => localProgram());
beforeEach(async () => {
  fault = () => undefined;
  runtime = await scriptedRuntime(
    { fault: ({ method, body }) => fault(method, body) },
    { template: template as never, pool: { warm: 2 } },
  );
});
afterEach(() => runtime.end());

const states = () => runtime.cluster.jobs.all.map(stateOf).sort();
const labelsOf = (id: string) => runtime.cluster.jobs.get(id)?.metadata.labels ?? {};

async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 30_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`still ${states().join()} after 30 s`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function faultOnce(method: string, what: Fault): void {
  let isOver = false;
  fault = (asked, body) => {
    if (isOver || asked !== method || !body.includes('claimed')) return undefined;
    isOver = true;
    return what;
  };
}

test('a warm claim is one write, runs commands over the stream that was open before, and its place is filled again', async () => {
  const { sandboxes, cluster } = runtime;
  await sandboxes.warmUp();
  expect(states()).toEqual(['warm', 'warm']);
  const before = cluster.seen.length;
  const sandbox = await sandboxes.claim({ ttl: 120 });
  const asked = cluster.seen.slice(before).map(({ method }) => method);
  expect(asked.filter((method) => method !== 'POST' && method !== 'GET')).toEqual(['PATCH']);
  expect(sandbox.info).toEqual({ way: 'warm', from: 'own' });
  expect((await sandbox.commands.run(['echo', 'here'])).stdout.text).toBe('here\n');
  const { spec, status } = cluster.jobs.get(sandbox.id)!;
  const endsAt = Date.parse(status!.startTime!) + spec!.activeDeadlineSeconds! * 1000;
  expect(Math.abs(endsAt - cluster.now().getTime() - 120_000)).toBeLessThan(30_000);
  await sandboxes.warmUp();
  expect(states()).toEqual(['claimed', 'warm', 'warm']);
  await sandbox.close();
  expect(states()).toEqual(['warm', 'warm']);
  expect(sandboxes.metrics()).toContain('drydock_sandbox_claims_total{way="warm",why="own"} 1');
  expect(sandboxes.metrics()).toContain('drydock_sandbox_pool_members{state="ready"} 2');
});

test('labels and environment are given at the claim: the labels to the Job, the variables to each command', async () => {
  const { sandboxes } = runtime;
  await sandboxes.warmUp();
  const values = { env: { TOKEN: 'a$$b' }, labels: { a: 'b' } };
  const sandbox = await sandboxes.claim({ values: values as never });
  expect(sandbox.info).toMatchObject({ way: 'warm' });
  expect(labelsOf(sandbox.id)).toMatchObject({ a: 'b' });
  const script = 'echo "$TOKEN,$KIND,$MORE"';
  // A kubelet makes one of two.
  expect((await sandbox.commands.shell(script)).stdout.text).toBe('a$b,,\n');
  const env = { TOKEN: 'mine', MORE: 'x' };
  expect((await sandbox.commands.shell(script, { env })).stdout.text).toBe('mine,,x\n');
});

test.each([
  ['a command of its own', { values: { command: ['sleep', '5'] } }, 'values'],
  ['a name of its own', { values: { name: 'mine' } }, 'name'],
  ['another time to live on without its client', { orphanTtl: 'none' }, 'orphanTtl'],
  ['variables that only a kubelet can read', { values: { env: { A: '$(B)' } } }, 'env'],
] as const)('a claim with %s is cold, says so, and is told in the metrics', async (_what, options, why) => {
  const { sandboxes } = runtime;
  await sandboxes.warmUp();
  const sandbox = await sandboxes.claim(options as never);
  expect(sandbox.info).toEqual({ way: 'cold', why });
  expect(sandboxes.metrics()).toContain(`drydock_sandbox_claims_total{way="cold",why="${why}"} 1`);
  expect(states()).toEqual(['warm', 'warm', undefined].sort());
});

test('what another program keeps is claimed when there is none of its own, and that one makes another', async () => {
  const { sandboxes, cluster } = runtime;
  await sandboxes.warmUp();
  const other = runtime.open({ template: template as never, pool: { warm: 1 } });
  await other.warmUp();
  await until(() => cluster.jobs.all.filter((job) => job.status?.ready === 1).length === 3);
  const own = await other.claim();
  expect(own.info).toEqual({ way: 'warm', from: 'own' });
  const holders = () =>
    cluster.jobs.all
      .filter((job) => stateOf(job) === 'warm')
      .map(({ metadata }) => metadata.labels?.[POOL_MARKS.holder]);
  const mine = labelsOf(own.id)[POOL_MARKS.owner];
  // Its next one is being made: what is ready belongs to the first program.
  const taken = await other.claim();
  expect(taken.info.way).toBe('warm');
  expect((await taken.commands.run(['echo', 'here'])).stdout.text).toBe('here\n');
  expect(labelsOf(taken.id)[POOL_MARKS.owner]).toBe(mine);
  await sandboxes.warmUp();
  await other.warmUp();
  expect(holders().filter((holder) => holder === mine)).toHaveLength(1);
  // Its holder has let go of it in order.
  expect((await taken.commands.run(['true'])).ok).toBe(true);
});

test('a claim whose answer got lost is one sandbox, and not two', async () => {
  const { sandboxes } = runtime;
  await sandboxes.warmUp();
  faultOnce('PATCH', { do: 'lose' });
  const sandbox = await sandboxes.claim();
  expect(sandbox.info).toEqual({ way: 'warm', from: 'own' });
  await sandboxes.warmUp();
  expect(states()).toEqual(['claimed', 'warm', 'warm']);
});

test('a claim whose answer does not come goes on, and what it may have claimed is deleted', async () => {
  const { sandboxes } = runtime;
  await sandboxes.warmUp();
  faultOnce('PATCH', { do: 'delay', ms: 7_000 });
  const sandbox = await sandboxes.claim();
  expect((await sandbox.commands.run(['true'])).ok).toBe(true);
  await until(() => states().filter((state) => state === 'claimed').length <= 1);
  await sandboxes.warmUp();
  await until(() => states().filter((state) => state === 'warm').length === 2);
});

test('an answer of 401 cuts every stream: what they were opened with may be worth nothing any more', async () => {
  const { sandboxes, cluster } = runtime;
  await sandboxes.warmUp();
  const members = new Set(cluster.jobs.all.map(({ metadata }) => metadata.name));
  faultOnce('PATCH', { do: 'refuse', code: 401, reason: 'Unauthorized' });
  const sandbox = await sandboxes.claim();
  expect(sandbox.info).toEqual({ way: 'cold', why: 'refused' });
  // With the right restored they are taken out; without it their supervisors end them.
  await until(() => !cluster.jobs.all.some(({ metadata }) => members.has(metadata.name)));
  expect(sandboxes.metrics()).toContain('drydock_sandbox_pool_retired_total{why="unauthorized"} 2');
});

test('a member that no claim has is not entered; one that is claimed is', async () => {
  const { sandboxes, cluster } = runtime;
  await sandboxes.warmUp();
  const [member] = cluster.jobs.all;
  expect((await refusal(sandboxes.attach(member!.metadata.name))).code).toBe('ArgumentInvalid');
  const sandbox = await sandboxes.claim();
  const guest = await sandboxes.attach(sandbox.id);
  expect(guest.info).toEqual({ way: 'attached' });
  await guest.release();
});

test('a member whose pod is lost is not handed out, and is replaced', async () => {
  const { sandboxes, cluster } = runtime;
  await sandboxes.warmUp();
  const [lost] = cluster.jobs.all;
  cluster.evict(lost!.metadata.name);
  const sandbox = await sandboxes.claim();
  expect(sandbox.id).not.toBe(lost!.metadata.name);
  await sandboxes.warmUp();
  await until(() => cluster.jobs.get(lost!.metadata.name) === undefined);
});

test('close() takes every member away, also while they are being made', async () => {
  const { sandboxes, cluster } = runtime;
  const sandbox = await sandboxes.claim();
  expect(sandbox.info).toEqual({ way: 'cold', why: 'empty' });
  await sandboxes.close();
  expect(cluster.jobs.all).toEqual([]);
});
