import { randomBytes } from 'node:crypto';
import { App, type AppProps, Chart, Helm } from 'cdk8s';
import { type Cluster, sharedCluster, tool, until } from '../../cluster';
import { harden } from '../../harden';
import { podsOf } from '../../harden/surroundings';
import { corpus } from '../laws/stock-corpus';
import { plusExamples } from './plus-examples';
import { chartFolder, PUBLIC_CHARTS } from './public-charts';

jest.setTimeout(300_000);

// biome-ignore lint/suspicious/noExplicitAny: objects as Kubernetes has them
type Any = any;

interface Tried {
  readonly name: string;
  readonly app: App;
}

const namespace = `harden-${randomBytes(3).toString('hex')}`;
let cluster: Cluster;
let charts: readonly Tried[];

beforeAll(async () => {
  cluster = await sharedCluster();
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } };
  await cluster.api.send('POST', '/api/v1/namespaces', { body });
  await until('the account of the namespace', async () => {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
    return (await cluster.api.send('GET', path)).status === 200;
  });
  const helmExecutable = await tool('helm-4');
  charts = await Promise.all(
    PUBLIC_CHARTS.map(async (one) => {
      const app = new App();
      const chart = new Chart(app, one.name, { namespace });
      new Helm(chart, 'chart', { chart: await chartFolder(one), helmExecutable, namespace });
      return { name: one.name, app };
    }),
  );
});

afterAll(async () => {
  await cluster?.api.send('DELETE', `/api/v1/namespaces/${namespace}`);
});

const objectsOf = ({ app }: Tried): Any[] => app.charts.flatMap((chart) => chart.toJson());

/** Why the server refuses a pod of an object at "restricted"; empty where it takes it. */
async function refusalOf(object: Any): Promise<string> {
  const pods = podsOf(object);
  if (!pods) return '';
  // Its account would have to be there first.
  const { serviceAccountName: _, serviceAccount: __, ...spec } = pods.spec as Any;
  const body = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'tried', labels: pods.labels, annotations: pods.annotations },
    spec,
  };
  const { status, body: answer } = await cluster.api.send(
    'POST',
    `/api/v1/namespaces/${namespace}/pods?dryRun=All`,
    { body },
  );
  return status === 201 ? '' : String((answer as { readonly message?: string }).message);
}

/** Refusals of whole objects, by the server's strict look at every field. */
async function refusedObjects(objects: readonly Any[]): Promise<string> {
  // One example shows how an object of others is named, and makes none.
  if (objects.length === 0) return '';
  const items = objects.map((object) => {
    const { namespace: _, ...metadata } = object.metadata;
    return { ...object, metadata };
  });
  const args = [
    '-n',
    namespace,
    'apply',
    '--server-side',
    '--validate=strict',
    '--dry-run=server',
    '-f',
    '-',
  ];
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const { code, stderr } = await cluster.kubectl(args, { input, allowFailure: true });
  return code === 0 ? '' : stderr;
}

async function refusals(tried: Tried): Promise<string[]> {
  const found: string[] = [];
  for (const object of objectsOf(tried)) {
    const refusal = await refusalOf(object);
    if (refusal !== '') found.push(`${tried.name} ${object.kind}/${object.metadata.name}: ${refusal}`);
  }
  return found;
}

const named = ({ kind, metadata }: Any) => `${kind}/${metadata.name}`;

test('examples of cdk8s-plus and three public charts are admitted at "restricted" once they are hardened, and lose no object', async () => {
  const programs = Object.entries(corpus).filter(([name]) => name.startsWith('cdk8s-plus'));
  const kit = { newApp: (props?: AppProps) => new App(props), helm: undefined, saw: () => {} };
  const ours = programs.map(([name, program]) => ({ name, app: program(kit) as App }));
  const all = [...plusExamples(), ...ours, ...charts];
  expect(all.length).toBeGreaterThan(13);
  const before = { refused: [] as string[], pods: 0 };
  for (const tried of all) {
    const objects = objectsOf(tried);
    before.pods += objects.filter((object) => podsOf(object)).length;
    before.refused.push(...(await refusals(tried)));
    const isWhole = (await refusedObjects(objects)) === '';
    const { changes } = harden(tried.app);
    expect({ name: tried.name, changes: changes.length > 0 }).toEqual({
      name: tried.name,
      changes: objects.some((object) => podsOf(object)),
    });
    const after = objectsOf(tried);
    expect(after.map(named)).toEqual(expect.arrayContaining(objects.map(named)));
    expect(await refusals(tried)).toEqual([]);
    // One program of the documentation makes a Service that no server takes, with harden or without.
    expect({ name: tried.name, refused: await refusedObjects(after) }).toEqual({
      name: tried.name,
      refused: isWhole ? '' : expect.any(String),
    });
  }
  // The control: without it the same server refuses some of the same pods.
  expect(before.pods).toBeGreaterThan(8);
  expect(before.refused.length).toBeGreaterThan(3);
});
