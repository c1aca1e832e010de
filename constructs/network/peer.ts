import type { Templated } from '../../core/template';
import type { NetworkPolicyPeer, NetworkPolicyPort } from '../../imports/k8s';
import type { Condition } from '../condition';

/** Somebody that a service talks with and that is not a service of this library. */
export interface Peer {
  /** Who; an empty list means everybody. */
  readonly who: readonly Templated<NetworkPolicyPeer>[];
  /**
   * On which ports: of the peer where the service calls it, of the service where the peer calls.
   * @default - all ports of the peer; the service's own port where it is called
   */
  readonly ports?: readonly Templated<NetworkPolicyPort>[];
  /**
   * Whether the way is open at all.
   * @default true
   */
  readonly enabled?: Condition;
}

type Labels = Readonly<Record<string, string>>;

/** Options of peers that are pods. */
export interface PodPeerOptions extends PortOptions {
  /**
   * The namespace they are in.
   * @default - the namespace of the service
   */
  readonly namespace?: Templated<string>;
}

export interface PortOptions {
  /**
   * The one port.
   * @default - see `Peer.ports`
   */
  readonly port?: Templated<number>;
  /** @default 'TCP' */
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP';
  /**
   * Whether the way is open at all.
   * @default true
   */
  readonly enabled?: Condition;
}

export interface CidrOptions extends PortOptions {
  /**
   * Parts of the range that are left out.
   * @default - none
   */
  readonly except?: readonly string[];
}

/** Ways to name a peer. */
export const Peer = {
  /** Pods with these labels. */
  pods(labels: Templated<Labels>, options: PodPeerOptions = {}): Peer {
    const { namespace } = options;
    const inNamespace = namespace === undefined ? {} : { namespaceSelector: named(namespace) };
    return peer({ ...inNamespace, podSelector: { matchLabels: labels } }, options);
  },
  /** Every pod of a namespace. */
  namespace(name: Templated<string>, options: PortOptions = {}): Peer {
    return peer({ namespaceSelector: named(name) }, options);
  },
  /** A range of addresses, inside or outside of the cluster. */
  cidr(cidr: Templated<string>, options: CidrOptions = {}): Peer {
    return peer({ ipBlock: { cidr, except: options.except } }, options);
  },
  /** Everybody, everywhere. */
  anybody(options: PortOptions = {}): Peer {
    return {
      ...peer({ ipBlock: { cidr: '0.0.0.0/0' } }, options),
      who: [{ ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '::/0' } }],
    };
  },
} as const;

/** The label that every namespace has. */
function named(namespace: Templated<string>) {
  return { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
}

function peer(who: Templated<NetworkPolicyPeer>, { port, protocol, enabled }: PortOptions): Peer {
  return {
    who: [who],
    ports: port === undefined ? undefined : [{ port, protocol: protocol ?? 'TCP' }],
    enabled,
  };
}

/** The cluster's DNS, under the labels that every installer gives it. */
export const DNS: Peer = {
  who: [
    {
      namespaceSelector: named('kube-system'),
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    },
  ],
  ports: [
    { port: 53, protocol: 'UDP' },
    { port: 53, protocol: 'TCP' },
  ],
};

/** Where the API server is; its address is seldom known, so by default only its ports narrow this. */
export interface ApiServerAddress {
  /** @default '0.0.0.0/0' */
  readonly cidr?: Templated<string>;
  /** @default - 443 and 6443 */
  readonly port?: Templated<number>;
}

export function apiServerPeer(address: ApiServerAddress | true): Peer {
  const { cidr = '0.0.0.0/0', port } = address === true ? {} : address;
  const numbers = port === undefined ? [443, 6443] : [port];
  return { who: [{ ipBlock: { cidr } }], ports: numbers.map((one) => ({ port: one, protocol: 'TCP' })) };
}
