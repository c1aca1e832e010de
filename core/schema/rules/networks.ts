import type {
  HTTPIngressPath,
  IngressBackend,
  IngressServiceBackend,
  IngressSpec,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  ServiceSpec,
} from '../../../imports/k8s';
import { describe } from '../fault';
import { ingressPath } from './fields';
import { exactlyOne, unique } from './pods';
import { exceptIsInside } from './ranges';
import { type ObjectRule, rule } from './rule';

const servicePorts = rule<ServiceSpec>(({ ports, type, clusterIP }, walk) => {
  const list = ports ?? [];
  if (list.length === 0 && type !== 'ExternalName' && clusterIP !== 'None')
    walk.fault(['ports'], { found: 'no port', expected: 'a port at least', remedy: 'Add a port.' });
  unique(
    list,
    ({ name }) => name || undefined,
    (index) => ['ports', index, 'name'],
    walk,
  );
  unique(
    list,
    ({ port, protocol }) => `${port}/${protocol || 'TCP'}`,
    (index) => ['ports', index, 'port'],
    walk,
  );
  if (list.length > 1)
    for (const [index, { name }] of list.entries())
      if (!name)
        walk.fault(['ports', index, 'name'], {
          found: 'nothing',
          expected: 'a name, where there are several ports',
        });
});

const serviceName = rule<ServiceSpec>(({ type, externalName }, walk) => {
  if (type === 'ExternalName' && !externalName)
    walk.fault(['externalName'], { found: 'nothing', expected: 'the DNS name that the Service points to' });
});

const PATH_TYPES_CHECKED = new Set(['Exact', 'Prefix']);
const ODD_PATH = /\/\/|\/\.\.?(\/|$)|%2f/i;

const pathFitsType = rule<HTTPIngressPath>(({ path, pathType }, walk) => {
  if (PATH_TYPES_CHECKED.has(pathType)) {
    if (!ingressPath.matches(path ?? ''))
      walk.fault(['path'], { found: describe(path), expected: ingressPath.expected });
    else if (ODD_PATH.test(path ?? ''))
      walk.fault(['path'], {
        found: describe(path),
        expected: 'a path without "//", "/./", "/../" and "%2f"',
      });
  } else if (path && !ingressPath.matches(path))
    walk.fault(['path'], { found: describe(path), expected: ingressPath.expected });
});

const backendIsOne = rule<IngressBackend>((backend, walk) =>
  exactlyOne(backend, ['service', 'resource'], walk),
);

const backendPortIsOne = rule<IngressServiceBackend>(({ port }, walk) => {
  const isNumber = !!port?.number;
  const isName = !!port?.name;
  if (isNumber === isName)
    walk.fault(['port'], {
      found: isName ? 'name and number' : 'none of them',
      expected: 'a name or a number',
    });
});

const ingressLeadsSomewhere = rule<IngressSpec>(({ rules, defaultBackend }, walk) => {
  if (!rules?.length && !defaultBackend)
    walk.fault([], { found: 'neither rules nor defaultBackend', expected: 'one of them' });
});

const peerIsOne = rule<NetworkPolicyPeer>(({ podSelector, namespaceSelector, ipBlock }, walk) => {
  const hasSelector = !!podSelector || !!namespaceSelector;
  if (hasSelector && ipBlock)
    walk.fault(['ipBlock'], {
      found: 'a selector beside it',
      expected: 'one of them',
      remedy: 'Write two peers.',
    });
  if (!hasSelector && !ipBlock)
    walk.fault([], { found: 'an empty peer', expected: 'podSelector, namespaceSelector or ipBlock' });
});

const rangeOfPorts = rule<NetworkPolicyPort>(({ port, endPort }, walk) => {
  if (!endPort) return;
  if (typeof port !== 'number')
    walk.fault(['endPort'], { found: String(endPort), expected: 'nothing, where port is not a number' });
  else if (endPort < port) walk.fault(['endPort'], { found: String(endPort), expected: `${port} or more` });
});

/** What the API server asks of Services, Ingresses and NetworkPolicies. */
export const networkRules: Readonly<Record<string, readonly ObjectRule[]>> = {
  ServiceSpec: [servicePorts, serviceName],
  HTTPIngressPath: [pathFitsType],
  IngressBackend: [backendIsOne],
  IngressServiceBackend: [backendPortIsOne],
  IngressSpec: [ingressLeadsSomewhere],
  IPBlock: [exceptIsInside],
  NetworkPolicyPeer: [peerIsOne],
  NetworkPolicyPort: [rangeOfPorts],
};
