import { spawnSync } from 'node:child_process';
import { ClusterError } from './errors';
import { addresses, type Layout } from './layout';

interface Certificate {
  readonly name: string;
  readonly commonName: string;
  readonly organizations?: readonly string[];
  readonly dnsNames?: readonly string[];
  readonly addresses?: readonly string[];
}

function certificates(layout: Layout): Certificate[] {
  const service = 'kubernetes.default.svc';
  return [
    {
      name: 'apiserver',
      commonName: 'kube-apiserver',
      dnsNames: ['localhost', 'kubernetes', 'kubernetes.default', service, `${service}.cluster.local`],
      // 127.0.0.1 is what the doorway on the machine's loopback looks like to a client.
      addresses: ['127.0.0.1', layout.nodes[0]!.address, addresses.apiService],
    },
    { name: 'admin', commonName: 'drydock-admin', organizations: ['system:masters'] },
    { name: 'apiserver-to-kubelet', commonName: 'kube-apiserver-kubelet', organizations: ['system:masters'] },
    { name: 'controller-manager', commonName: 'system:kube-controller-manager' },
    { name: 'scheduler', commonName: 'system:kube-scheduler' },
    { name: 'kube-proxy', commonName: 'system:kube-proxy' },
    { name: 'kube-router', commonName: 'drydock:kube-router' },
    ...layout.nodes.map((node) => ({
      name: `kubelet-${node.name}`,
      commonName: `system:node:${node.name}`,
      organizations: ['system:nodes'],
      dnsNames: [node.name],
      addresses: [node.address],
    })),
  ];
}

/** Writes a fresh authority and every certificate of the cluster, in one short process. */
export function writePki(layout: Layout, berth: string): void {
  const request = JSON.stringify({ directory: layout.pki, certificates: certificates(layout) });
  const run = spawnSync(berth, ['pki'], { input: request, encoding: 'utf8' });
  if (run.status === 0) return;
  throw new ClusterError('START_FAILED', {
    where: layout.pki,
    found: run.stderr || String(run.error),
    expected: 'the certificates of the cluster written',
    remedy: 'check that the disk is writable and has space',
  });
}
