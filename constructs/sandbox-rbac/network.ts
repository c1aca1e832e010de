import type { Templated } from '../../core/template';
import { notInternet } from '../../sandbox/spec/special-ranges';
import type { Peer } from '../network/peer';
import type { InNamespace } from './access';

/** Nothing in, nothing out, whatever labels a pod has. (The node itself always reaches its pods.) */
export function denyAll(name: Templated<string>, place: InNamespace) {
  return policy(name, place, { policyTypes: ['Ingress', 'Egress'] });
}

/** Lets sandboxes resolve names. A name can carry data out, so this is a hole of its own. */
export function allowDns(name: Templated<string>, { who, ports }: Peer, place: InNamespace) {
  return policy(name, place, { policyTypes: ['Egress'], egress: [{ to: who, ports }] });
}

/** Lets sandboxes reach the internet, and neither the cluster nor private networks. */
export function allowInternet(name: Templated<string>, place: InNamespace) {
  const to = [
    { ipBlock: { cidr: '0.0.0.0/0', except: notInternet(4) } },
    { ipBlock: { cidr: '::/0', except: notInternet(6) } },
  ];
  return policy(name, place, { policyTypes: ['Egress'], egress: [{ to }] });
}

function policy<S extends object>(name: Templated<string>, place: InNamespace, spec: S) {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, ...place },
    spec: { podSelector: {}, ...spec },
  } as const;
}
