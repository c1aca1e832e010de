import type { Templated } from '../../core/template';
import type { InNamespace } from './access';

/** Addresses that are not the internet: private networks, the node, cloud metadata, and what leads back to them. */
const NOT_INTERNET_4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
const NOT_INTERNET_6 = [
  '::/96',
  '::ffff:0:0/96',
  '64:ff9b::/96',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
];

/** Nothing in, nothing out, whatever labels a pod has. (The node itself always reaches its pods.) */
export function denyAll(name: Templated<string>, place: InNamespace) {
  return policy(name, place, { policyTypes: ['Ingress', 'Egress'] });
}

/** Lets sandboxes resolve names. A name can carry data out, so this is a hole of its own. */
export function allowDns(name: Templated<string>, place: InNamespace) {
  const ports = ['UDP', 'TCP'].map((protocol) => ({ port: 53, protocol }));
  const to = [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    },
  ];
  return policy(name, place, { policyTypes: ['Egress'], egress: [{ to, ports }] });
}

/** Lets sandboxes reach the internet, and neither the cluster nor private networks. */
export function allowInternet(name: Templated<string>, place: InNamespace) {
  const to = [
    { ipBlock: { cidr: '0.0.0.0/0', except: NOT_INTERNET_4 } },
    { ipBlock: { cidr: '::/0', except: NOT_INTERNET_6 } },
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
