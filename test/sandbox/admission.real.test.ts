import { ciFixerAdminValues, ciFixerSandbox } from '../../charts';
import { BUSYBOX_IMAGE, type Cluster, sharedCluster, until } from '../../cluster';
import type { JsonObject } from '../../core/template';
import { deniedBy, notOurs, tryLoosenings } from './admission';
import { samplesOf } from './bound-samples';
import { changed } from './change';
import { AdminInstallation, type Manifest } from './installation';
import { installPolicyAlone } from './policy-alone';
import { podOf, tryUpdates } from './updates';

jest.setTimeout(600_000);

/** What runs may choose, up to the bounds. */
const RUNS: readonly JsonObject[] = [
  {},
  { memory: '4Gi', cpu: '2', ephemeralStorage: '8Gi' },
  { deadlineSeconds: 3600 },
  { labels: { build: '42' } },
  { image: 'registry.example.com/ci/x:1' },
  { env: {} },
  { command: ['true'] },
];

describe('the admission policy alone', () => {
  let cluster: Cluster;
  let installation: AdminInstallation;

  beforeAll(async () => {
    cluster = await sharedCluster();
    installation = new AdminInstallation(cluster, BUSYBOX_IMAGE);
    await installPolicyAlone(installation);
  });

  afterAll(() => installation?.remove());

  test("admits the template's Job and its pod", async () => {
    for (const run of RUNS) {
      expect(await installation.tryToCreate(installation.job(run))).toMatchObject({ status: 201 });
      expect(await installation.tryToCreate(installation.pod(run))).toMatchObject({ status: 201 });
    }
  });

  test('denies every loosening, as a Job and as a bare pod, and names the field', async () => {
    const attempts = await tryLoosenings(installation);
    expect(notOurs(attempts, installation.policyName)).toEqual([]);
    for (const kind of ['Job', 'Pod'] as const) {
      expect(attempts.filter((attempt) => attempt.kind === kind).length).toBeGreaterThanOrEqual(60);
    }
  });

  test('holds both ends of every bound: it denies what is below and above, and admits what is at them', async () => {
    const { bounds } = ciFixerSandbox(ciFixerAdminValues);
    const wrong: string[] = [];
    let tried = 0;
    for (const [path, bound] of Object.entries(bounds)) {
      const { inside, outside } = samplesOf(path, bound);
      tried += Math.min(inside.length, outside.length);
      for (const [isInside, changes] of [
        ...inside.map((each) => [true, each] as const),
        ...outside.map((each) => [false, each] as const),
      ]) {
        const answer = await installation.tryToCreate(changed(installation.job(), changes));
        const isRight = isInside
          ? answer.admitted
          : answer.message.includes(`${policyName()}' denied request: ${path}`);
        if (!isRight) wrong.push(`${JSON.stringify(changes).slice(0, 200)}: ${answer.message || 'admitted'}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThanOrEqual(Object.keys(bounds).length);
  });

  const policyName = () => installation.policyName;

  test('denies loosening updates of what it admitted, and lets harmless ones pass', async () => {
    const results = await tryUpdates(installation);
    const wrong = results.flatMap(({ update: { of, title, field }, answer }) => {
      const by = field ? deniedBy({ field, answer }, installation.policyName) : answer.message;
      return by === (field ? 'policy' : '') ? [] : [`${of} ${title}: ${by}`];
    });
    expect(wrong).toEqual([]);
  });

  test('lets go of a sandbox that it would not admit any more', async () => {
    const { sandboxNamespace } = installation;
    const image = 'sandbox.drydock.dev/pod.containers.0.image.oneOf';
    const pod = await podOf(installation);
    await patchNamespace(cluster, sandboxNamespace, { [image]: 'another:1' });
    // Spec and labels are looked at again, so a label more is denied now for its image.
    await until('the new parameters to be in force', async () => {
      const { message } = await installation.tryToPatch(pod, { metadata: { labels: { build: '43' } } });
      return message.includes('spec.containers[0].image: found');
    });
    const finalizers = await installation.tryToPatch(pod, { metadata: { finalizers: null } });
    expect(finalizers).toMatchObject({ status: 200 });
    await patchNamespace(cluster, sandboxNamespace, installation.parameters());
    await until(
      'the old ones to be back',
      async () => (await installation.tryToCreate(installation.job())).admitted,
    );
  });

  test('says nothing about other namespaces', async () => {
    const pod = installation.pod();
    const metadata = { name: 'free', namespace: 'default' };
    const spec = { containers: [{ name: 'any', image: 'any' }], hostNetwork: true };
    expect(await installation.tryToCreate({ ...pod, metadata, spec })).toMatchObject({ status: 201 });
  });

  test('has expressions that the API server finds no fault with', async () => {
    const { spec, status } = await until('the expressions to be checked', async () => {
      const path = `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/${installation.policyName}`;
      const policy = await cluster.api.call<CheckedPolicy>('GET', path);
      return policy.status?.typeChecking ? policy : undefined;
    });
    expect(spec.failurePolicy).toBe('Fail');
    expect(status?.typeChecking).toEqual({});
  });

  test('denies everything while its parameters are missing', async () => {
    const { sandboxNamespace } = installation;
    const annotations = Object.fromEntries(
      Object.keys(installation.parameters()).map((annotation) => [annotation, null]),
    );
    await patchNamespace(cluster, sandboxNamespace, annotations);
    await until('the Job of the template to be denied', async () => {
      const { admitted, message } = await installation.tryToCreate(installation.job());
      return !admitted && message.includes(installation.policyName) && message.includes('no such key');
    });
    await patchNamespace(cluster, sandboxNamespace, installation.parameters());
    await until('it to be admitted again', async () => {
      return (await installation.tryToCreate(installation.job())).admitted;
    });
  });

  test('denies everything where the object with its parameters is missing', async () => {
    const [binding] = installation.ofKind('ValidatingAdmissionPolicyBinding') as [Manifest];
    await installation.apply([
      changed(binding, { 'spec.paramRef.name': `${installation.sandboxNamespace}-x` }),
    ]);
    await until('the Job of the template to be denied', async () => {
      const { admitted, message } = await installation.tryToCreate(installation.job());
      return !admitted && message.includes('no params found');
    });
    await installation.apply([binding]);
    await until('it to be admitted again', async () => {
      return (await installation.tryToCreate(installation.job())).admitted;
    });
  });

  test('holds again after it was taken away and came back', async () => {
    const policy = installation.ofKind('ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding');
    for (const { kind, metadata } of policy) await cluster.kubectl(['delete', kind, metadata.name]);
    const loose = changed(installation.pod(), { 'spec.automountServiceAccountToken': true });
    await until('the policy to be gone', async () => (await installation.tryToCreate(loose)).admitted);
    // With a ConfigMap for its parameters the API server would deny everything now, until it is restarted
    // (kubernetes#130887): it forgot that any policy asked for ConfigMaps, and cannot learn it again.
    await installation.apply(policy);
    await installation.untilPolicyHolds();
  });
});

interface CheckedPolicy {
  readonly spec: { readonly failurePolicy: string };
  readonly status?: { readonly typeChecking?: object };
}

/** `null` takes an annotation away. */
async function patchNamespace(cluster: Cluster, name: string, annotations: JsonObject): Promise<void> {
  await cluster.api.call('PATCH', `/api/v1/namespaces/${name}`, {
    body: { metadata: { annotations } },
    contentType: 'application/merge-patch+json',
  });
}

describe('the whole installation', () => {
  let installation: AdminInstallation;

  beforeAll(async () => {
    installation = new AdminInstallation(await sharedCluster(), BUSYBOX_IMAGE);
    await installation.createReleaseNamespace();
    await installation.apply(installation.objects);
    await installation.untilPolicyHolds();
  });

  afterAll(() => installation?.remove());

  test('runs the Job of the template under Pod Security, quota and policy', async () => {
    const { cluster, sandboxNamespace } = installation;
    await installation.apply([
      installation.job({ name: 'echo', command: ['echo', 'hello'], memory: '64Mi' }),
    ]);
    await cluster.kubectl([
      '-n',
      sandboxNamespace,
      'wait',
      '--for=condition=Complete',
      'job/echo',
      '--timeout=60s',
    ]);
    const { stdout } = await cluster.kubectl(['-n', sandboxNamespace, 'logs', 'job/echo']);
    expect(stdout).toBe('hello\n');
  });

  test('admits no loosening, whichever check refuses it first', async () => {
    const attempts = await tryLoosenings(installation);
    expect(
      attempts.filter(({ answer }) => answer.admitted).map(({ kind, title }) => `${kind} ${title}`),
    ).toEqual([]);
  });

  test('keeps Secrets out of the sandbox namespace', async () => {
    const { cluster, sandboxNamespace } = installation;
    const args = ['-n', sandboxNamespace, 'create', 'secret', 'generic', 'x', '--from-literal=a=b'];
    expect(await cluster.kubectl(args, { allowFailure: true })).toMatchObject({
      stderr: expect.stringContaining('exceeded quota'),
    });
  });
});
