import { type Cluster, startCluster } from '../cluster';
import { Deployer, type DeployerOptions } from '.';

jest.setTimeout(240_000);

let cluster: Cluster;
let number = 0;
beforeAll(async () => {
  cluster = await startCluster({ controlPlaneOnly: true });
});
afterAll(() => cluster.stop());

/** A namespace of its own, and a Deployer for it. */
async function deployerIn(options: Partial<DeployerOptions> = {}) {
  number += 1;
  const namespace = `deploy-${number}`;
  await cluster.kubectl(['create', 'namespace', namespace]);
  const deployer = new Deployer({ kubeconfig: cluster.kubeconfig, release: 'shop', namespace, ...options });
  const kubectl = async (...args: string[]) => (await cluster.kubectl(['-n', namespace, ...args])).stdout;
  return { namespace, deployer, kubectl };
}

const configMap = (name: string, data: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});

test('a set is applied, again without a write, changed and pruned', async () => {
  const { deployer, kubectl } = await deployerIn();
  const first = [configMap('a', { x: '1' }), configMap('b')];
  expect((await deployer.plan(first)).objects.map(({ action, name }) => `${action} ${name}`)).toEqual([
    'create a',
    'create b',
  ]);
  expect(await deployer.apply(first)).toMatchObject({ revision: 1, changed: true });
  expect(await deployer.apply(first)).toMatchObject({ revision: 1, changed: false });
  const second = [configMap('a', { x: '2' })];
  expect((await deployer.plan(second)).objects).toMatchObject([
    { action: 'change', name: 'a', changes: [{ path: 'data.x', before: '1', after: '2', owners: [] }] },
    { action: 'prune', name: 'b' },
  ]);
  expect(await deployer.apply(second)).toMatchObject({ revision: 2 });
  expect(await kubectl('get', 'configmap', '-o', 'name')).toBe('configmap/a\nconfigmap/kube-root-ca.crt\n');
  deployer.close();
});
