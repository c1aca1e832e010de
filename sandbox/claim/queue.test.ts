import type { Job } from '../../imports/k8s';
import type { Stored } from '../../kube';
import { QUEUE_LABEL } from '../spec';
import { localProgram } from '../supervisor/testing-only/local-supervisor';
import { refusal, type ScriptedRuntime, scriptedRuntime, template } from '../testing-only/scripted-runtime';
import type { ClaimProgress } from './progress';

// The test plays Kueue on a stand-in for the cluster; evidence/kueue.ts has the real one.

const LONGEST = 100;
type Run = Parameters<typeof template.job>[0];

/** The template of the stand-in, with a queue. */
const queued: typeof template = {
  ...template,
  job: (inputs: Run) => {
    const job = template.job(inputs) as unknown as Job;
    const metadata = { ...job.metadata, labels: { ...job.metadata?.labels, [QUEUE_LABEL]: 'batch' } };
    const pod = job.spec!.template.spec!;
    const held = {
      ...{ ...job.spec!, suspend: true },
      template: { spec: { ...pod, activeDeadlineSeconds: LONGEST } },
    };
    return { ...job, metadata, spec: held } as never;
  },
};

let runtime: ScriptedRuntime;
beforeAll(() => localProgram());
afterEach(() => runtime.end());

