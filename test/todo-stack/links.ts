import { TodoStackChart } from '../../charts';
import { type Cluster, type TestNamespace, until } from '../../cluster';
import { Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { rolledOut, SECRETS, SERVICES, serviceNames, valuesFor } from './stack';

/**
 * Who reaches whom in the todo stack, tried by real connections. `database` and `model` represent what is outside,
 * `stranger` for a pod of the namespace that belongs to no service; they have no policies.
 */
const BYSTANDERS = { database: 5432, model: 8443, stranger: 9000 } as const;
const PORTS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(serviceNames.map((name) => [name, SERVICES[name].port])),
  ...BYSTANDERS,
};
export const SOURCES = [...serviceNames, 'stranger'] as const;
export const TARGETS = [...serviceNames, 'database', 'model', 'stranger', 'node', 'API server'] as const;

export type Links = Readonly<Record<string, readonly string[]>>;

/** What the decision record says is open. A pod always reaches itself: that connection never leaves it. */
export const DECLARED = inOrder({
  frontend: ['frontend', 'backend'],
  backend: ['backend', 'ai-agent', 'database'],
  'mcp-server': ['mcp-server', 'backend'],
  'ai-agent': ['ai-agent', 'mcp-server', 'model'],
  // The frontend's node port is open to everybody, and so is the frontend.
  stranger: ['frontend', 'database', 'model', 'stranger', 'node', 'API server'],
});

/** The same with the two arrows of the drawing that are closed by default. */
export const WITH_THE_DRAWING = inOrder({
  ...DECLARED,
  backend: ['backend', 'mcp-server', 'ai-agent', 'database'],
  'mcp-server': ['mcp-server', 'backend', 'ai-agent'],
});
export const DRAWING = { links: { backendToMcpServer: true, mcpServerToAiAgent: true } };

export const OPEN: Links = Object.fromEntries(SOURCES.map((source) => [source, [...TARGETS]]));

/** Sources and targets in the order in which they are measured. */
function inOrder(links: Links): Links {
  return Object.fromEntries(
    SOURCES.map((source) => [source, TARGETS.filter((target) => links[source]?.includes(target))]),
  );
}

/** Starts the bystanders; what is outside has to have an address before a policy can name it. */
export async function startBystanders(namespace: TestNamespace): Promise<void> {
  await namespace.apply(
    ...Object.entries(BYSTANDERS).map(([name, port]) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [
          {
            name: 'app',
            image: 'docker.io/library/todo-frontend:1.0.0-abc1234',
            env: [{ name: 'PORT', value: String(port) }],
          },
        ],
      },
    })),
  );
  const pods = Object.keys(BYSTANDERS).map((name) => `pod/${name}`);
  await namespace.kubectl(['wait', '--for=condition=Ready', ...pods, '--timeout=60s']);
}

/** Applies the plain manifests of the stack, with the Secrets that plain YAML only names. */
export async function applyStack(
  namespace: TestNamespace,
  nodePort: number,
  global: JsonObject,
): Promise<void> {
  const [database, model] = await Promise.all(
    ['database', 'model'].map((name) => addressOf(namespace, name)),
  );
  const values = valuesFor(nodePort, {
    global,
    backend: { database: { cidr: `${database}/32`, port: BYSTANDERS.database } },
    'ai-agent': { model: { cidr: `${model}/32`, port: BYSTANDERS.model } },
  });
  const objects = Testing.synth(new TodoStackChart(Testing.app()), { values: values as never }) as object[];
  const secrets = Object.entries(SECRETS).map(([name, stringData]) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `todo-app-${name}-secrets` },
    stringData,
  }));
  await namespace.apply(...secrets, ...objects);
  await rolledOut(namespace);
}

/** Tries every pair at once. */
export async function measure(cluster: Cluster, namespace: TestNamespace): Promise<Links> {
  const places = await placesOf(cluster, namespace);
  const rows = SOURCES.map(async (source) => [source, await reachedFrom(namespace, source, places)] as const);
  return Object.fromEntries(await Promise.all(rows));
}

/** Waits until what the policies say has reached the node, then tries every pair once more. */
export async function settled(cluster: Cluster, namespace: TestNamespace, expected: Links): Promise<Links> {
  const wanted = JSON.stringify(expected);
  let found = await measure(cluster, namespace);
  await until(
    'the policies to be in force',
    async () => {
      if (JSON.stringify(found) === wanted) return true;
      found = await measure(cluster, namespace);
      return false;
    },
    { withinMs: 60_000 },
  ).catch(() => undefined);
  return measure(cluster, namespace);
}

async function reachedFrom(
  namespace: TestNamespace,
  source: string,
  places: ReadonlyMap<string, string>,
): Promise<string[]> {
  const pod = source in SERVICES ? `deployment/todo-app-${source}` : `pod/${source}`;
  const { stdout } = await namespace.kubectl(['exec', pod, '--', 'perl', '/reach.pl', ...places.keys()]);
  const reached = new Set(stdout.split('\n').map((place) => places.get(place)));
  return TARGETS.filter((target) => reached.has(target));
}

async function placesOf(cluster: Cluster, namespace: TestNamespace): Promise<ReadonlyMap<string, string>> {
  const pods = await Promise.all(
    Object.keys(PORTS).map(async (name) => {
      return [`${await addressOf(namespace, name)}:${PORTS[name]}`, name] as const;
    }),
  );
  return new Map([...pods, [`${cluster.nodeAddress()}:10250`, 'node'], ['10.96.0.1:443', 'API server']]);
}

async function addressOf(namespace: TestNamespace, name: string): Promise<string> {
  const which = name in SERVICES ? ['pods', '-l', `app.kubernetes.io/component=${name}`] : ['pod', name];
  const jsonpath = name in SERVICES ? '{.items[0].status.podIP}' : '{.status.podIP}';
  return (await namespace.kubectl(['get', ...which, '-o', `jsonpath=${jsonpath}`])).stdout;
}
