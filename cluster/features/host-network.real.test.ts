import { sharedCluster, withNamespace } from '..';
import { askListeners, askWith } from '../testing-only/ask-inside';
import type { Answer } from '../testing-only/ask-listeners';
import { idle, pod } from '../testing-only/pods';

jest.setTimeout(240_000);

/** What may answer without a certificate or a token, and tells nothing but numbers about itself. */
const HARMLESS: Readonly<Record<number, readonly string[]>> = {
  // The API server tells its version to all, as everywhere.
  6443: ['/version'],
  // kube-proxy, to its own node: counters and settings.
  10249: ['/metrics', '/configz'],
  // kube-router's health, with Go's profiler of itself, which its makers always serve beside it.
  20244: ['/metrics', '/debug/pprof/'],
};

test('a pod with hostNetwork gets nothing from the programs of its node without their credentials', async () => {
  const cluster = await sharedCluster();
  const { address } = await cluster.registry();
  await withNamespace(cluster, async (namespace) => {
    await namespace.apply(pod('neighbour', idle, { spec: { hostNetwork: true } }));
    await namespace.kubectl(['wait', '--for=condition=Ready', 'pod/neighbour', '--timeout=60s']);
    const network = ['readlink', '/proc/self/ns/net'];
    const { stdout: ofPod } = await namespace.kubectl(['exec', 'neighbour', '--', ...network]);
    // What follows asks from where the pod is, with better tools than the pod has.
    expect((await cluster.run(network[0]!, network.slice(1))).stdout).toBe(ofPod);
  });
  const answers = JSON.parse(await askListeners(cluster)) as Answer[];
  const asked = new Set(answers.map(({ port }) => port));
  for (const port of [2379, 2380, 5000, 6443, 10250]) expect(asked).toContain(port);
  const given = answers.filter(({ answer }) => answer === 200);
  const told = given.filter((one) => !HARMLESS[one.port]?.includes(one.path));
  expect(told).toEqual([]);
  // The control: a question that is answered is seen.
  expect(given).toContainEqual({ port: 6443, path: '/version', answer: 200 });

  // With the right certificate each answers; with one that the API server takes, these two do not.
  const etcd = 'https://127.0.0.1:2379/version';
  expect(await askWith(cluster, 'apiserver-to-etcd', etcd)).toMatch(/^200 .*etcdserver/);
  expect(await askWith(cluster, 'admin', etcd)).toMatch(/^E/);
  expect(await askWith(cluster, 'registry-client', `https://${address}/v2/`)).toMatch(/^200 /);
  expect(await askWith(cluster, 'admin', `https://${address}/v2/`)).toMatch(/^E/);
});
