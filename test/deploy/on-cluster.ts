import { type Cluster, startCluster } from '../../cluster';
import { type DeployError, Deployer, type DeployerOptions, type Plan } from '../../deploy';
import { Connection, type KubeEvent } from '../../kube';

/** A control plane for a file of tests, and a namespace for each that asks. Both go with the tests. */
export function onCluster() {
  let cluster: Cluster;
  let number = 0;
  const open: Array<{ close(): void }> = [];
  beforeAll(async () => {
    cluster = await startCluster({ controlPlaneOnly: true });
  });
  afterAll(async () => {
    for (const one of open) one.close();
    await cluster.stop();
  });

  /** A namespace of its own, and a Deployer for it, whose calls are told. */
  const deployerIn = async (options: Partial<DeployerOptions> = {}) => {
    number += 1;
    const namespace = `deploy-${number}`;
    await cluster.kubectl(['create', 'namespace', namespace]);
    const { kubeconfig } = cluster;
    const calls: KubeEvent[] = [];
    const onEvent = (event: KubeEvent) => {
      if (event.type === 'call') calls.push(event);
    };
    const deployer = new Deployer({
      ...{ kubeconfig, release: 'shop', namespace, timeoutMs: 30_000, hooks: { onEvent } },
      ...options,
    });
    const connection = new Connection({ kubeconfig, namespace });
    open.push(deployer, connection);
    const kubectl = async (...args: string[]) => (await cluster.kubectl(['-n', namespace, ...args])).stdout;
    const given = async (object: object, ...args: string[]) =>
      cluster.kubectl(['-n', namespace, 'apply', '-f', '-', ...args], { input: JSON.stringify(object) });
    return { namespace, deployer, connection, kubectl, given, calls };
  };
  return { deployerIn, open, kubeconfig: () => cluster.kubeconfig };
}

export const configMap = (name: string, data: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});

export const deployment = (name: string, spec: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [{ name: 'main', image: 'localhost/none:1', resources: { limits: { cpu: '1000m' } } }],
      },
    },
    ...spec,
  },
});

export const shown = ({ objects }: Plan) =>
  objects.map(({ action, kind, name }) => `${action} ${kind} ${name}`);

export const refusalOf = (run: Promise<unknown>): Promise<DeployError> =>
  run.then(
    () => {
      throw new Error('it was not refused');
    },
    (error: DeployError) => error,
  );
