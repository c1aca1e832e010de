import { sharedCluster, until } from '../../cluster';
import {
  type ClaimProgress,
  KubernetesSandbox,
  type Sandbox,
  SandboxError,
  type Sandboxes,
} from '../../sandbox';
import { relayTo } from '../support/relay';
import { type Ended, endOf, refusal } from './ends';
import { RuntimeInstallation } from './runtime';
import { within } from './within';

jest.setTimeout(150_000);

let installation: RuntimeInstallation;
let sandboxes: Sandboxes;

beforeAll(async () => {
  installation = await new RuntimeInstallation(await sharedCluster()).install();
  sandboxes = installation.sandboxes();
});
afterAll(async () => {
  await sandboxes?.close();
  await installation?.remove();
});

const ours = () => ({ installation, sandboxes });

async function podsOf(id: string): Promise<string[]> {
  const args = ['get', 'pods', '-l', `job-name=${id}`, '-o', 'name', '-n', installation.sandboxNamespace];
  const { stdout } = await installation.cluster.kubectl(args);
  return stdout.split('\n').filter((line) => line !== '');
}

describe('a sandbox', () => {
  let sandbox: Sandbox;
  const progress: ClaimProgress[] = [];

  beforeAll(async () => {
    sandbox = await sandboxes.claim({
      values: installation.run(),
      labels: { build: '42' },
      ttl: 300,
      onProgress: (step) => progress.push(step),
    });
  });
  afterAll(() => sandbox?.close());

  test('runs commands', async () => {
    expect(sandbox.isSupervised).toBe(true);
    const result = await sandbox.commands.run(['id', '-u']);
    expect(result).toMatchObject({ outcome: 'exited', exitCode: 0 });
    expect(result.stdout.text).toBe('10001\n');
  });

  test('tells how far its claim is', () => {
    expect(progress.map(({ phase }) => phase)).toEqual(
      expect.arrayContaining(['created', 'scheduled', 'ready']),
    );
    expect(progress.at(-1)).toMatchObject({ phase: 'ready', sandboxId: sandbox.id });
  });

  test('is listed, with its end', async () => {
    const listed = (await sandboxes.list()).find(({ id }) => id === sandbox.id);
    expect(listed).toMatchObject({ image: installation.image });
    // Both are times that the Job controller wrote, and the deadline counts from the second.
    expect((listed?.expiresAt?.getTime() ?? 0) - (listed?.startedAt?.getTime() ?? 0)).toBe(300_000);
  });

  test('is prolonged, up to the bound of the template', async () => {
    const before = Date.now();
    await sandbox.extend(900);
    const listed = (await sandboxes.list()).find(({ id }) => id === sandbox.id);
    // From when it was asked, and not from when the answer was read; the server's Date has whole seconds.
    expect((listed?.expiresAt?.getTime() ?? 0) - before).toBeGreaterThanOrEqual(898_000);
    const error = await refusal(sandbox.extend(100_000));
    expect(error).toMatchObject({ code: 'PolicyDenied', sandboxId: sandbox.id, retryable: false });
    expect(error.rule).toContain('spec.activeDeadlineSeconds');
  });

  test('is entered by another program, which leaves it as it was', async () => {
    await sandbox.commands.shell('echo kept >file');
    const others = installation.sandboxes();
    const entered = await others.attach(sandbox.id);
    expect((await entered.commands.run(['cat', 'file'])).stdout.text).toBe('kept\n');
    await entered.release();
    expect(await within('its end for who released it', entered.ended)).toBeUndefined();
    // Closing what it was entered with is letting go of it as well.
    const again = await others.attach(sandbox.id);
    await others.close();
    expect(await within('its end for who closed the connection', again.ended)).toBeUndefined();
    expect((await sandbox.commands.run(['cat', 'file'])).stdout.text).toBe('kept\n');
  });

  test('outlives a guest that loses its way to it', async () => {
    const relay = await relayTo(installation.apiPort);
    const guests = installation.sandboxes({ kubeconfig: installation.kubeconfigOverPort(relay.port) });
    try {
      const entered = await guests.attach(sandbox.id);
      const handle = await entered.commands.start(['sleep', '60']);
      expect(relay.cut()).toBeGreaterThan(0);
      expect(await within('the end for the guest', handle.wait())).toMatchObject({
        outcome: 'connectionLost',
      });
      expect((await sandbox.commands.run(['echo', 'alive'])).stdout.text).toBe('alive\n');
    } finally {
      await guests.close();
      await relay.close();
    }
  });

  test('is not entered with another template', async () => {
    const others = installation.sandboxes({ hash: 'a'.repeat(64) });
    expect(await refusal(others.attach(sandbox.id))).toMatchObject({
      code: 'TemplateMismatch',
      sandboxId: sandbox.id,
    });
    await others.close();
  });

  test('is gone after close', async () => {
    expect(await podsOf(sandbox.id)).toHaveLength(1);
    await sandbox.close({ wait: true });
    expect(await podsOf(sandbox.id)).toEqual([]);
    expect(await sandbox.ended).toBeUndefined();
    expect((await sandboxes.list()).map(({ id }) => id)).not.toContain(sandbox.id);
    await sandbox.close();
    expect(await refusal(sandboxes.attach(sandbox.id))).toMatchObject({ code: 'PodLost' });
    // Ending what is gone is as good as ending it.
    await sandboxes.end(sandbox.id);
  });
});

