import { Chart } from 'cdk8s';
import { BUSYBOX_IMAGE, type Cluster, sharedCluster, type TestNamespace, withNamespace } from '../../cluster';
import { SecureService } from '../../constructs';
import { App } from '../../core/synth';
import { placeholder } from './placeholder';

jest.setTimeout(400_000);

/** A pod with nothing secured, in which each attempt succeeds that fails in the service's pod. */
const OPEN_POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'open' },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: 'app',
        image: BUSYBOX_IMAGE,
        command: ['sleep', '3600'],
        securityContext: { runAsUser: 0, seccompProfile: { type: 'Unconfined' } },
      },
    ],
  },
};

describe('the defaults of a service are in effect in its running container', () => {
  let cluster: Cluster;
  let ended: () => void;
  let namespace: TestNamespace;
  let holding: Promise<void>;
  let pod: string;

  beforeAll(async () => {
    cluster = await sharedCluster();
    const end = new Promise<void>((resolve) => {
      ended = resolve;
    });
    await new Promise<void>((ready, failed) => {
      holding = withNamespace(cluster, async (made) => {
        namespace = made;
        const chart = new Chart(new App({ outdir: 'unused' }), 'shop');
        new SecureService(chart, 'api', placeholder);
        await made.apply(...chart.toJson(), OPEN_POD);
        await made.kubectl(['rollout', 'status', 'deployment/shop-api', '--timeout=120s']);
        await made.kubectl(['wait', '--for=condition=Ready', 'pod/open', '--timeout=60s']);
        const selector = ['-l', 'app.kubernetes.io/name=api', '-o', 'name'];
        pod = (await made.kubectl(['get', 'pods', ...selector])).stdout.trim();
        ready();
        await end;
      });
      holding.catch(failed);
    });
  });

  afterAll(async () => {
    ended?.();
    await holding;
  });

  /** What a command prints and how it ends, in the service's pod and in the open one. */
  async function both(script: string): Promise<{ readonly service: string; readonly open: string }> {
    const run = async (name: string) => {
      const { stdout, code } = await namespace.kubectl(
        ['exec', name, '-c', 'app', '--', 'sh', '-c', script],
        {
          allowFailure: true,
        },
      );
      return code === 0 ? stdout.trim() || 'succeeds' : 'fails';
    };
    return { service: await run(pod), open: await run('pod/open') };
  }

  const inStatus = (field: string) => `sed -n 's/^${field}:[[:space:]]*//p' /proc/1/status | cut -f1`;

  test('the process is user 1000, not root', async () => {
    expect(await both(inStatus('Uid'))).toEqual({ service: '1000', open: '0' });
    expect(await both(inStatus('Gid'))).toEqual({ service: '1000', open: '0' });
  });

  test('it has no capability, not even one to gain', async () => {
    const none = '0000000000000000';
    for (const field of ['CapEff', 'CapPrm', 'CapBnd', 'CapInh', 'CapAmb'])
      expect((await both(inStatus(field))).service).toBe(none);
    expect((await both(inStatus('CapEff'))).open).not.toBe(none);
    expect(
      await both('chown 7 /tmp/owned 2>/dev/null || { touch /tmp/owned && chown 7 /tmp/owned; }'),
    ).toEqual({
      service: 'fails',
      open: 'succeeds',
    });
  });

  test('no program can gain rights', async () => {
    expect(await both(inStatus('NoNewPrivs'))).toEqual({ service: '1', open: '0' });
  });

  test('system calls are filtered', async () => {
    expect(await both(inStatus('Seccomp'))).toEqual({ service: '2', open: '0' });
  });

  test('the root filesystem is read-only, the folder that it asked for is not', async () => {
    expect(await both('touch /bin/new')).toEqual({ service: 'fails', open: 'succeeds' });
    expect(await both('touch /tmp/new')).toEqual({ service: 'succeeds', open: 'succeeds' });
  });

  test('there is no token of the service account', async () => {
    const token = 'test -s /var/run/secrets/kubernetes.io/serviceaccount/token';
    expect(await both(token)).toEqual({ service: 'fails', open: 'succeeds' });
  });

  test('it is not told of the Services of its namespace', async () => {
    // The open pod may have started before the Service; the next one has not.
    await namespace.apply({ ...OPEN_POD, metadata: { name: 'later' } });
    await namespace.kubectl(['wait', '--for=condition=Ready', 'pod/later', '--timeout=60s']);
    const seen = async (name: string) =>
      (await namespace.kubectl(['exec', name, '-c', 'app', '--', 'env'])).stdout.includes('SHOP_API_');
    expect([await seen(pod), await seen('later')]).toEqual([false, true]);
  });

  test('its memory is limited', async () => {
    const limit =
      'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null; true';
    const { service, open } = await both(limit);
    expect(service).toBe(String(32 * 2 ** 20));
    expect(open).not.toBe(service);
  });
});
