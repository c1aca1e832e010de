import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { ClusterError } from './errors';
import type { KubernetesMinor } from './tools/catalog';

/** Sockets lie in the folder of a cluster, and the kernel takes no longer path for one than 107 characters. */
const LONGEST_ROOT = 56;

/**
 * Folder of all clusters: DRYDOCK_CLUSTERS, or /var/lib/drydock. Not under a home: pods with a user namespace must be
 * able to walk to their files.
 */
export function clustersRoot(): string {
  const root = process.env.DRYDOCK_CLUSTERS || '/var/lib/drydock';
  if (path.resolve(root) === root && root.length <= LONGEST_ROOT) return root;
  throw new ClusterError('OPTION_INVALID', {
    where: 'DRYDOCK_CLUSTERS',
    found: JSON.stringify(root),
    expected: `an absolute path of at most ${LONGEST_ROOT} characters, without a slash at its end`,
    remedy: 'name a short one, or unset it for /var/lib/drydock',
  });
}

/**
 * Addresses inside a cluster. Each cluster has its networks to itself, so every one uses the same addresses and
 * none can reach another.
 */
export const addresses = {
  node: (index: number) => `10.89.0.${index + 1}`,
  nodeRange: '10.89.0.0/24',
  /** Nothing answers there. A default route must exist, or programs refuse to use the network at all. */
  nowhere: '10.89.0.254',
  pods: '10.88.0.0/16',
  podsOf: (index: number) => `10.88.${index}.0/24`,
  services: '10.96.0.0/16',
  apiService: '10.96.0.1',
  dns: '10.96.0.10',
  apiPort: 6443,
  registryPort: 5000,
} as const;

/** One node: its number from 1, its name, where its files are. */
export interface NodeLayout {
  readonly index: number;
  readonly name: string;
  readonly address: string;
  readonly directory: string;
  readonly containerdSocket: string;
}

/** Where everything of one cluster is. Written down so that another process can find it. */
export interface Layout {
  readonly id: string;
  readonly version: KubernetesMinor;
  readonly controlPlaneOnly: boolean;
  readonly directory: string;
  /** Name of its cgroups. Random in part, so that no other cluster has it, not even a later one of the same name. */
  readonly cgroup: string;
  readonly pki: string;
  readonly logs: string;
  readonly auditLog: string;
  readonly nodes: readonly NodeLayout[];
}

/** The folders and names of a cluster of this id. */
export function layoutOf(
  id: string,
  nodeCount: number,
  version: KubernetesMinor,
  controlPlaneOnly: boolean,
): Layout {
  const directory = path.join(clustersRoot(), id);
  return {
    id,
    version,
    controlPlaneOnly,
    directory,
    cgroup: `drydock-${id}-${randomBytes(4).toString('hex')}`,
    pki: path.join(directory, 'pki'),
    logs: path.join(directory, 'logs'),
    auditLog: path.join(directory, 'logs', 'audit.log'),
    nodes: Array.from({ length: nodeCount }, (_unused, position) => {
      const index = position + 1;
      const folder = path.join(directory, `node${index}`);
      return {
        index,
        name: `node${index}`,
        address: addresses.node(index),
        directory: folder,
        containerdSocket: path.join(folder, 'containerd.sock'),
      };
    }),
  };
}
