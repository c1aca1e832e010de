import { text } from 'node:stream/consumers';
import { sharedCluster, until } from '../../cluster';
import type { JsonObject } from '../../core/template';
import type { Job } from '../../imports/k8s';
import type { ClaimProgress, JobOptions, Sandbox, SandboxError, Sandboxes } from '../../sandbox';
import { deniedBy } from '../sandbox/admission';
import { changed } from '../sandbox/change';
import { KueueStandIn, WRITTEN_BY_KUEUE } from '../sandbox/kueue-stand-in';
import { RuntimeInstallation } from './runtime';
import { within } from './within';

// The test plays Kueue (kueue-stand-in.ts); the Job controller, the nodes, the policy and the rights are real.

jest.setTimeout(150_000);

const QUEUE = 'kueue.x-k8s.io/queue-name';
let installation: RuntimeInstallation;
let sandboxes: Sandboxes;
let kueue: KueueStandIn;

beforeAll(async () => {
  const cluster = await sharedCluster();
  installation = await new RuntimeInstallation(cluster, { sandbox: { queue: 'batch' } }).install();
  sandboxes = installation.sandboxes();
  kueue = new KueueStandIn(cluster, installation.sandboxNamespace);
});
afterAll(async () => {
  await sandboxes?.close();
  await installation?.remove();
});

const jobNow = (id: string) =>
  installation.cluster.api.call<Job>(
    'GET',
    `/apis/batch/v1/namespaces/${installation.sandboxNamespace}/jobs/${id}`,
  );

/** A claim that waits, and the name of its Job. */
async function waiting(options: object = {}): Promise<{ claiming: Promise<Sandbox>; id: string }> {
  let id: string | undefined;
  const onProgress = ({ phase, sandboxId, detail }: ClaimProgress) => {
    if (phase === 'waiting' && detail === 'queue batch') id = sandboxId;
  };
  const claiming = sandboxes.claim({ values: installation.run(), ttl: 120, onProgress, ...options });
  claiming.catch(() => {});
  return { claiming, id: await until('the claim to wait in its queue', async () => id) };
}

/** A one-shot Job that waits. */
async function waitingJob(command: readonly string[], files: JobOptions['files'] = {}) {
  let id: string | undefined;
  const onProgress = ({ phase, sandboxId }: ClaimProgress) => {
    if (phase === 'waiting') id = sandboxId;
  };
  const making = sandboxes.job({ values: installation.run(), command, files, ttl: 120, onProgress });
  making.catch(() => {});
  return { making, id: await until('the Job to wait', async () => id) };
}

/** As the account of the runtime, which may change Jobs. */
async function asManager(id: string, patch: JsonObject): Promise<string> {
  const { cluster, sandboxNamespace, kubeconfig } = installation;
  const args = ['patch', 'job', id, '-n', sandboxNamespace, '--type=merge', '-p', JSON.stringify(patch)];
  const { stderr } = await cluster.kubectl(['--kubeconfig', kubeconfig, ...args], { allowFailure: true });
  return stderr;
}

describe('a claim in a queue', () => {
  let id: string;
  let claiming: Promise<Sandbox>;
  beforeAll(async () => {
    ({ id, claiming } = await waiting());
  });

  test('waits, without a pod, and with its queue on its Job', async () => {
    const { metadata, spec, status } = await jobNow(id);
    expect([metadata?.labels?.[QUEUE], spec?.suspend, status?.active ?? 0]).toEqual(['batch', true, 0]);
    expect((await sandboxes.list()).find((one) => one.id === id)).toMatchObject({ waitsIn: 'batch' });
  });

  test.each([
    ['is not let start by its manager', 'spec.suspend', { spec: { suspend: false } }],
    ['stays in its queue', `metadata.labels.${QUEUE}`, { metadata: { labels: { [QUEUE]: 'other' } } }],
    [
      'takes nothing that Kueue alone writes',
      'spec.template.metadata.labels.kueue.x-k8s.io/podset',
      { spec: { template: { metadata: { labels: { 'kueue.x-k8s.io/podset': 'main' } } } } },
    ],
    [
      'takes no annotation for its pod',
      'spec.template.metadata.annotations.example.com/note',
      { spec: { template: { metadata: { annotations: { 'example.com/note': 'x' } } } } },
    ],
  ])('%s', async (_, field, patch) => {
    expect(await asManager(id, patch)).toContain(`denied request: ${field}`);
  });

  test.each([
    ['another node', 'spec.template.spec.nodeSelector', { nodeSelector: { role: 'control' } }],
    ['more tolerations', 'spec.template.spec.tolerations', { tolerations: [{ operator: 'Exists' }] }],
  ])('is not given %s by its queue that the template does not have', async (_, field, spec) => {
    const job = { ...(await jobNow(id)), kind: 'Job' } as unknown as JsonObject;
    const answer = await installation.tryToPatch(job, { spec: { suspend: false, template: { spec } } });
    expect(deniedBy({ field, answer }, installation.policyName)).toBe('policy');
    const asItIs = await installation.tryToPatch(job, {
      spec: { suspend: false, template: { metadata: WRITTEN_BY_KUEUE } },
    });
    expect(asItIs).toMatchObject({ status: 200 });
  });

  test('runs commands once its queue has let it start, and ends when its queue puts it out, for good', async () => {
    await kueue.letStart(id);
    const sandbox = await within('the sandbox', claiming);
    expect((await sandbox.commands.run(['echo', 'here'])).stdout.text).toBe('here\n');
    expect(await asManager(id, { spec: { suspend: true } })).toContain('denied request: spec.suspend');
    await sandbox.extend(100);
    await kueue.putOut(id);
    expect(await within('its end', sandbox.ended)).toMatchObject({
      code: 'Evicted',
      found: 'a Job that its queue batch has suspended again',
    });
    await sandbox.close();
  });
});

