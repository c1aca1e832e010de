import { type Cluster, sharedCluster, withNamespace } from '../../cluster';
import { applyStack, DECLARED, DRAWING, OPEN, settled, startBystanders, WITH_THE_DRAWING } from './links';
import { buildImages } from './stack';

jest.setTimeout(600_000);

describe('the links of the todo stack, by real connections', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await sharedCluster();
    await buildImages(cluster);
  });

  test('are those that the plan needs, the drawing adds two, and without policies all are open', async () => {
    await withNamespace(cluster, async (namespace) => {
      await startBystanders(namespace);
      await applyStack(namespace, 30_090, {});
      expect(await settled(cluster, namespace, DECLARED)).toEqual(DECLARED);
      await applyStack(namespace, 30_090, DRAWING);
      expect(await settled(cluster, namespace, WITH_THE_DRAWING)).toEqual(WITH_THE_DRAWING);
      await namespace.kubectl(['delete', 'networkpolicies', '--all']);
      expect(await settled(cluster, namespace, OPEN)).toEqual(OPEN);
    });
  });
});