test('a sandbox ends with the block it belongs to, and tells before what its main process wrote', async () => {
  const command = ['sh', '-c', 'echo waiting; echo not yet >&2; sleep 600'];
  let id = '';
  {
    await using sandbox = await sandboxes.claim({ values: installation.run({ command }), ttl: 120 });
    id = sandbox.id;
    expect((await sandbox.logs()).toString().split('\n').sort()).toEqual(['', 'not yet', 'waiting']);
    expect((await sandboxes.list()).map((listed) => listed.id)).toContain(id);
  }
  expect((await sandboxes.list()).map((listed) => listed.id)).not.toContain(id);
});

test('KubernetesSandbox is one sandbox behind five verbs, and leaves nothing', async () => {
  const one = new KubernetesSandbox({
    template: installation.template,
    namespace: installation.sandboxNamespace,
    kubeconfig: installation.kubeconfig,
    claim: { values: installation.run(), ttl: 120 },
  });
  await expect(one.exec('true')).rejects.toMatchObject({ code: 'ArgumentInvalid' });
  await Promise.all([one.init(), one.init()]);
  expect(await sandboxes.list()).toHaveLength(1);
  await one.writeFile('greeting', 'hello');
  expect((await one.exec('cat greeting && exit 3')).exitCode).toBe(3);
  expect((await one.exec(['cat', 'greeting'])).stdout.text).toBe('hello');
  expect((await one.readFile('greeting')).toString()).toBe('hello');
  await one.cleanup();
  expect(await sandboxes.list()).toEqual([]);
  // Also where init() was never called.
  await new KubernetesSandbox({
    template: installation.template,
    namespace: installation.sandboxNamespace,
    kubeconfig: installation.kubeconfig,
  }).cleanup();
});

