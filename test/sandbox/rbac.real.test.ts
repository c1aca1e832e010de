import { BUSYBOX_IMAGE, type Cluster, sharedCluster } from '../../cluster';
import { API_CALLS } from '../../sandbox/spec';
import { AdminInstallation } from './installation';
import { type Account, allowed, allRequests, inWords, type Request } from './rbac';

jest.setTimeout(300_000);

describe('the accounts of CI-fixer', () => {
  let cluster: Cluster;
  let installation: AdminInstallation;
  let requests: readonly Request[];
  let app: Account;
  let sandbox: Account;
  /** What any account may do, that nothing was granted to. */
  let anybody: readonly string[];

  const wordsFor = async (account: Account) =>
    (await allowed(cluster, account, requests)).map(inWords).sort();

  beforeAll(async () => {
    cluster = await sharedCluster();
    installation = new AdminInstallation(cluster, BUSYBOX_IMAGE);
    const { policyNamespace, sandboxNamespace } = installation;
    await installation.createReleaseNamespace();
    await installation.apply(installation.objects);
    app = { namespace: policyNamespace, name: 'ci-fixer-app' };
    sandbox = { namespace: sandboxNamespace, name: 'ci-fixer-sandbox' };
    const fresh = { namespace: policyNamespace, name: 'fresh' };
    await installation.apply(
      [app, fresh].map((metadata) => ({
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { ...metadata },
      })),
    );
    requests = await allRequests(cluster.api, [sandboxNamespace, policyNamespace, 'default', 'kube-system']);
    anybody = await wordsFor(fresh);
  });

  afterAll(() => installation?.remove());

  test('everything is asked that discovery lists', () => {
    const words = requests.map(inWords);
    for (const known of [
      'delete nodes in the cluster',
      'create serviceaccounts/token in default',
      'get nodes/proxy in the cluster',
      'create jobs.batch in default',
    ]) {
      expect(words).toContain(known);
    }
    expect(requests.length).toBeGreaterThan(1000);
  });

  test('the app may do in the sandbox namespace what the runtime does, and nothing anywhere else', async () => {
    const granted = API_CALLS.flatMap(({ verbs, subresource = '', ...call }) =>
      verbs.map((verb) => inWords({ ...call, subresource, verb, namespace: sandbox.namespace })),
    );
    expect(granted).toContain(`create jobs.batch in ${sandbox.namespace}`);
    expect(await wordsFor(app)).toEqual([...anybody, ...granted].sort());
    expect(anybody).not.toContain('delete nodes in the cluster');
  });

  test('the sandbox may do what an account may that nothing was granted to', async () => {
    expect(await wordsFor(sandbox)).toEqual(anybody);
  });

  test('the answers are those of real requests', async () => {
    const asApp = ['--as', `system:serviceaccount:${app.namespace}:${app.name}`];
    const job = JSON.stringify(installation.job({ name: 'made-by-app', memory: '64Mi' }));
    const inBoxes = ['-n', sandbox.namespace, ...asApp];
    await cluster.kubectl([...inBoxes, 'create', '-f', '-'], { input: job });
    await cluster.kubectl([
      ...inBoxes,
      'wait',
      '--for=condition=Ready',
      'pod',
      '-l',
      'job-name=made-by-app',
      '--timeout=60s',
    ]);
    const { stdout } = await cluster.kubectl([...inBoxes, 'exec', 'job/made-by-app', '--', 'id', '-u']);
    expect(stdout.trim()).toBe('10001');
    await cluster.kubectl([...inBoxes, 'delete', 'job', 'made-by-app', '--cascade=background']);
    const refused: readonly (readonly string[])[] = [
      ['delete', 'node', cluster.nodes[0] as string, '--dry-run=server'],
      ['-n', sandbox.namespace, 'get', 'secrets'],
      ['-n', sandbox.namespace, 'delete', 'pod', 'of-somebody'],
      ['-n', app.namespace, 'get', 'secrets'],
      ['-n', 'default', 'create', 'job', 'x', '--image=x'],
      ['get', 'namespaces'],
      ['-n', sandbox.namespace, 'create', 'token', sandbox.name],
    ];
    for (const args of refused) {
      const { code, stderr } = await cluster.kubectl([...asApp, ...args], { allowFailure: true });
      expect({ args, code, stderr }).toEqual({ args, code: 1, stderr: expect.stringContaining('orbidden') });
    }
  });
});
