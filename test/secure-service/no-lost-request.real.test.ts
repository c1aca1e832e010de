import { type Cluster, startCluster } from '../../cluster';
import { comeAndGo, kill } from './no-lost-request';

jest.setTimeout(600_000);

describe('a service with two replicas, asked all the time', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    // Nodes are drained here, so no pods of other tests may be on them.
    cluster = await startCluster({ nodes: 2 });
  });
  afterAll(() => cluster?.stop());

  test('loses none while it is updated, rolled back, evicted pod by pod, and a node drained', async () => {
    const steps = await comeAndGo(cluster);
    expect(steps.flatMap(({ what, failures }) => failures.map((failure) => ({ what, ...failure })))).toEqual(
      [],
    );
    expect(steps).toHaveLength(4);
    for (const { answered } of steps) expect(answered).toBeGreaterThan(100);
  });

  test('loses requests to a killed pod only, and none once the next one is there', async () => {
    const { replacedAtMs, failures, answered } = await kill(cluster);
    expect(failures.filter(({ sentAtMs }) => sentAtMs > replacedAtMs)).toEqual([]);
    expect(answered).toBeGreaterThan(failures.length * 10);
  });
});