describe('a claim that cannot succeed says why, and leaves nothing', () => {
  const long = { ttl: 300 };

  test.each([
    ['another image than the allowed', { image: 'evil.example.com/miner:1' }, 'ArgumentInvalid', false],
    ['no CPU at all', { cpu: '0' }, 'ArgumentInvalid', false],
    ['more memory than allowed', { memory: '5Gi' }, 'PolicyDenied', false],
    ['more CPU than allowed', { cpu: '2500m' }, 'PolicyDenied', false],
    ['a value that the template does not have', { privileged: true }, 'ArgumentInvalid', false],
    ['a command that is not in the image', { command: ['/no/such/program'] }, 'StartFailed', false],
    ['a command that ends', { command: ['true'] }, 'Ended', false],
  ])('%s', async (_, values, code, retryable) => {
    const before = (await sandboxes.list()).length;
    const error = await refusal(sandboxes.claim({ values: installation.run(values), ...long }));
    expect(error).toMatchObject({ code, retryable });
    for (const fact of [error.where, error.found, error.expected, error.remedy]) expect(fact).not.toBe('');
    expect(await sandboxes.list()).toHaveLength(before);
  });

  test('a command that ends at any moment of the claim is entered before, or said to have ended', async () => {
    // Apart from what the counters below are held against.
    const others = installation.sandboxes();
    const claimed = async (seconds: number) => {
      const values = installation.run({ command: ['sleep', String(seconds)] });
      try {
        const sandbox = await others.claim({ values, ...long });
        await sandbox.close();
        return 'entered';
      } catch (error) {
        return (error as SandboxError).code;
      }
    };
    for (const seconds of [0, 0.05, 0.1, 0.2, 0.4]) {
      const [one, other] = await Promise.all([claimed(seconds), claimed(seconds + 0.02)]);
      expect(['entered', 'Ended']).toContain(one);
      expect(['entered', 'Ended']).toContain(other);
    }
    await others.close();
  });

  test('a name that is taken', async () => {
    const values = installation.run({ name: 'taken' });
    const first = await sandboxes.claim({ values, ...long });
    expect(await refusal(sandboxes.claim({ values, ...long }))).toMatchObject({ code: 'ApiFailed' });
    // It was not this claim's to delete.
    expect((await first.commands.run(['true'])).ok).toBe(true);
    await first.close();
  });

  test('an image that nobody has', async () => {
    const { address } = await installation.cluster.registry();
    const image = `${address}/ci/none:1`;
    const other = new RuntimeInstallation(installation.cluster, {}, image);
    await other.install();
    try {
      const made = other.sandboxes();
      const error = await refusal(made.claim({ values: other.run(), ...long }));
      expect(error).toMatchObject({ code: 'ImagePull', retryable: false });
      expect(await made.list()).toEqual([]);
      await made.close();
    } finally {
      await other.remove();
    }
  });

  test('no node with room, after its time', async () => {
    const quota = { sandboxes: 10, cpu: '100', memory: '2000Gi', ephemeralStorage: '400Gi' };
    const large = new RuntimeInstallation(installation.cluster, {
      quota,
      sandbox: { max: { memory: '1000Gi' } },
    });
    await large.install();
    try {
      const impatient = large.sandboxes({ startTimeoutMs: 3_000 });
      const error = await refusal(impatient.claim({ values: large.run({ memory: '900Gi' }), ...long }));
      expect(error).toMatchObject({ code: 'Unschedulable', retryable: true });
      expect(await impatient.list()).toEqual([]);
      await impatient.close();
    } finally {
      await large.remove();
    }
  });

  test('no time', async () => {
    const impatient = installation.sandboxes({ startTimeoutMs: 1 });
    expect(await refusal(impatient.claim({ values: installation.run(), ...long }))).toMatchObject({
      code: 'StartTimeout',
      retryable: true,
    });
    await impatient.close();
  });

  test('an abort', async () => {
    const abort = new AbortController();
    const claim = sandboxes.claim({
      values: installation.run(),
      ...long,
      signal: abort.signal,
      onProgress: ({ phase }) => phase === 'scheduled' && abort.abort(),
    });
    expect(await refusal(claim)).toMatchObject({ code: 'Aborted' });
    expect(await sandboxes.list()).toEqual([]);
  });

  test('a full quota, which another try may find with room', async () => {
    const small = new RuntimeInstallation(installation.cluster, {
      quota: { sandboxes: 1, cpu: '10', memory: '10Gi', ephemeralStorage: '40Gi' },
    });
    await small.install();
    try {
      const made = small.sandboxes();
      const first = await made.claim({ values: small.run(), ...long });
      const error = await refusal(made.claim({ values: small.run(), ...long }));
      expect(error).toMatchObject({ code: 'QuotaExceeded', retryable: true });
      expect(error.found).toContain('pods=1');
      await first.close({ wait: true });
      // The cluster counts again in its own time; anything else than that is no reason to try again.
      const second = await until('room in the quota', () =>
        made
          .claim({ values: small.run(), ...long })
          .catch((error) => (error.code === 'QuotaExceeded' ? undefined : (error as SandboxError))),
      );
      if (second instanceof SandboxError) throw second;
      await second.close();
      await made.close();
    } finally {
      await small.remove();
    }
  });

  test('a template that the policy does not know', async () => {
    // The same names, one install value different: the document and so its hash differ.
    const mixed = new RuntimeInstallation(installation.cluster);
    const sandbox = { namespace: installation.sandboxNamespace, images: [installation.image], cpu: '499m' };
    const made = installation.sandboxes({ template: mixed.templateOf({ sandbox }) });
    const error = await refusal(made.claim({ values: installation.run(), ...long }));
    expect(error).toMatchObject({ code: 'TemplateMismatch', retryable: false });
    await made.close();
    await mixed.remove();
  });
});

