import {
  expectRefusal,
  ingressOf,
  ingressPath,
  networkPolicy,
  type Refusal,
  service,
} from '../testing-only/objects';

// What is asked of the fields of Services, Ingresses and policies beside each other. That the API server refuses and takes
// the same is asked in test/schema.

const PATH = 'spec.rules[0].http.paths[0]';
const http = { name: 'http', port: 80 };
const web = { service: { name: 'web', port: { number: 80 } } };

test.each<Refusal>([
  [
    'a Service without ports',
    service({ ports: [] }),
    service({ clusterIP: 'None' }),
    { field: 'spec.ports', found: 'no port', expected: 'a port at least' },
  ],
  [
    'a Service that points nowhere',
    service({ type: 'ExternalName' }),
    service({ type: 'ExternalName', externalName: 'a.example' }),
    { field: 'spec.externalName', found: 'nothing', expected: 'the DNS name that the Service points to' },
  ],
  [
    'two ports of one name',
    service({ ports: [http, { ...http, port: 81 }] }),
    service({ ports: [http, { name: 'more', port: 81 }] }),
    { field: 'spec.ports[1].name', found: '"http" a second time' },
  ],
  [
    'one port twice',
    service({
      ports: [
        { ...http, protocol: 'TCP' },
        { name: 'again', port: 80 },
      ],
    }),
    service({ ports: [http, { name: 'again', port: 80, protocol: 'UDP' }] }),
    { field: 'spec.ports[1].port', found: '"80/TCP" a second time' },
  ],
  [
    'several ports, one of them without a name',
    service({ ports: [http, { port: 81 }] }),
    service({ ports: [{ port: 81 }] }),
    { field: 'spec.ports[1].name', found: 'nothing', expected: 'a name, where there are several ports' },
  ],
  ['no path', ingressPath({}), ingressPath({ path: '/' }), { field: `${PATH}.path`, found: 'nothing' }],
  [
    'a path with two slashes',
    ingressPath({ path: '/a//b' }),
    ingressPath({ path: '/a//b', pathType: 'ImplementationSpecific' }),
    { field: `${PATH}.path`, found: '"/a//b"', expected: 'a path without "//", "/./", "/../" and "%2f"' },
  ],
  [
    'a path to where it is',
    ingressPath({ path: '/a/.' }),
    ingressPath({ path: '/a/.b' }),
    { found: '"/a/."' },
  ],
  ['a path upwards', ingressPath({ path: '/../b' }), ingressPath({ path: '/..b/c' }), { found: '"/../b"' }],
  ['a path with a slash in code', ingressPath({ path: '/a%2Fb' }), ingressPath({ path: '/a%20b' }), {}],
  [
    'an exact path without a slash',
    ingressPath({ path: 'a', pathType: 'Exact' }),
    ingressPath({ path: '/a', pathType: 'Exact' }),
    { field: `${PATH}.path`, found: '"a"' },
  ],
  [
    'a path of its own kind without a slash',
    ingressPath({ path: 'a', pathType: 'ImplementationSpecific' }),
    ingressPath({ pathType: 'ImplementationSpecific' }),
    { field: `${PATH}.path`, found: '"a"' },
  ],
  [
    'a path to two things',
    ingressPath({ path: '/' }, { ...web, resource: { kind: 'Bucket', name: 'a' } }),
    ingressPath({ path: '/' }, { resource: { kind: 'Bucket', name: 'a' } }),
    { field: `${PATH}.backend`, found: 'service and resource' },
  ],
  [
    'a path to nothing',
    ingressPath({ path: '/' }, {}),
    ingressPath({ path: '/' }),
    { field: `${PATH}.backend` },
  ],
  [
    'a path to a port by name and number',
    ingressPath({ path: '/' }, { service: { name: 'web', port: { name: 'http', number: 80 } } }),
    ingressPath({ path: '/' }, { service: { name: 'web', port: { name: 'http', number: 0 } } }),
    { field: `${PATH}.backend.service.port`, found: 'name and number', expected: 'a name or a number' },
  ],
  [
    'a path to no port',
    ingressPath({ path: '/' }, { service: { name: 'web' } }),
    ingressPath({ path: '/' }),
    { field: `${PATH}.backend.service.port`, found: 'none of them' },
  ],
  [
    'an Ingress that leads nowhere',
    ingressOf({ rules: [] }),
    ingressOf({ defaultBackend: web }),
    { field: 'spec', found: 'neither rules nor defaultBackend', expected: 'one of them' },
  ],
  [
    'a peer by its pods and its address',
    networkPolicy({ to: [{ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }] }),
    networkPolicy({ to: [{ podSelector: {} }, { ipBlock: { cidr: '10.0.0.0/8' } }] }),
    { field: 'spec.egress[0].to[0].ipBlock', found: 'a selector beside it', remedy: 'Write two peers.' },
  ],
  [
    'a peer by its namespace and its address',
    networkPolicy({ to: [{ namespaceSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }] }),
    networkPolicy({ to: [{ namespaceSelector: {}, podSelector: {} }] }),
    { field: 'spec.egress[0].to[0].ipBlock' },
  ],
  [
    'an empty peer',
    networkPolicy({ to: [{}] }),
    networkPolicy({ to: [] }),
    { field: 'spec.egress[0].to[0]', found: 'an empty peer' },
  ],
  [
    'ports from a name on',
    networkPolicy({ ports: [{ port: 'http', endPort: 90 }] }),
    networkPolicy({ ports: [{ port: 'http' }] }),
    {
      field: 'spec.egress[0].ports[0].endPort',
      found: '90',
      expected: 'nothing, where port is not a number',
    },
  ],
  [
    'ports the wrong way around',
    networkPolicy({ ports: [{ port: 80, endPort: 79 }] }),
    networkPolicy({ ports: [{ port: 80, endPort: 80 }] }),
    { field: 'spec.egress[0].ports[0].endPort', found: '79', expected: '80 or more' },
  ],
  [
    'a part of an address of the other family',
    networkPolicy({ to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['fd00::/16'] } }] }),
    networkPolicy({ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['::ffff:10.0.0.0/104'] } }] }),
    { field: 'spec.egress[0].to[0].ipBlock.except[0]', found: 'fd00::/16', expected: 'a part of 10.0.0.0/8' },
  ],
  [
    'more than the whole',
    networkPolicy({ to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/7'] } }] }),
    networkPolicy({ to: [{ ipBlock: { cidr: '::ffff:10.0.0.0/104', except: ['10.0.0.0/7'] } }] }),
    { field: 'spec.egress[0].to[0].ipBlock.except[0]', found: '10.0.0.0/7' },
  ],
])('%s is refused, its right form is not', (...refusal) => expectRefusal(refusal));
