import { App, Chart, Helm } from 'cdk8s';
import { type Cluster, sharedCluster, type TestNamespace, tool, until, withNamespace } from '../../cluster';
import { runCommand } from '../../cluster/command';
import { harden } from '../../harden';
import { podsOf } from '../../harden/surroundings';
import { expectHarmless, type Process, processOf } from './harmless';
import { plusExamples } from './plus-examples';
import { chartFolder, PUBLIC_CHARTS, type PublicChart } from './public-charts';
import { importPrograms } from './public-programs';
import { StandIn, type Started } from './stand-in';

/**
 * Three public charts, with the programs that they are for, and the examples of cdk8s-plus, hardened, are seen to run at
 * Pod Security "restricted". The images of the examples are of registries that no test reaches, so a stand-in of ours has
 * their place: it says as whom it runs.
 */

jest.setTimeout(300_000);

// biome-ignore lint/suspicious/noExplicitAny: objects as Kubernetes has them
type Any = any;

let cluster: Cluster;

beforeAll(async () => {
  cluster = await sharedCluster();
});

const restricted = { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } };

async function programOf(one: PublicChart, namespace: string): Promise<Chart> {
  const chart = new Chart(new App(), one.name, { namespace });
  new Helm(chart, 'chart', {
    chart: await chartFolder(one),
    releaseName: one.name,
    namespace,
    values: one.values,
    helmFlags: ['--include-crds', '--skip-tests'],
    helmExecutable: await tool('helm-4'),
  });
  return chart;
}

/** The objects of a chart as they go out once each question of `harden` has its answer. */
async function hardened(one: PublicChart, namespace: string): Promise<Any[]> {
  const unanswered = harden(await programOf(one, namespace));
  const asked = [...new Set(unanswered.findings.map(({ rule }) => rule))];
  expect({ name: one.name, asked: asked.sort() }).toEqual({ name: one.name, asked: one.asked });
  const chart = await programOf(one, namespace);
  expect(harden(chart, one.options).findings).toEqual([]);
  const objects = chart.toJson() as Any[];
  const workloads = objects.filter((object) => podsOf(object));
  expect(workloads.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([
    `Deployment/${one.name}`,
  ]);
  await importPrograms(one, workloads[0].spec.template.spec.containers[0].image, cluster);
  return objects;
}

/**
 * Applies objects, an APIService last, for while nobody answers for it the cluster is not sure of its APIs, and others
 * have tests in it. What a namespace does not take with it is removed afterwards, in whatever way the test ends.
 */
async function withObjects(objects: readonly Any[], name: string, body: () => Promise<void>): Promise<void> {
  const isLast = ({ kind }: Any) => kind === 'APIService';
  const wide = objects.filter(({ kind, metadata }) => WIDE.test(kind) || metadata.namespace !== name);
  const listOf = (items: readonly Any[]) => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const apply = (items: readonly Any[]) =>
    cluster.kubectl(['apply', '--server-side', '-f', '-'], { input: listOf(items) });
  try {
    await apply(objects.filter((object) => !isLast(object)));
    for (const { metadata } of objects.filter((object) => podsOf(object)))
      await cluster.kubectl([
        ...['-n', name, 'rollout', 'status', `deployment/${metadata.name}`, '--timeout=120s'],
      ]);
    await apply(objects.filter(isLast));
    await body();
  } finally {
    const input = listOf([...wide.filter(isLast), ...wide.filter((object) => !isLast(object))]);
    await cluster.kubectl(['delete', '--ignore-not-found', '-f', '-'], { input });
  }
}

const WIDE = /^ClusterRole(Binding)?$|^APIService$|^CustomResourceDefinition$/;

const containerOf = ({ spec }: Any) => spec.containers[0];
const mountsOf = (pod: Any): string[] =>
  (containerOf(pod).volumeMounts ?? []).map(({ mountPath }: Any) => mountPath);

async function podsIn({ kubectl }: TestNamespace): Promise<Any[]> {
  return JSON.parse((await kubectl(['get', 'pods', '-o', 'json'])).stdout).items;
}

/** The API server asks it for what the kubelets say, and it shows that to whoever asks. */
async function metricsAreServed(): Promise<void> {
  const wait = ['wait', '--for=condition=Available', 'apiservice/v1beta1.metrics.k8s.io', '--timeout=60s'];
  await cluster.kubectl(wait);
  const used = await until('the use of the nodes', async () => {
    const { code, stdout } = await cluster.kubectl(['top', 'nodes', '--no-headers'], { allowFailure: true });
    return code === 0 && stdout;
  });
  expect(used).toMatch(/^node1\s+\d+m\s+\d+%\s+\d+Mi\s+\d+%/);
}

/** What its own client has sealed is unsealed by the controller, with the key that it has made. */
async function secretsAreUnsealed(namespace: TestNamespace): Promise<void> {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'sealed', namespace: namespace.name },
    stringData: { word: 'open sesame' },
  };
  const controller = ['--controller-name=sealed-secrets', `--controller-namespace=${namespace.name}`];
  const { stdout } = await runCommand(await tool('kubeseal'), [...controller, '--format=json'], {
    input: JSON.stringify(secret),
    env: { KUBECONFIG: cluster.kubeconfig },
  });
  expect(stdout).not.toContain('sesame');
  await namespace.apply(JSON.parse(stdout));
  await namespace.kubectl(['wait', '--for=create', 'secret/sealed', '--timeout=60s']);
  const { data } = await namespace.get<Any>('secret', 'sealed');
  expect(Buffer.from(data.word, 'base64').toString()).toBe('open sesame');
}