async function until<Seen>(look: () => Seen | undefined): Promise<Seen> {
  for (;;) {
    const seen = look();
    if (seen !== undefined) return seen;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const onlyJob = () => until(() => runtime.cluster.jobs.all[0] as Stored<Job> | undefined);

test('a claim waits in the queue, tells so, and has its sandbox when the queue lets it start', async () => {
  runtime = await scriptedRuntime({}, { template: queued });
  const told: ClaimProgress[] = [];
  const claiming = runtime.sandboxes.claim({ onProgress: (progress) => told.push(progress) });
  const { metadata } = await onlyJob();
  await until(() => told.find(({ phase }) => phase === 'waiting'));
  expect((await runtime.sandboxes.list()).map(({ state, waitsIn }) => [state, waitsIn])).toEqual([
    ['starting', 'batch'],
  ]);
  expect(runtime.cluster.pods.all).toEqual([]);
  runtime.cluster.letStart(metadata.name);
  const sandbox = await claiming;
  expect((await sandbox.commands.run(['true'])).ok).toBe(true);
  expect(told.map(({ phase, detail }) => [phase, detail]).slice(0, 2)).toEqual([
    ['created', undefined],
    ['waiting', 'queue batch'],
  ]);
  expect((await runtime.sandboxes.list()).map(({ waitsIn }) => waitsIn)).toEqual([undefined]);
});

test.each(['claim', 'job'] as const)(
  'a %s that waits for too long is given up, and leaves nothing',
  async (what) => {
    runtime = await scriptedRuntime({}, { template: queued, startTimeoutMs: 150 });
    const { sandboxes, cluster } = runtime;
    const error = await refusal(what === 'claim' ? sandboxes.claim() : sandboxes.job({ command: ['true'] }));
    expect(error).toMatchObject({
      code: 'Unschedulable',
      retryable: true,
      found: 'a Job that still waits in queue batch after 0 s',
      sandboxId: expect.stringContaining('sandbox'),
    });
    expect(cluster.jobs.all).toEqual([]);
  },
);

test('a claim whose Job was let start, and has no pod, does not say that it waits in a queue', async () => {
  runtime = await scriptedRuntime(
    { podStatus: { phase: 'Pending' } },
    { template: queued, startTimeoutMs: 400 },
  );
  const claiming = refusal(runtime.sandboxes.claim());
  runtime.cluster.letStart((await onlyJob()).metadata.name);
  expect(await claiming).toMatchObject({ code: 'StartTimeout', found: expect.not.stringContaining('queue') });
});

test('a claim that is given up by its caller takes its Job out of the queue', async () => {
  runtime = await scriptedRuntime({}, { template: queued });
  const given = new AbortController();
  const claiming = refusal(runtime.sandboxes.claim({ signal: given.signal }));
  await onlyJob();
  given.abort();
  expect(await claiming).toMatchObject({ code: 'Aborted' });
  expect(runtime.cluster.jobs.all).toEqual([]);
});

test('one that its queue suspends again has ended, with the queue as the reason, and is not run a second time', async () => {
  runtime = await scriptedRuntime({}, { template: queued });
  const claiming = runtime.sandboxes.claim();
  const { metadata } = await onlyJob();
  runtime.cluster.letStart(metadata.name);
  const sandbox = await claiming;
  runtime.cluster.putOut(metadata.name);
  const expected = {
    code: 'Evicted',
    retryable: true,
    found: 'a Job that its queue batch has suspended again',
  };
  expect(await sandbox.ended).toMatchObject(expected);
  await until(() => (runtime.cluster.jobs.all.length > 0 ? undefined : true));
  expect(runtime.cluster.pods.all).toEqual([]);
});

/** A one-shot Job that runs. */
async function running() {
  const starting = runtime.sandboxes.job({ command: ['sleep', '600'] });
  const { metadata } = await onlyJob();
  runtime.cluster.letStart(metadata.name);
  return starting;
}

test('a one-shot Job that its queue suspends again is put out, and gives its share of the queue back', async () => {
  runtime = await scriptedRuntime({}, { template: queued });
  const job = await running();
  runtime.cluster.putOut(job.id);
  expect(await job.outcome()).toMatchObject({ outcome: 'evicted', cause: { code: 'Evicted' } });
  await until(() => (runtime.cluster.jobs.get(job.id) ? undefined : true));
});

test('one that is put out while nobody looks is found as that, and collected after a while', async () => {
  runtime = await scriptedRuntime({}, { template: queued });
  const { cluster, sandboxes } = runtime;
  const job = await running();
  job.release();
  cluster.putOut(job.id);
  await until(() => (cluster.pods.get(`${job.id}-pod`) ? undefined : true));
  const found = await sandboxes.findJob(job.id);
  expect(await found.outcome()).toMatchObject({ outcome: 'evicted', cause: { code: 'Evicted' } });
  expect(await sandboxes.collect()).toEqual([]);
  cluster.aheadMs = 40_000;
  expect(await sandboxes.collect()).toEqual([job.id]);
});

describe('a Job whose client was killed while it waited', () => {
  /** Another program's, which nobody waits for. */
  async function leftBehind(): Promise<string> {
    const other = runtime.open({ template: queued });
    void other.claim().catch(() => {});
    return (await onlyJob()).metadata.name;
  }

  test('is swept by the next program that comes to the queue, once it is older than any sandbox may become', async () => {
    runtime = await scriptedRuntime({}, { template: queued });
    const left = await leftBehind();
    runtime.cluster.aheadMs = (LONGEST + 5) * 1000;
    void runtime.sandboxes.claim().catch(() => {});
    await until(() => (runtime.cluster.jobs.get(left) ? undefined : true));
    expect(runtime.cluster.jobs.all).toHaveLength(1);
  });

  test('is collected then, and not before', async () => {
    runtime = await scriptedRuntime({}, { template: queued });
    const left = await leftBehind();
    expect(await runtime.sandboxes.collect()).toEqual([]);
    runtime.cluster.aheadMs = (LONGEST + 5) * 1000;
    expect(await runtime.sandboxes.collect()).toEqual([left]);
  });
});

test('a pool and agent-sandbox are refused with a queue, and taken without one', async () => {
  runtime = await scriptedRuntime();
  const pool = { warm: 1, idleSeconds: 300 };
  expect(() => runtime.open({ template: queued, pool })).toThrow(
    expect.objectContaining({ code: 'Unsupported', found: expect.stringContaining('queue batch') }),
  );
  expect(() => runtime.open({ template: queued, pool: { ...pool, warm: 0 } })).not.toThrow();
  const agent = runtime.open({ template: queued, backend: 'agent-sandbox' });
  expect(await refusal(agent.claim())).toMatchObject({ code: 'Unsupported' });
});
