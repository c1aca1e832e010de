import type { Templated } from '../../core/template';
import type { NetworkPolicyPeer, NetworkPolicyPort } from '../../imports/k8s';
import { all, any, type Condition, isFilled, mapList } from '../condition';
import { named, type Peer } from './peer';

type Labels = Readonly<Record<string, string>>;

/** Who answers for names in the cluster: its pods, and caches on the nodes. It is whom every pod may ask. */
export interface ClusterDns {
  /**
   * Whether pods may ask for names at all. A name can carry data out of a pod.
   * @default true
   */
  readonly enabled?: Condition;
  /**
   * The namespace of the pods that answer.
   * @default 'kube-system'
   */
  readonly namespace?: Templated<string>;
  /**
   * The labels of those pods, a map for each kind of them.
   * @default [{ 'k8s-app': 'kube-dns' }, { 'k8s-app': 'node-local-dns' }]
   */
  readonly labels?: Templated<readonly Labels[]>;
  /**
   * The ports on which they answer, for UDP and for TCP: those of the pods, not those of the Service.
   * @default [53]
   */
  readonly ports?: Templated<readonly number[]>;
  /**
   * Addresses at which a node itself answers, as ranges: of NodeLocal DNSCache, and of Cloud DNS on GKE. A policy that
   * names only pods closes the way to them.
   * @default ['169.254.20.10/32', '169.254.169.254/32']
   */
  readonly nodeRanges?: Templated<readonly string[]>;
}

export const DNS_DEFAULTS = {
  enabled: true,
  namespace: 'kube-system',
  labels: [{ 'k8s-app': 'kube-dns' }, { 'k8s-app': 'node-local-dns' }],
  ports: [53],
  nodeRanges: ['169.254.20.10/32', '169.254.169.254/32'],
} as const satisfies ClusterDns;

/** All pods and addresses that answer for names, as one peer; empty where DNS is switched off. */
export function dnsPeer(dns: ClusterDns | false = {}): Peer {
  const given = dns === false ? { enabled: false } : dns;
  const { enabled, namespace, labels, ports, nodeRanges } = { ...DNS_DEFAULTS, ...withoutGaps(given) };
  const pods = mapList<Labels, Templated<NetworkPolicyPeer>>(labels, (one) => ({
    namespaceSelector: named(namespace),
    podSelector: { matchLabels: one },
  }));
  const nodes = mapList<string, Templated<NetworkPolicyPeer>>(nodeRanges, (cidr) => ({
    ipBlock: { cidr },
  }));
  const over = (protocol: string) =>
    mapList<number, Templated<NetworkPolicyPort>>(ports, (port) => ({ port, protocol }));
  return {
    who: [...pods, ...nodes],
    ports: [...over('UDP'), ...over('TCP')],
    // Without anybody named, a rule would be for everybody; without a port, for every port.
    enabled: all(enabled, isFilled(ports), any(isFilled(labels), isFilled(nodeRanges))),
  };
}

/** A prop that is there and undefined has its default, as one that is not there. */
function withoutGaps(dns: ClusterDns): ClusterDns {
  return Object.fromEntries(Object.entries(dns).filter(([, given]) => given !== undefined));
}
