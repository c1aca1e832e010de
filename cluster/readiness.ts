import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Cluster } from './cluster';
import { ClusterError } from './errors';
import { type UntilOptions, until } from './until';

/** A component that ends while the cluster starts is the reason for everything after; say so at once. */
async function requireAllRunning(cluster: Cluster): Promise<void> {
  const ended = Object.entries(await cluster.statuses()).find(([, status]) => status !== '');
  if (!ended) return;
  const [name, status] = ended;
  const log = readFileSync(path.join(cluster.logsDirectory, `${name}.log`), 'utf8');
  throw new ClusterError('COMPONENT_FAILED', {
    where: `${name} of cluster ${cluster.id}`,
    found: `${status}; its last lines:\n${log.trimEnd().split('\n').slice(-12).join('\n')}\n`,
    expected: 'it to keep running',
    remedy: "the lines above are the component's own",
  });
}

/** Asks until the answer is yes, and gives up as soon as a component has ended. */
async function ready(
  cluster: Cluster,
  what: string,
  ask: () => Promise<boolean>,
  options: UntilOptions,
): Promise<void> {
  let failure: unknown;
  await until(
    what,
    async () => {
      const yes = await ask().catch(() => false);
      if (yes) return true;
      failure = await requireAllRunning(cluster).catch((error: unknown) => error);
      return failure !== undefined;
    },
    options,
  );
  if (failure) throw failure;
}

/** The API server is ready, its own start-up hooks included. */
export async function apiAnswers(cluster: Cluster, options: UntilOptions): Promise<void> {
  const ask = async () => (await cluster.api.send('GET', '/readyz')).status === 200;
  await ready(cluster, 'the API server', ask, { ...options, everyMs: 25 });
}

interface Conditions {
  readonly items: readonly {
    readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  }[];
}

/** Every node says Ready. */
export async function nodesReady(cluster: Cluster, options: UntilOptions): Promise<void> {
  const ask = async () => {
    const { items } = await cluster.api.call<Conditions>('GET', '/api/v1/nodes');
    const yes = items.filter((node) =>
      node.status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True'),
    );
    return yes.length === cluster.nodes.length;
  };
  await ready(cluster, 'all nodes to be Ready', ask, options);
}

/** A health port of each node, asked from inside: a port of the machine would stay open to all of its users. */
async function healthPort(
  cluster: Cluster,
  what: string,
  port: number,
  options: UntilOptions,
): Promise<void> {
  for (const node of cluster.nodes) {
    const address = `${cluster.nodeAddress({ node })}:${port}`;
    const ask = () => cluster.berth.answers(node, address, '/healthz');
    await ready(cluster, `${what} of ${node}`, ask, options);
  }
}

/** What pods rely on: a service account to run as, Services, policies and names. */
export async function systemReady(
  cluster: Cluster,
  parts: { readonly dns: boolean; readonly networkPolicy: boolean },
  options: UntilOptions,
): Promise<void> {
  const account = async () => {
    const answer = await cluster.api.send('GET', '/api/v1/namespaces/default/serviceaccounts/default');
    return answer.status === 200;
  };
  const dns = async () => {
    const deployment = '/apis/apps/v1/namespaces/kube-system/deployments/coredns';
    const { status } = await cluster.api.call<{ status: { availableReplicas?: number } }>('GET', deployment);
    return (status.availableReplicas ?? 0) > 0;
  };
  const waits = [ready(cluster, 'the default service account', account, options)];
  if (cluster.nodes.length > 0) {
    waits.push(healthPort(cluster, 'kube-proxy', 10256, options));
    if (parts.networkPolicy) waits.push(healthPort(cluster, 'kube-router', 20244, options));
    if (parts.dns) waits.push(ready(cluster, 'cluster DNS', dns, options));
  }
  await Promise.all(waits);
}
