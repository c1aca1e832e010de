import { accessSync, constants, mkdirSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { ClusterError } from './errors';
import { clustersRoot } from './layout';

const NEEDED_BYTES = 1024 ** 3;

function isOnPath(name: string): boolean {
  return (process.env.PATH ?? '').split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The programs of the machine itself that a cluster calls; everything else is built from pins. */
function requireCommands(controlPlaneOnly: boolean): void {
  const wanted = ['ip', 'nsenter', ...(controlPlaneOnly ? [] : ['iptables', 'ipset', 'busybox'])];
  const missing = wanted.filter((name) => !isOnPath(name));
  if (missing.length === 0) return;
  throw new ClusterError('TOOL_MISSING', {
    where: 'PATH',
    found: `no ${missing.join(', no ')}`,
    expected: wanted.join(', '),
    remedy: 'run `npx drydock cluster setup`, which installs what is missing from Debian',
  });
}

/** Clusters belong to root: another user can neither make nor see them. */
export function requireRoot(where: string, expected: string): void {
  if (process.getuid?.() === 0) return;
  throw new ClusterError('NOT_ROOT', {
    where,
    found: `user ${process.getuid?.()}`,
    expected,
    remedy: 'run it with sudo, or name a cluster of yours in DRYDOCK_TEST_KUBECONFIG',
  });
}

/** Refuses early, in words, where a cluster cannot run. */
export function checkMachine(controlPlaneOnly: boolean): void {
  if (process.platform !== 'linux') {
    throw new ClusterError('NOT_LINUX', {
      where: 'startCluster',
      found: process.platform,
      expected: 'Linux: the nodes share its kernel',
      remedy: 'run in a Linux virtual machine, or name a cluster of yours in DRYDOCK_TEST_KUBECONFIG',
    });
  }
  requireRoot('startCluster', 'root: the cluster makes namespaces, mounts and cgroups');
  requireCommands(controlPlaneOnly);
  const root = clustersRoot();
  mkdirSync(root, { recursive: true });
  const { bavail, bsize } = statfsSync(root);
  const free = Number(bavail) * Number(bsize);
  if (free < NEEDED_BYTES) {
    throw new ClusterError('DISK_FULL', {
      where: root,
      found: `${Math.round(free / 1024 ** 2)} MiB free`,
      expected: `${NEEDED_BYTES / 1024 ** 2} MiB for images and containers`,
      remedy: 'free some space on that disk',
    });
  }
}
