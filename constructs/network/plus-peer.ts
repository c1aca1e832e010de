import type { NetworkPolicyPeer } from '../../imports/k8s';
import { named, type Peer } from './peer';

/** Labels as cdk8s-plus keeps them. */
interface PlusLabels {
  _toKube(): object;
}

/**
 * As much of what cdk8s-plus takes for a peer of its own policies as is needed here: its workloads, pods, selectors and ranges
 * of addresses.
 */
export interface PlusPeer {
  toNetworkPolicyPeerConfig(): {
    readonly podSelector?: {
      readonly labelSelector?: PlusLabels;
      readonly namespaces?: { readonly labelSelector?: PlusLabels; readonly names?: readonly string[] };
    };
    readonly ipBlock?: { _toKube(): object };
  };
}

export function isPlusPeer(one: unknown): one is PlusPeer {
  return typeof (one as Partial<PlusPeer> | null | undefined)?.toNetworkPolicyPeerConfig === 'function';
}

/** The same as a Peer; only our end of the way is opened, for theirs has policies of its own. */
export function fromPlus<Other>(one: Other | PlusPeer): Other | Peer {
  return isPlusPeer(one) ? { who: whoIs(one) } : one;
}

function whoIs(peer: PlusPeer): readonly NetworkPolicyPeer[] {
  const { podSelector, ipBlock } = peer.toNetworkPolicyPeerConfig();
  const range = ipBlock ? [{ ipBlock: ipBlock._toKube() as NetworkPolicyPeer['ipBlock'] }] : [];
  if (!podSelector) return range;
  const { labelSelector, namespaces } = podSelector;
  const pods = { podSelector: labelSelector?._toKube() };
  if (!namespaces) return [pods, ...range];
  const all = namespaces.names?.map(named) ?? [namespaces.labelSelector?._toKube() ?? {}];
  return [...all.map((namespaceSelector) => ({ namespaceSelector, ...pods })), ...range];
}
