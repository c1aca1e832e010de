import { spawnSync } from 'node:child_process';
import { ClusterError } from './errors';
import { addresses, type Layout } from './layout';

/**
 * Who signs what. etcd and the registry have authorities of their own: a certificate that the API server takes, such as
 * a kubelet's, opens neither of them. So has the one by which the API server asks others in the name of its callers: who
 * has it may be anybody there.
 */
type Authority = 'ca' | 'etcd-ca' | 'registry-ca' | 'front-proxy-ca';

/** Whom servers of aggregated APIs believe what it says of its callers. */
export const FRONT_PROXY = 'front-proxy-client';

interface Certificate {
  readonly name: string;
  /** @default 'ca', whose certificates the API server and the kubelets take */
  readonly authority?: Authority;
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
    { name: 'etcd', authority: 'etcd-ca', commonName: 'etcd', addresses: ['127.0.0.1'] },
    { name: 'apiserver-to-etcd', authority: 'etcd-ca', commonName: 'kube-apiserver-etcd' },
    { name: 'front-proxy', authority: 'front-proxy-ca', commonName: FRONT_PROXY },
    {
      name: 'registry',
      authority: 'registry-ca',
      commonName: 'registry',
      addresses: [layout.nodes[0]!.address],
    },
    { name: 'registry-client', authority: 'registry-ca', commonName: 'registry-client' },
    ...layout.nodes.map((node) => ({
      name: `kubelet-${node.name}`,
      commonName: `system:node:${node.name}`,
      organizations: ['system:nodes'],
      dnsNames: [node.name],
      addresses: [node.address],
    })),
  ];
}

/** Writes fresh authorities and every certificate of the cluster, in one short process. */
export function writePki(layout: Layout, berth: string): void {
  const wanted = certificates(layout).map((one) => ({ authority: 'ca', ...one }));
  const request = JSON.stringify({ directory: layout.pki, certificates: wanted });
  const run = spawnSync(berth, ['pki'], { input: request, encoding: 'utf8' });
  if (run.status === 0) return;
  throw new ClusterError('START_FAILED', {
    where: layout.pki,
    found: run.stderr || String(run.error),
    expected: 'the certificates of the cluster written',
    remedy: 'check that the disk is writable and has space',
  });
}
