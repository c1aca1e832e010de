import type { Cluster } from '../cluster';
import type { ClusterState } from '../cluster/berth';

export const DEFAULT_NAME = 'drydock';

/** What can be done with a cluster that is ready. */
export function readyText({ id, kubeconfig }: Pick<Cluster, 'id' | 'kubeconfig'>, seconds: string): string {
  const named = nameArgument(id);
  return `cluster ${id} is ready after ${seconds} s
  export KUBECONFIG=${kubeconfig}
  drydock cluster exec${named} -- kubectl get nodes
  drydock cluster down${named}
`;
}

type Described = Pick<Cluster, 'id' | 'nodes' | 'statuses'>;

/** How a cluster is, with its components where it is ready. */
export async function stateText(
  { id, state }: ClusterState,
  find: (id: string) => Described | undefined,
): Promise<string> {
  const remedy = `\`drydock cluster down${nameArgument(id)}\` removes it`;
  if (state !== 'ready') return `cluster ${id} ${NOT_READY[state]}; ${remedy}\n`;
  const cluster = find(id);
  // It may end while this looks.
  const words = cluster && (await describe(cluster).catch(() => undefined));
  return words ?? `cluster ${id} runs, but does not say how it is; ${remedy}\n`;
}

const NOT_READY: Readonly<Record<Exclude<ClusterState['state'], 'ready'>, string>> = {
  starting: 'is starting',
  ending: 'is ending',
  silent: 'is starting or ending in this moment',
  left: 'is unfinished: nothing of it runs, its files are left',
};

async function describe(cluster: Described): Promise<string> {
  const statuses = Object.entries(await cluster.statuses()).sort(([left], [right]) =>
    left.localeCompare(right),
  );
  const nodes = cluster.nodes.length === 0 ? 'control plane only' : `${cluster.nodes.length} node(s)`;
  const lines = statuses.map(([name, ended]) => `  ${name}: ${ended === '' ? 'running' : `ended, ${ended}`}`);
  return [`cluster ${cluster.id} (${nodes})`, ...lines, ''].join('\n');
}

function nameArgument(id: string): string {
  return id === DEFAULT_NAME ? '' : ` --name ${id}`;
}