describe('a sandbox that ends says why', () => {
  /** Side by side: each takes its time, and none is in the way of another. */
  const ended: Record<'deadline' | 'deletion' | 'disk' | 'memory', Promise<Ended>> = {} as never;

  beforeAll(() => {
    ended.deadline = endOf(ours(), 8, (sandbox) => sandbox.commands.run(['sleep', '600']));
    ended.deletion = endOf(ours(), 300, async (sandbox) => {
      const running = sandbox.commands.run(['sleep', '600']);
      await sandboxes.end(sandbox.id);
      return running;
    });
    const fill = 'dd if=/dev/zero of=big bs=1M count=200; sleep 600';
    ended.disk = endOf(ours(), 300, (sandbox) => sandbox.commands.shell(fill));
    // Its main process takes the memory, so that the whole container ends of it, and not only the command.
    const hungry = ['sh', '-c', 'until test -e go; do sleep 0.1; done; exec tail -c 200000000 /dev/zero'];
    const waitForIt = (sandbox: Sandbox) => sandbox.commands.shell('touch go; sleep 600');
    ended.memory = endOf(ours(), 300, waitForIt, { memory: '64Mi', command: hungry });
    for (const end of Object.values(ended)) end.catch(() => {});
  });

  test('at its deadline', async () => {
    const { why, command } = await ended.deadline;
    expect(why).toMatchObject({ code: 'DeadlineExceeded' });
    expect(command).toMatchObject({ outcome: 'podLost', cause: { code: 'DeadlineExceeded' } });
  });

  test('deleted by somebody', async () => {
    const { why, command } = await ended.deletion;
    expect(why).toMatchObject({ code: 'PodLost', retryable: true });
    expect(command).toMatchObject({ outcome: 'podLost' });
  });

  test('evicted, because its disk was full', async () => {
    const { why, command } = await ended.disk;
    expect(why).toMatchObject({ code: 'Evicted', retryable: false });
    expect(command).toMatchObject({ outcome: 'evicted' });
  });

  test('killed, because its memory was full', async () => {
    const { why, command } = await ended.memory;
    expect(why).toMatchObject({ code: 'OOMKilled', retryable: false });
    expect(command).toMatchObject({ outcome: 'oomKilled', exitCode: undefined });
  });
});

test('counters have counted all of this, by kinds and codes and never by a name', async () => {
  const text = sandboxes.metrics();
  const count = (sample: string) => {
    const line = text.split('\n').find((one) => one.startsWith(`${sample} `));
    return Number(line?.slice(sample.length + 1) ?? Number.NaN);
  };
  const failed = (cause: string) => count(`drydock_sandbox_jobs_failed_total{cause="${cause}"}`);
  for (const cause of [
    'PolicyDenied',
    'StartFailed',
    'Ended',
    'Aborted',
    'DeadlineExceeded',
    'Evicted',
    'OOMKilled',
  ]) {
    expect([cause, failed(cause)]).toEqual([cause, expect.any(Number)]);
    expect(failed(cause)).toBeGreaterThanOrEqual(1);
  }
  expect(failed('PolicyDenied')).toBe(2);
  const claims = count('drydock_sandbox_claim_seconds_count');
  expect(claims).toBe(7);
  expect(count('drydock_sandbox_jobs_spawned_total')).toBeGreaterThan(claims);
  expect(count('drydock_sandbox_command_seconds_count')).toBeGreaterThanOrEqual(5);
  expect(count('drydock_sandboxes_live')).toBe(0);
  const refused = 'drydock_sandbox_api_errors_total{verb="POST",resource="jobs",code="FORBIDDEN"}';
  expect(count(refused)).toBeGreaterThanOrEqual(1);
  expect(text).not.toMatch(/sandbox-[a-z0-9]{16}|boxes-|taken/);
});
