import { Chart } from 'cdk8s';
import { type Cluster, type TestNamespace, until, withNamespace } from '../../cluster';
import { SecureService } from '../../constructs';
import { App } from '../../core/synth';
import { evict } from '../support/evict';
import { constantRequests, type Failure, type Load } from '../support/requests';
import { placeholder } from './placeholder';

/** A service with two replicas on two nodes, asked all the time, while its pods come and go. */

/** What was asked while one thing happened. */
export interface Step {
  readonly what: string;
  readonly answered: number;
  readonly failures: readonly Failure[];
}

/** An update, a rollback, the eviction of each pod and the drain of a node. Each step ends when all pods are ready. */
export async function comeAndGo(cluster: Cluster): Promise<Step[]> {
  return underLoad(cluster, 30_080, async (namespace, load) => {
    const steps: Step[] = [];
    const step = async (what: string, body: () => Promise<void>) => {
      const before = { answered: load.answered(), failures: load.failures().length };
      await body();
      await rolledOut(namespace);
      steps.push({
        what,
        answered: load.answered() - before.answered,
        failures: load.failures().slice(before.failures),
      });
    };
    const nodes = (await pods(namespace)).map(({ spec }) => spec.nodeName).sort();
    if (nodes.join() !== 'node1,node2')
      throw new Error(`expected one pod on each node, found them on ${nodes}`);
    const first = await podNames(namespace);
    await step('rolling update', () => namespace.apply(...objects('two', 30_080)));
    const kept = (await podNames(namespace)).filter((name) => first.includes(name));
    if (kept.length > 0) throw new Error(`expected new pods after the update, found ${kept} still there`);
    await step('roll back', async () => {
      await namespace.kubectl(['rollout', 'undo', 'deployment/shop-api']);
    });
    await step('eviction of every pod, one by one', async () => {
      for (const pod of await podNames(namespace)) {
        await evict(cluster, namespace, pod);
        await rolledOut(namespace);
      }
    });
    await step('drain of a node', async () => {
      const flags = ['--ignore-daemonsets', '--delete-emptydir-data', '--force', '--timeout=180s'];
      await cluster.kubectl(['drain', 'node2', ...flags]);
    });
    await cluster.kubectl(['uncordon', 'node2']);
    return steps;
  });
}

/** One pod killed without a word. */
export interface Kill extends Step {
  readonly killedAtMs: number;
  /** When the next pod was ready. */
  readonly replacedAtMs: number;
}

export async function kill(cluster: Cluster): Promise<Kill> {
  return underLoad(cluster, 30_081, async (namespace, load) => {
    const [victim] = await podNames(namespace);
    const path = `/api/v1/namespaces/${namespace.name}/${(victim as string).replace('pod/', 'pods/')}`;
    await cluster.api.send('DELETE', path, { body: { gracePeriodSeconds: 0 } });
    const killedAtMs = Date.now();
    await until('the next pod to be ready', async () => (await podNames(namespace)).length === 2);
    await rolledOut(namespace);
    const replacedAtMs = Date.now();
    const answered = load.answered();
    await until('more answers', async () => load.answered() > answered + 500);
    return {
      what: 'a pod killed without a word',
      killedAtMs,
      replacedAtMs,
      answered: load.answered(),
      failures: load.failures(),
    };
  });
}

async function underLoad<Result>(
  cluster: Cluster,
  nodePort: number,
  body: (namespace: TestNamespace, load: Load) => Promise<Result>,
): Promise<Result> {
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
      return await body(namespace, load);
    } finally {
      await load.stop();
    }
  });
}

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

const ofService = ['-l', 'app.kubernetes.io/component=api'];

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
