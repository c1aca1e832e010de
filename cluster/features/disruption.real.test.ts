import { sharedCluster, type TestNamespace, until, withNamespace } from '..';
import { idle, pod, podSpec } from '../testing-only/pods';

jest.setTimeout(240_000);

async function evict(namespace: TestNamespace, name: string): Promise<number> {
  const cluster = await sharedCluster();
  const { status } = await cluster.api.send(
    'POST',
    `/api/v1/namespaces/${namespace.name}/pods/${name}/eviction`,
    { body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } } },
  );
  return status;
}

test('an eviction that a PodDisruptionBudget forbids is refused, and allowed once the budget is gone', async () => {
  await withNamespace(await sharedCluster(), async (namespace) => {
    const budget = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'keep' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'only' } } },
    };
    await namespace.apply(pod('only', idle), budget);
    await namespace.kubectl(['wait', '--for=condition=Ready', 'pod/only', '--timeout=60s']);
    await until('the budget to be counted', async () => {
      const { status } = await namespace.get<{ status: { currentHealthy?: number } }>('pdb', 'keep');
      return status.currentHealthy === 1;
    });
    expect(await evict(namespace, 'only')).toBe(429);
    await namespace.kubectl(['delete', 'pdb', 'keep']);
    await until('the eviction to be allowed', async () => (await evict(namespace, 'only')) === 201);
    await namespace.kubectl(['wait', '--for=delete', 'pod/only', '--timeout=60s']);
  });
});

test('a rolling update keeps the wanted number of pods ready while it replaces all of them', async () => {
  await withNamespace(await sharedCluster(), async (namespace) => {
    const deployment = (generation: string) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'web' } },
        strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: { metadata: { labels: { app: 'web', generation } }, spec: podSpec(idle) },
      },
    });
    const rolledOut = ['rollout', 'status', 'deployment/web', '--timeout=90s'];
    const names = async (selector: string) =>
      (await namespace.kubectl(['get', 'pods', '-l', selector, '-o', 'name'])).stdout.trim().split('\n');
    await namespace.apply(deployment('one'));
    await namespace.kubectl(rolledOut);
    const before = await names('generation=one');
    expect(before).toHaveLength(2);

    let fewest = Number.POSITIVE_INFINITY;
    await namespace.apply(deployment('two'));
    const finished = namespace.kubectl(rolledOut).then(() => true);
    for (let done = false; !done; ) {
      const { status } = await namespace.get<{ status: { readyReplicas?: number } }>('deployment', 'web');
      fewest = Math.min(fewest, status.readyReplicas ?? 0);
      done = await Promise.race([finished, new Promise<false>((next) => setTimeout(next, 50, false))]);
    }
    expect(fewest).toBeGreaterThanOrEqual(2);
    const after = await names('generation=two');
    expect(after).toHaveLength(2);
    expect(after.filter((name) => before.includes(name))).toEqual([]);
  });
});
