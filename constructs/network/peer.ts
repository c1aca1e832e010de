import type { IConstruct } from 'constructs';
import { Expression, type Templated } from '../../core/template';
import type { NetworkPolicyPeer, NetworkPolicyPort } from '../../imports/k8s';
import { all, type Condition, isFilled, mapList } from '../condition';

/** Somebody that a service talks with and that is not a service of this library. */
export interface Peer {
  /** Who; an empty list means everybody. */
  readonly who: Templated<readonly NetworkPolicyPeer[]>;
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

/** One thing that a network policy lets through. */
export interface Rule {
  readonly peer: Peer;
  /** Whether it does at all. */
  readonly enabled: Condition;
}

type Labels = Readonly<Record<string, string>>;

/** A construct that others may name as whom they call, such as a SecureService: it opens its own end of the way too. */
export interface Reachable extends IConstruct {
  /**
   * Lets the pods of another construct in, where both are there, and says where to find this one.
   *
   * @param caller the construct whose pods call
   * @param labels the labels that tell those pods from all others
   */
  letIn(caller: IConstruct, labels: Templated<Labels>): Rule;
}

/** A construct that can be told whom it calls, such as a SecureService. */
export interface Caller extends IConstruct {
  allowTo(peer: Reachable | Peer): void;
}

export function isReachable(one: unknown): one is Reachable {
  return typeof (one as Partial<Reachable> | null | undefined)?.letIn === 'function';
}

export function isCaller(one: unknown): one is Caller {
  return typeof (one as Partial<Caller> | null | undefined)?.allowTo === 'function';
}

export function isPeer(one: unknown): one is Peer {
  const { who } = (one ?? {}) as { readonly who?: unknown };
  return Array.isArray(who) || who instanceof Expression;
}

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

/**
 * Every address, of IPv4 and of IPv6.
 *
 * @example
 * const outside = EVERYWHERE.map((range) => Peer.cidr(range, { port: 443 }));
 */
export const EVERYWHERE = ['0.0.0.0/0', '::/0'] as const;

/**
 * Ways to name a peer.
 *
 * @example
 * new SecureService(shop, 'web', {
 *   image: 'registry.example.com/shop:1.4.2',
 *   port: 8080,
 *   resources: 'small',
 *   allowFrom: [Peer.namespace('monitoring')],
 *   allowTo: [Peer.cidr('203.0.113.0/24', { port: 5432 })],
 * });
 */
export const Peer = {
  /** Pods with these labels. */
  pods(labels: Templated<Labels>, options: PodPeerOptions = {}): Peer {
    const { namespace } = options;
    const inNamespace = namespace === undefined ? {} : { namespaceSelector: named(namespace) };
    return peer([{ ...inNamespace, podSelector: { matchLabels: labels } }], options);
  },
  /** Every pod of a namespace. */
  namespace(name: Templated<string>, options: PortOptions = {}): Peer {
    return peer([{ namespaceSelector: named(name) }], options);
  },
  /**
   * A range of addresses, inside or outside of the cluster. Cilium takes a range for what is outside of the cluster
   * only: see the guide on network plug-ins.
   */
  cidr(cidr: Templated<string>, options: CidrOptions = {}): Peer {
    return peer([{ ipBlock: { cidr, except: options.except } }], options);
  },
  /** Several ranges, such as one of IPv4 and one of IPv6, or a list of values; an empty list allows nothing. */
  cidrs(cidrs: Templated<readonly string[]>, options: PortOptions = {}): Peer {
    const who = mapList<string, Templated<NetworkPolicyPeer>>(cidrs, (cidr) => ({ ipBlock: { cidr } }));
    return peer([...who], { ...options, enabled: all(options.enabled ?? true, isFilled(cidrs)) });
  },
  /** Everybody, everywhere. */
  anybody(options: PortOptions = {}): Peer {
    return Peer.cidrs(EVERYWHERE, options);
  },
} as const;

/** The label that every namespace has. */
export function named(namespace: Templated<string>) {
  return { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
}

function peer(who: readonly Templated<NetworkPolicyPeer>[], { port, protocol, enabled }: PortOptions): Peer {
  return {
    who,
    ports: port === undefined ? undefined : [{ port, protocol: protocol ?? 'TCP' }],
    enabled,
  };
}
