import type { Templated } from '../../core/template';
import type {
  NetworkPolicy,
  NetworkPolicyEgressRule,
  NetworkPolicyIngressRule,
  NetworkPolicyPort,
} from '../../imports/k8s';
import { all, type Condition, entryWhere } from '../condition';
import type { Identity } from '../identity';
import type { Rule } from './peer';

/** What a component lets in and where it may go. */
export interface Topology {
  readonly from: readonly Rule[];
  readonly to: readonly Rule[];
  /** The ports that are open to peers that name none. */
  readonly ports: readonly Templated<NetworkPolicyPort>[];
}

/** Nothing in, nothing out, but what the topology names. */
export function networkPolicy(
  { name, labels, selectorLabels }: Identity,
  { from, to, ports }: Topology,
  annotations?: Templated<Readonly<Record<string, string>> | undefined>,
): Pick<NetworkPolicy, 'apiVersion' | 'kind'> & Templated<Omit<NetworkPolicy, 'apiVersion' | 'kind'>> {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, labels, annotations },
    spec: {
      podSelector: { matchLabels: selectorLabels },
      policyTypes: ['Ingress', 'Egress'],
      ingress: from.map((rule) =>
        entryWhere<NetworkPolicyIngressRule>(isOpen(rule), {
          from: rule.peer.who,
          ports: rule.peer.ports ?? ports,
        }),
      ),
      egress: to.map((rule) =>
        entryWhere<NetworkPolicyEgressRule>(isOpen(rule), { to: rule.peer.who, ports: rule.peer.ports }),
      ),
    },
  };
}

function isOpen({ peer, enabled }: Rule): Condition {
  return all(enabled, peer.enabled ?? true);
}
