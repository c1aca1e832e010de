import { deployment, expectRefusal, type Part, type Refusal } from '../testing-only/objects';

// What is asked of a pod as a whole: how it finds names, and what it may use beside what its containers say.

const POD = 'spec.template.spec';
const dns = (dnsConfig: Part, more: Part = {}) => deployment({}, { dnsConfig, ...more });
const times = (count: number, text: string) => Array.from({ length: count }, (_, index) => `${text}${index}`);
const uses = (resources: Part) => ({ resources });
const asks = (requests: Part, more: Part = {}) => uses({ requests, ...more });
const pod = (resources: Part, container: Part = {}, more: Part = {}) =>
  deployment(container, { resources, ...more });
const first = (cpu: string, more: Part = {}) => ({
  name: 'first',
  image: 'x:1',
  ...asks({ cpu }),
  ...more,
});

test.each<Refusal>([
  [
    'a name server by its name',
    dns({ nameservers: ['dns.example.com'] }),
    dns({ nameservers: ['10.0.0.10', 'fd00::10'] }),
    { field: `${POD}.dnsConfig.nameservers[0]`, expected: 'an IPv4 or IPv6 address' },
  ],
  [
    'four name servers',
    dns({ nameservers: times(4, '10.0.0.1') }),
    dns({ nameservers: times(3, '10.0.0.1') }),
    { field: `${POD}.dnsConfig.nameservers`, found: '4 of them', expected: '3 at most' },
  ],
  [
    'a domain in capitals',
    dns({ searches: ['Example.com'] }),
    dns({ searches: ['_srv.example.com', 'a_b.example.', '.'] }),
    { field: `${POD}.dnsConfig.searches[0]` },
  ],
  [
    '33 domains',
    dns({ searches: times(33, 'a') }),
    dns({ searches: times(32, 'a') }),
    { field: `${POD}.dnsConfig.searches`, found: '33 of them' },
  ],
  [
    'domains that are too long together',
    dns({ searches: times(9, `${'a'.repeat(240)}.b`) }),
    dns({ searches: times(8, `${'a'.repeat(240)}.b`) }),
    { field: `${POD}.dnsConfig.searches`, found: '2195 characters' },
  ],
  [
    'an option without a name',
    dns({ options: [{ value: '2' }] }),
    dns({ options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }] }),
    { field: `${POD}.dnsConfig.options[0].name`, found: 'nothing' },
  ],
  [
    'a pod that asks nobody for names, without a server of its own',
    dns({ searches: ['a'] }, { dnsPolicy: 'None' }),
    dns({ nameservers: ['10.0.0.10'] }, { dnsPolicy: 'None' }),
    { field: `${POD}.dnsConfig.nameservers`, found: 'nothing' },
  ],
  [
    'disk of a pod as a whole',
    pod({ limits: { 'ephemeral-storage': '1Gi' } }),
    pod({ limits: { memory: '1Gi', cpu: '1', 'hugepages-2Mi': '2Mi' } }),
    { field: `${POD}.resources.limits.ephemeral-storage`, found: '"ephemeral-storage"' },
  ],
  [
    'a pod that is guaranteed less than its containers ask for',
    pod({ requests: { cpu: '1' } }, asks({ cpu: '600m' }), {
      initContainers: [first('600m', { restartPolicy: 'Always' })],
    }),
    pod({ requests: { cpu: '1' } }, asks({ cpu: '600m' }), { initContainers: [first('600m')] }),
    {
      field: `${POD}.resources.requests.cpu`,
      found: '1, less than its containers ask for together',
      expected: 'as much at least',
    },
  ],
  [
    'a container that runs first and asks for more than the pod',
    pod({ requests: { cpu: '1' } }, {}, { initContainers: [first('1001m')] }),
    pod({ requests: { cpu: '1' } }, {}, { initContainers: [first('1')] }),
    { field: `${POD}.resources.requests.cpu` },
  ],
  [
    'a container with a limit above that of the pod',
    pod({ limits: { memory: '1Gi' } }, uses({ limits: { memory: '1025Mi' } })),
    pod({ limits: { memory: '1Gi' } }, uses({ limits: { memory: '1024Mi' } })),
    {
      field: `${POD}.containers[0].resources.limits.memory`,
      found: '1025Mi, more than the 1Gi of the pod',
      expected: 'the limit of the pod at most',
    },
  ],
  [
    'a pod that is guaranteed more than it may use',
    pod({ requests: { memory: '2Gi' }, limits: { memory: '1Gi' } }),
    pod({ requests: { memory: '1Gi' }, limits: { memory: '1Gi' } }),
    { field: `${POD}.resources.requests.memory`, found: '2Gi, more than the limit of 1Gi' },
  ],
])('refuses %s', (...refusal) => expectRefusal(refusal));
