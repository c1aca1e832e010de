import { randomBytes } from 'node:crypto';
import type { ApiServerSettings } from './components/control-plane';
import { ClusterError } from './errors';
import { type KubernetesMinor, kubernetesVersions } from './tools/catalog';

const NODE_DOWN_AFTER = 50;
/** The controller looks every five seconds. */
const LEAST_DOWN_AFTER = 10;

/** How a cluster is to be. Everything has a default. */
export interface ClusterOptions {
  /** How many nodes. @default 1 */
  readonly nodes?: 1 | 2;
  /** etcd, the API server and the controllers, and nothing that runs pods. @default false */
  readonly controlPlaneOnly?: boolean;
  /** Minor version of Kubernetes; others than 1.34 are control planes only. @default '1.34' */
  readonly version?: KubernetesMinor;
  /** Name of the cluster, at most 20 of a-z, 0-9 and dash. @default a random one */
  readonly name?: string;
  /** Port on 127.0.0.1 that leads to the API server. @default a free one */
  readonly apiPort?: number;
  /**
   * Process id with which the cluster ends, however that process ends; `'none'` leaves it running until `stop`.
   * @default the calling process
   */
  readonly owner?: number | 'none';
  /** Cluster DNS. @default true */
  readonly dns?: boolean;
  /** Enforcement of NetworkPolicy. @default true */
  readonly networkPolicy?: boolean;
  /** How many processes the kubelet lets a pod have. @default no limit */
  readonly podPidsLimit?: number;
  /**
   * How long a node may be silent before it is down, in seconds. A machine that is busy for as long loses its nodes.
   * @default 50, as Kubernetes has it
   */
  readonly nodeDownAfter?: number;
  /** Feature gates of the API server. @default none */
  readonly featureGates?: Readonly<Record<string, boolean>>;
  /** `--runtime-config` of the API server, such as `api/alpha=true`. @default none */
  readonly runtimeConfig?: readonly string[];
  /** More arguments of the API server. @default none */
  readonly apiserverArgs?: readonly string[];
  /** How long to wait for the cluster to be ready. @default 120000 */
  readonly readyWithinMs?: number;
  /** Gives up the start when it fires: what was made by then is removed, and the error is ABORTED. @default never */
  readonly signal?: AbortSignal;
}

/** The options with every default filled in. */
export interface ClusterPlan {
  readonly id: string;
  readonly nodes: 1 | 2;
  readonly controlPlaneOnly: boolean;
  readonly version: KubernetesMinor;
  readonly apiPort: number;
  readonly owner: number | undefined;
  readonly dns: boolean;
  readonly networkPolicy: boolean;
  readonly podPidsLimit: number | undefined;
  readonly nodeDownAfter: number;
  readonly api: ApiServerSettings;
  readonly readyWithinMs: number;
  readonly signal: AbortSignal | undefined;
}

function invalid(option: string, found: unknown, expected: string): ClusterError {
  return new ClusterError('OPTION_INVALID', {
    where: `startCluster option ${option}`,
    found: JSON.stringify(found),
    expected,
    remedy: 'give one of these, or leave the option out',
  });
}

/** Checks the options and fills in what is not given. */
export function planOf(options: ClusterOptions): ClusterPlan {
  const { nodes = 1, version = '1.34', controlPlaneOnly = false, owner = process.pid } = options;
  const { podPidsLimit, nodeDownAfter = NODE_DOWN_AFTER } = options;
  const id = options.name ?? randomBytes(4).toString('hex');
  if (nodes !== 1 && nodes !== 2) throw invalid('nodes', nodes, '1 or 2');
  if (podPidsLimit !== undefined && !(Number.isSafeInteger(podPidsLimit) && podPidsLimit > 0)) {
    throw invalid('podPidsLimit', podPidsLimit, 'a number of processes');
  }
  if (!Number.isSafeInteger(nodeDownAfter) || nodeDownAfter < LEAST_DOWN_AFTER || nodeDownAfter > 3600) {
    throw invalid('nodeDownAfter', nodeDownAfter, `seconds, from ${LEAST_DOWN_AFTER} to 3600`);
  }
  if (!(version in kubernetesVersions)) {
    throw new ClusterError('VERSION_UNKNOWN', {
      where: 'startCluster option version',
      found: JSON.stringify(version),
      expected: `one of ${Object.keys(kubernetesVersions).join(', ')}`,
      remedy: 'use one of these; each has pins under cluster/tools/',
    });
  }
  if (!/^[a-z0-9][a-z0-9-]{0,19}$/.test(id)) {
    throw invalid('name', id, 'at most 20 of a-z, 0-9 and dash, not starting with a dash');
  }
  if (version !== '1.34' && !controlPlaneOnly) {
    throw invalid('version', version, 'controlPlaneOnly: true beside any version but 1.34');
  }
  return {
    id,
    nodes,
    version,
    controlPlaneOnly,
    apiPort: options.apiPort ?? 0,
    owner: owner === 'none' ? undefined : owner,
    dns: options.dns ?? true,
    networkPolicy: options.networkPolicy ?? true,
    podPidsLimit,
    nodeDownAfter,
    api: {
      featureGates: options.featureGates ?? {},
      runtimeConfig: options.runtimeConfig ?? [],
      args: options.apiserverArgs ?? [],
    },
    readyWithinMs: options.readyWithinMs ?? 120_000,
    signal: options.signal,
  };
}
