import { type Cluster, type TestNamespace, until } from '../../cluster';

/** For what hangs: a budget lets the next pod go when the one before is ready again. */
const WITHIN_S = 300;

/** Takes a pod away as the drain of a node does: when its budget allows it, and with the time that it has to end. */
export async function evict(cluster: Cluster, namespace: TestNamespace, pod: string): Promise<void> {
  const name = pod.replace('pod/', '');
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } };
  const path = `/api/v1/namespaces/${namespace.name}/pods/${name}/eviction`;
  await until(
    `the budget to allow the eviction of ${name}`,
    async () => (await cluster.api.send('POST', path, { body })).status === 201,
    { withinMs: WITHIN_S * 1000 },
  );
  await namespace.kubectl(['wait', '--for=delete', `pod/${name}`, `--timeout=${WITHIN_S}s`]);
}
