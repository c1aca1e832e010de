import { sharedCluster, withNamespace } from '../../cluster';
import { DECLARED, install, measure, OPEN, settled } from './network-matrix';

jest.setTimeout(300_000);

test('who reaches whom is what the services declare, and everybody reaches everybody without the policies', async () => {
  const cluster = await sharedCluster();
  await withNamespace(cluster, async (namespace) => {
    await install(namespace);
    await settled(cluster, namespace, DECLARED);
    expect(await measure(cluster, namespace)).toEqual(DECLARED);
    await namespace.kubectl(['delete', 'networkpolicies', '--all']);
    await settled(cluster, namespace, OPEN);
    expect(await measure(cluster, namespace)).toEqual(OPEN);
  });
});
