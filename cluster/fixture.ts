import { randomBytes } from 'node:crypto';
import type { CommandOptions, CommandResult } from './command';

/** What the fixture needs of a cluster: the embedded one and a user's own both have it. */
export interface TestCluster {
  readonly kubeconfig: string;
  kubectl(args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
}

/** A namespace that exists for one test. */
export interface TestNamespace {
  readonly name: string;
  /** kubectl inside this namespace. */
  kubectl(args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Applies objects (server-side) in this namespace. */
  apply(...objects: readonly object[]): Promise<void>;
  /** Reads one object, such as `get('pod', 'web')`. */
  get<Kind = Record<string, unknown>>(kind: string, name: string): Promise<Kind>;
}

/** How the namespace is made. */
export interface NamespaceOptions {
  /** Labels of the namespace, such as a Pod Security level. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Where the report of a failure goes. @default standard error */
  readonly report?: (text: string) => void;
}

function namespaceOf(cluster: TestCluster, name: string): TestNamespace {
  const kubectl = (args: readonly string[], options?: CommandOptions) =>
    cluster.kubectl(['-n', name, ...args], options);
  return {
    name,
    kubectl,
    async apply(...objects) {
      const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
      await kubectl(['apply', '--server-side', '-f', '-'], { input });
    },
    async get<Kind>(kind: string, objectName: string): Promise<Kind> {
      return JSON.parse((await kubectl(['get', kind, objectName, '-o', 'json'])).stdout) as Kind;
    },
  };
}

/** What a person needs to see why a test failed: events, pods, and the last lines of every container. */
async function describeNamespace(namespace: TestNamespace): Promise<string> {
  const ask = async (title: string, args: readonly string[]) => {
    const { stdout, stderr } = await namespace.kubectl(args, { allowFailure: true });
    return `--- ${title} of namespace ${namespace.name}\n${(stdout || stderr).trimEnd()}\n`;
  };
  const { stdout } = await namespace.kubectl(['get', 'pods', '-o', 'name'], { allowFailure: true });
  const pods = stdout.split('\n').filter((pod) => pod !== '');
  const parts = await Promise.all([
    ask('pods', ['get', 'pods', '-o', 'wide']),
    ask('events', ['get', 'events', '--sort-by=.lastTimestamp']),
    ...pods.map((pod) =>
      ask(`log of ${pod}`, ['logs', pod, '--all-containers', '--prefix', '--tail=20', '--ignore-errors']),
    ),
  ]);
  return parts.join('');
}

/** Deletes the namespace without waiting for it; its pods get a second to end, not the half minute of a service. */
async function deleteNamespace(namespace: TestNamespace): Promise<void> {
  await namespace.kubectl(['delete', 'namespace', namespace.name, '--wait=false']);
  // An empty namespace may be gone by now, which is as good.
  const pods = ['delete', 'pods', '--all', '--grace-period=1', '--wait=false'];
  await namespace.kubectl(pods, { allowFailure: true });
}

/**
 * Runs a test in a namespace of its own. When it fails, the state of the namespace is reported before anything is
 * deleted; deleted it is in any case.
 *
 * @example
 * test('the chart comes up', async () => {
 *   const cluster = await sharedCluster();
 *   await withNamespace(cluster, async (namespace) => {
 *     await namespace.kubectl(['apply', '-f', 'dist/shop.k8s.yaml']);
 *     await namespace.kubectl(['rollout', 'status', 'deployment/shop-web']);
 *   });
 * });
 */
export async function withNamespace<Result>(
  cluster: TestCluster,
  body: (namespace: TestNamespace) => Promise<Result>,
  options: NamespaceOptions = {},
): Promise<Result> {
  const name = `test-${randomBytes(4).toString('hex')}`;
  const namespace = namespaceOf(cluster, name);
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: options.labels } };
  await cluster.kubectl(['create', '-f', '-'], { input: JSON.stringify(object) });
  let result: Result;
  try {
    // Pods are refused until the namespace has its account.
    await namespace.kubectl(['wait', '--for=create', 'serviceaccount/default', '--timeout=30s']);
    result = await body(namespace);
  } catch (error) {
    const report = options.report ?? ((text: string) => process.stderr.write(text));
    const orNote = (what: string) => (failure: unknown) => report(`no ${what}: ${String(failure)}\n`);
    await describeNamespace(namespace).then(report).catch(orNote('report'));
    // The failure of the test is the news; one of the clean-up must not take its place.
    await deleteNamespace(namespace).catch(orNote('clean-up'));
    throw error;
  }
  await deleteNamespace(namespace);
  return result;
}
