import { App, Chart, Helm } from 'cdk8s';
import { type Cluster, sharedCluster, type TestNamespace, tool, withNamespace } from '../../cluster';
import { harden } from '../../harden';
import { podsOf } from '../../harden/surroundings';
import { plusExamples } from './plus-examples';
import { chartFolder, PUBLIC_CHARTS, type PublicChart } from './public-charts';
import { StandIn, type Started, type StartedContainer } from './stand-in';

/**
 * Three public charts and the examples of cdk8s-plus, hardened, are seen to run at Pod Security "restricted". Their images
 * are of registries that no test reaches, so a stand-in of ours has their place: it answers the probes that they come with
 * and says as whom it runs.
 */

jest.setTimeout(300_000);

// biome-ignore lint/suspicious/noExplicitAny: objects as Kubernetes has them
type Any = any;

let cluster: Cluster;

beforeAll(async () => {
  cluster = await sharedCluster();
});

/** What the stand-in has no use for: it asks the API server nothing, and serves no API of its own. */
const OF_THE_PROGRAM = /^(Cluster)?Role(Binding)?$|^APIService$/;
const restricted = { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } };

async function objectsOf(one: PublicChart, namespace: string): Promise<Any[]> {
  const app = new App();
  const chart = new Chart(app, one.name, { namespace });
  new Helm(chart, 'chart', {
    chart: await chartFolder(one),
    helmExecutable: await tool('helm-4'),
    namespace,
  });
  harden(app);
  return chart.toJson().filter(({ kind }: Any) => !OF_THE_PROGRAM.test(kind));
}

const containersOf = (objects: readonly Any[]): StartedContainer[] =>
  objects.flatMap((object) => (podsOf(object)?.spec as Any)?.containers ?? []);

/** Every pod of the namespace, with what its program said when it started. */
async function started({ kubectl }: TestNamespace): Promise<(Started & { readonly mounts: string[] })[]> {
  const { items } = JSON.parse((await kubectl(['get', 'pods', '-o', 'json'])).stdout) as Any;
  return Promise.all(
    items.map(async ({ metadata, spec }: Any) => {
      const { stdout } = await kubectl(['logs', metadata.name]);
      const mounts = (spec.containers[0].volumeMounts ?? []).map(({ mountPath }: Any) => mountPath);
      return { ...(JSON.parse(stdout.split('\n')[0] as string) as Started), mounts };
    }),
  );
}

function expectHarmless(all: readonly (Started & { readonly mounts: string[] })[]): void {
  for (const one of all) {
    expect(Number(one.Uid)).toBeGreaterThan(0);
    expect(one).toMatchObject({ CapEff: '0000000000000000', NoNewPrivs: '1', Seccomp: '2' });
    // Nothing but what is mounted for it can be written.
    expect(one).toMatchObject({ rootIsWritable: false, tmpIsWritable: one.mounts.includes('/tmp') });
  }
}

let standIn: StandIn;

beforeAll(() => {
  standIn = new StandIn();
});

afterAll(() => standIn[Symbol.dispose]());

test('three public charts run once they are hardened: their probes are answered by a process that can do nothing', async () => {
  await withNamespace(
    cluster,
    async (namespace) => {
      const objects = (await Promise.all(PUBLIC_CHARTS.map((one) => objectsOf(one, namespace.name)))).flat();
      for (const container of containersOf(objects)) await standIn.takesPlaceOf(container, cluster);
      await namespace.apply(...objects);
      const workloads = objects.filter((object) => podsOf(object));
      expect(workloads.map(({ kind }) => kind)).toEqual(['Deployment', 'Deployment', 'Deployment']);
      for (const { metadata } of workloads)
        await namespace.kubectl(['rollout', 'status', `deployment/${metadata.name}`, '--timeout=120s']);
      const said = await started(namespace);
      expect(said.length).toBeGreaterThanOrEqual(3);
      expectHarmless(said);
    },
    restricted,
  );
});

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
      await standIn.takesPlaceOf({ image: IMAGE }, cluster);
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
