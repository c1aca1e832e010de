import { Chart } from 'cdk8s';
import { BUSYBOX_IMAGE, type Cluster, type TestNamespace, until } from '../../cluster';
import { SecureService } from '../../constructs';
import { App } from '../../core/synth';
import { placeholder } from './placeholder';

/**
 * Three services in a row, a pod that belongs to none of them, the node and the API server: who reaches whom, tried by
 * real connections, beside what the program declares.
 */

export const SOURCES = ['web', 'api', 'db', 'outside'] as const;
export const TARGETS = ['web', 'api', 'db', 'outside', 'node', 'api server'] as const;

/** One line a source, one column a target, in the order of SOURCES and TARGETS. */
export type Matrix = Readonly<Record<string, Readonly<Record<string, boolean>>>>;

/**
 * web calls api, api calls db and the API server; nothing else was said. `outside` has no policy of its own. A pod
 * always reaches itself: that connection never leaves it.
 */
export const DECLARED: Matrix = {
  web: row('web', 'api'),
  api: row('api', 'db', 'api server'),
  db: row('db'),
  outside: row('outside', 'node', 'api server'),
};

export const OPEN: Matrix = Object.fromEntries(SOURCES.map((source) => [source, row(...TARGETS)]));

function row(...reached: readonly string[]): Readonly<Record<string, boolean>> {
  return Object.fromEntries(TARGETS.map((target) => [target, reached.includes(target)]));
}

/** Installs the program in a namespace and waits until everything runs. */
export async function install(namespace: TestNamespace): Promise<void> {
  const chart = new Chart(new App({ outdir: 'unused' }), 'shop');
  const db = new SecureService(chart, 'db', placeholder);
  const api = new SecureService(chart, 'api', { ...placeholder, allowTo: [db], allowApiServer: true });
  new SecureService(chart, 'web', { ...placeholder, allowTo: [api] });
  await namespace.apply(...chart.toJson(), OUTSIDE);
  for (const name of ['web', 'api', 'db'])
    await namespace.kubectl(['rollout', 'status', `deployment/shop-${name}`, '--timeout=120s']);
  await namespace.kubectl(['wait', '--for=condition=Ready', 'pod/outside', '--timeout=60s']);
}

const OUTSIDE = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'outside' },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [{ name: 'app', image: BUSYBOX_IMAGE, command: ['httpd', '-f', '-p', '8080', '-h', '/tmp'] }],
  },
};

/** Tries every pair. */
export async function measure(cluster: Cluster, namespace: TestNamespace): Promise<Matrix> {
  const addresses = await addressesOf(cluster, namespace);
  const lines = await Promise.all(
    SOURCES.map(async (source) => {
      const tried: [string, boolean][] = [];
      for (const target of TARGETS)
        tried.push([target, await reaches(namespace, source, addresses[target] as string)]);
      return [source, Object.fromEntries(tried)] as const;
    }),
  );
  return Object.fromEntries(lines);
}

/** Waits until what the policies say has reached the node: the last pair of a line is closed, or all are open. */
export async function settled(cluster: Cluster, namespace: TestNamespace, expected: Matrix): Promise<void> {
  const addresses = await addressesOf(cluster, namespace);
  for (const source of SOURCES) {
    const target = source === 'db' ? 'web' : 'db';
    await until(`${source} to ${target} to be as expected`, async () => {
      const is = await reaches(namespace, source, addresses[target] as string);
      return is === expected[source]?.[target];
    });
  }
}

async function addressesOf(
  cluster: Cluster,
  namespace: TestNamespace,
): Promise<Readonly<Record<string, string>>> {
  const address = async (...selector: readonly string[]) =>
    (await namespace.kubectl(['get', 'pods', ...selector, '-o', 'jsonpath={..podIP}'])).stdout.split(' ')[0];
  const services = await Promise.all(
    ['web', 'api', 'db'].map(async (name) => [
      name,
      `${await address('-l', `app.kubernetes.io/component=${name}`)} 8080`,
    ]),
  );
  return {
    ...Object.fromEntries(services),
    outside: `${await address('outside')} 8080`,
    node: `${cluster.nodeAddress()} 10250`,
    'api server': '10.96.0.1 443',
  };
}

/** Any HTTP answer counts, also that of a TLS port, which asks for TLS. */
async function reaches(namespace: TestNamespace, source: string, address: string): Promise<boolean> {
  const pod = source === 'outside' ? 'pod/outside' : `deployment/shop-${source}`;
  const script = `printf 'GET /health HTTP/1.0\\r\\n\\r\\n' | timeout 3 nc -w 2 ${address} | grep -q HTTP`;
  const { code } = await namespace.kubectl(['exec', pod, '-c', 'app', '--', 'sh', '-c', script], {
    allowFailure: true,
  });
  return code === 0;
}