/** It answers through its Service, and keeps a file where the chart gives it a folder. */
async function filesAreKept({ name }: TestNamespace): Promise<void> {
  const store = `/api/v1/namespaces/${name}/services/podinfo:http/proxy/store`;
  const { hash } = await cluster.api.call<{ readonly hash: string }>('POST', store, { body: { kept: true } });
  expect(await cluster.api.call('GET', `${store}/${hash}`)).toBe('{"kept":true}');
}

test('three public charts run once they are hardened: their programs do their work, and can do nothing else', async () => {
  await withNamespace(
    cluster,
    async (namespace) => {
      const objects = (await Promise.all(PUBLIC_CHARTS.map((one) => hardened(one, namespace.name)))).flat();
      await withObjects(objects, namespace.name, async () => {
        await Promise.all([metricsAreServed(), secretsAreUnsealed(namespace), filesAreKept(namespace)]);
        const pods = await podsIn(namespace);
        expect(pods).toHaveLength(PUBLIC_CHARTS.length);
        expect(pods.map(({ status }) => status.containerStatuses[0].restartCount)).toEqual([0, 0, 0]);
        const ids = pods.map(({ status }) => status.containerStatuses[0].containerID.split('//')[1]);
        expectHarmless(pods.map((pod, index) => processOf(ids[index], mountsOf(pod))));
      });
    },
    restricted,
  );
});

let standIn: StandIn;

beforeAll(() => {
  standIn = new StandIn();
});

afterAll(() => standIn[Symbol.dispose]());

/** Every pod of the namespace, with what its stand-in said when it started. */
async function started(namespace: TestNamespace): Promise<Process[]> {
  return Promise.all(
    (await podsIn(namespace)).map(async (pod) => {
      const { stdout } = await namespace.kubectl(['logs', pod.metadata.name]);
      return { ...(JSON.parse(stdout.split('\n')[0] as string) as Started), mounts: mountsOf(pod) };
    }),
  );
}

/** What one example says is made elsewhere. */
const MADE_ELSEWHERE = [
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'backends' }, data: { endpoint: 'x' } },
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'credentials' }, stringData: { password: 'x' } },
];
const IMAGE = 'localhost/stand-in:1';

/** The pod of a workload, with the stand-in in it; each asks for a whole processor, and a node has not so many. */
function podWithStandIn(object: Any, name: string): Any {
  const { spec, labels } = podsOf(object) as Any;
  const containers = spec.containers.map((one: Any) => ({
    ...one,
    image: IMAGE,
    imagePullPolicy: 'Never',
    command: ['/stand-in', ...(one.ports ?? []).map((port: Any) => `--listen=${port.containerPort}`)],
    resources: { ...one.resources, requests: { ...one.resources.requests, cpu: '10m', memory: '16Mi' } },
  }));
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels }, spec: { ...spec, containers } };
}

test('the examples of cdk8s-plus run once they are hardened', async () => {
  await withNamespace(
    cluster,
    async (namespace) => {
      const objects = plusExamples().flatMap(({ app }) => {
        harden(app);
        return app.charts.flatMap((chart) => chart.toJson() as Any[]);
      });
      const workloads = objects.filter((object) => podsOf(object));
      expect(workloads.length).toBeGreaterThan(5);
      await standIn.putOn(cluster, IMAGE);
      const pods = workloads.map((object, index) => podWithStandIn(object, `example-${index}`));
      await namespace.apply(...MADE_ELSEWHERE, ...pods);
      await namespace.kubectl(['wait', '--for=condition=Ready', 'pod', '--all', '--timeout=120s']);
      const said = await started(namespace);
      expect(said).toHaveLength(pods.length);
      expectHarmless(said);
    },
    restricted,
  );
});
