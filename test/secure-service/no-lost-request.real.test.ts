import { Chart } from 'cdk8s';
import { type Cluster, startCluster, type TestNamespace, until, withNamespace } from '../../cluster';
import { SecureService } from '../../constructs';
import { App } from '../../core/synth';
import { placeholder } from './placeholder';
import { constantRequests, type Load } from './requests';

jest.setTimeout(600_000);

function objects(version: string, nodePort: number): object[] {
  const chart = new Chart(new App({ outdir: 'unused' }), 'shop');
  new SecureService(chart, 'api', {
    ...placeholder,
    replicas: 2,
    env: { VERSION: version },
    nodePort: { port: nodePort },
  });
  return chart.toJson();
}

async function rolledOut(namespace: TestNamespace): Promise<void> {
  await namespace.kubectl(['rollout', 'status', 'deployment/shop-api', '--timeout=180s']);
}

const ofService = ['-l', 'app.kubernetes.io/name=api'];

interface PodList {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
    readonly spec: { readonly nodeName?: string };
  }[];
}

/** The pods that are to stay. */
async function pods(namespace: TestNamespace) {
  const { stdout } = await namespace.kubectl(['get', 'pods', ...ofService, '-o', 'json']);
  return (JSON.parse(stdout) as PodList).items.filter(({ metadata }) => !metadata.deletionTimestamp);
}

async function podNames(namespace: TestNamespace): Promise<string[]> {
  return (await pods(namespace)).map(({ metadata }) => `pod/${metadata.name}`);
}

async function evict(cluster: Cluster, namespace: TestNamespace, pod: string): Promise<void> {
  const name = pod.replace('pod/', '');
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } };
  const path = `/api/v1/namespaces/${namespace.name}/pods/${name}/eviction`;
  await until(`the budget to allow the eviction of ${name}`, async () => {
    return (await cluster.api.send('POST', path, { body })).status === 201;
  });
  await namespace.kubectl(['wait', '--for=delete', pod, '--timeout=60s']);
}

describe('a service with two replicas, asked all the time', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    // Nodes are drained here: nobody else's pods shall be on them.
    cluster = await startCluster({ nodes: 2 });
  });
  afterAll(() => cluster?.stop());

  async function underLoad(
    nodePort: number,
    body: (namespace: TestNamespace, load: Load) => Promise<void>,
  ): Promise<Load> {
    return withNamespace(cluster, async (namespace) => {
      await namespace.apply(...objects('one', nodePort));
      await rolledOut(namespace);
      const port = await cluster.nodePort(nodePort);
      await until('the first answer', async () => {
        const first = constantRequests(port, 1);
        await until('a request', async () => first.answered() + first.failures().length > 0);
        await first.stop();
        return first.failures().length === 0;
      });
      const load = constantRequests(port);
      try {
        await body(namespace, load);
      } finally {
        await load.stop();
      }
      return load;
    });
  }

  test('loses none while it is updated, rolled back, evicted pod by pod, and a node drained', async () => {
    const load = await underLoad(30_080, async (namespace, running) => {
      const step = async (name: string, body: () => Promise<void>) => {
        const before = running.answered();
        await body();
        await rolledOut(namespace);
        expect({ name, failures: running.failures() }).toEqual({ name, failures: [] });
        expect(running.answered()).toBeGreaterThan(before);
      };
      const nodes = (await pods(namespace)).map(({ spec }) => spec.nodeName);
      expect([...nodes].sort()).toEqual(['node1', 'node2']);
      const first = await podNames(namespace);
      await step('update', () => namespace.apply(...objects('two', 30_080)));
      const second = await podNames(namespace);
      expect(second.filter((name) => first.includes(name))).toEqual([]);
      await step('roll back', async () => {
        await namespace.kubectl(['rollout', 'undo', 'deployment/shop-api']);
      });
      await step('evictions', async () => {
        for (const pod of await podNames(namespace)) {
          await evict(cluster, namespace, pod);
          await rolledOut(namespace);
        }
      });
      await step('drain', async () => {
        const flags = ['--ignore-daemonsets', '--delete-emptydir-data', '--force', '--timeout=180s'];
        await cluster.kubectl(['drain', 'node2', ...flags]);
      });
      await cluster.kubectl(['uncordon', 'node2']);
    });
    expect(load.failures()).toEqual([]);
    expect(load.answered()).toBeGreaterThan(1000);
  });

  test('loses requests of a killed pod only, and for less than 5 seconds', async () => {
    let killedAtMs = 0;
    const load = await underLoad(30_081, async (namespace, running) => {
      const [victim] = await podNames(namespace);
      killedAtMs = Date.now();
      await namespace.kubectl(['delete', victim as string, '--grace-period=0', '--force']);
      await until('the next pod to be ready', async () => (await podNames(namespace)).length === 2);
      await rolledOut(namespace);
      const answered = running.answered();
      await until('more answers', async () => running.answered() > answered + 500);
    });
    for (const { atMs } of load.failures()) expect(atMs - killedAtMs).toBeLessThan(5_000);
    expect(load.answered()).toBeGreaterThan(load.failures().length * 10);
  });
});