test('a one-shot Job waits, and runs its command with its files when it is let start', async () => {
  const { making, id } = await waitingJob(['cat', 'input'], { input: 'carried\n' });
  await kueue.letStart(id);
  const job = await within('the Job', making);
  expect(await within('its log', text(job.log))).toBe('carried\n');
  expect(await job.outcome()).toMatchObject({ outcome: 'exited', exitCode: 0 });
  await job.close();
});

test('a one-shot Job that is put out is over for good, and its Job is gone', async () => {
  const { making, id } = await waitingJob(['sleep', '600']);
  await kueue.letStart(id);
  const job = await within('the Job', making);
  await kueue.putOut(id);
  expect(await within('its outcome', job.outcome())).toMatchObject({
    outcome: 'evicted',
    cause: { found: 'a Job that its queue batch has suspended again' },
  });
  await until('the Job to be gone', async () => !(await sandboxes.list()).some((one) => one.id === id));
});

test('what was put out is not let start again, also where nobody has deleted it', async () => {
  await installation.apply([
    installation.job({ ...installation.run(), name: 'twice', command: ['sleep', '60'] }),
  ]);
  await kueue.letStart('twice');
  await kueue.putOut('twice');
  await expect(kueue.letStart('twice')).rejects.toThrow('denied request: spec.suspend');
});

test('one that waits for too long is given up with its queue as the reason, and is gone', async () => {
  const hasty = installation.sandboxes({ startTimeoutMs: 1_000 });
  const error: SandboxError = await hasty.claim({ values: installation.run(), ttl: 120 }).then(
    () => Promise.reject(new Error('a claim that nobody let start')),
    (reason) => reason,
  );
  expect(error).toMatchObject({ code: 'Unschedulable', retryable: true });
  expect(error.found).toContain('waits in queue batch');
  await hasty.close();
  await expect(jobNow(error.sandboxId!)).rejects.toThrow('not found');
});

test('the queue is the one of the template, and what waits in it does not start by itself', async () => {
  const job = installation.job();
  expect(await installation.tryToCreate(job)).toMatchObject({ status: 201 });
  for (const [field, changes] of [
    [`metadata.labels.${QUEUE}`, { [`metadata.labels["${QUEUE}"]`]: 'other' }],
    [`metadata.labels.${QUEUE}`, { [`metadata.labels["${QUEUE}"]`]: undefined }],
    ['spec.suspend', { 'spec.suspend': false }],
    [
      'spec.template.metadata.labels.kueue.x-k8s.io/podset',
      { 'spec.template.metadata.labels["kueue.x-k8s.io/podset"]': 'main' },
    ],
    [
      'metadata.annotations.kueue.x-k8s.io/stopping',
      { 'metadata.annotations["kueue.x-k8s.io/stopping"]': 'true' },
    ],
  ] as const) {
    const answer = await installation.tryToCreate(changed(job, changes));
    expect([field, deniedBy({ field, answer }, installation.policyName)]).toEqual([field, 'policy']);
  }
  const values = { ...installation.run(), labels: { [QUEUE]: 'mine' } };
  await expect(sandboxes.claim({ values })).rejects.toMatchObject({ code: 'ArgumentInvalid' });
});
