import { objectFaults } from '.';

type Part = Readonly<Record<string, unknown>>;

const selector = { matchLabels: { app: 'web' } };

function deployment(container: Part = {}, pod: Part = {}, spec: Part = {}): Part {
  const template = {
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ name: 'app', image: 'web:1', ...container }], ...pod },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { selector, template, ...spec },
  };
}

function ingress(host: string, path = '/'): Part {
  const backend = { service: { name: 'web', port: { number: 80 } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'web' },
    spec: { rules: [{ host, http: { paths: [{ path, pathType: 'Prefix', backend }] } }] },
  };
}

function egress(cidr: string, port: number, except?: readonly string[]): Part {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'web' },
    spec: { podSelector: {}, egress: [{ to: [{ ipBlock: { cidr, except } }], ports: [{ port }] }] },
  };
}

function onNodesWith(key: string): Part {
  const nodeSelectorTerms = [{ matchExpressions: [{ key, operator: 'Exists' }] }];
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
}

function claim(storage: string): Part {
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } };
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'web' }, spec };
}

function config(metadata: Part, rest: Part = {}): Part {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', ...metadata }, ...rest };
}

const fieldsOf = (object: unknown) => objectFaults(object as never).map(({ field }) => field);
const container = 'spec.template.spec.containers[0]';
const probe = { httpGet: { path: '/', port: 8080 } };

test.each<[string, Part, Part, string]>([
  ['a host with a scheme', ingress('http://a.example.com'), ingress('a.example.com'), 'spec.rules[0].host'],
  ['a host in upper case', ingress('A.example.com'), ingress('*.example.com'), 'spec.rules[0].host'],
  ['a host in unicode', ingress('bücher.example'), ingress('xn--bcher-kva.example'), 'spec.rules[0].host'],
  [
    'a path without a slash',
    ingress('a.example', 'x'),
    ingress('a.example', '/x'),
    'spec.rules[0].http.paths[0].path',
  ],
  ['an amount of storage with a blank', claim('10 GB'), claim('10Gi'), 'spec.resources.requests.storage'],
  [
    'a range longer than an address',
    egress('10.0.0.0/99', 1),
    egress('10.0.0.0/8', 1),
    'spec.egress[0].to[0].ipBlock.cidr',
  ],
  [
    'what is left out of another range',
    egress('10.0.0.0/8', 1, ['11.0.0.0/16']),
    egress('10.0.0.0/8', 1, ['10.255.0.0/16']),
    'spec.egress[0].to[0].ipBlock.except[0]',
  ],
  [
    'what is left out, and is all of it',
    egress('fd00::/8', 1, ['fd00::/8']),
    egress('fd00::/8', 1, ['fd00::/9']),
    'spec.egress[0].to[0].ipBlock.except[0]',
  ],
  [
    'IPv4 in the notation of IPv6, left out of IPv6',
    egress('::/0', 1, ['::/96', '::ffff:0:0/96']),
    egress('::/0', 1, ['::/96', '::ffff:0:0:0/96']),
    'spec.egress[0].to[0].ipBlock.except[1]',
  ],
  [
    'a port beyond the last',
    egress('10.0.0.0/8', 99_999),
    egress('fd00::/8', 65_535),
    'spec.egress[0].ports[0].port',
  ],
  [
    'a port name of 16 characters',
    deployment({ ports: [{ name: 'sixteen-letters1', containerPort: 1 }] }),
    deployment({ ports: [{ name: 'fifteen-letters', containerPort: 1 }] }),
    `${container}.ports[0].name`,
  ],
  [
    'a mount without its volume',
    deployment({ volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }] }),
    deployment(
      { volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }] },
      { volumes: [{ name: 'tmp', emptyDir: {} }] },
    ),
    `${container}.volumeMounts[0].name`,
  ],
  [
    'a container with the name of another',
    deployment({}, { initContainers: [{ name: 'app', image: 'x:1' }] }),
    deployment({}, { initContainers: [{ name: 'sidecar', image: 'x:1' }] }),
    `${container}.name`,
  ],
  [
    'a label of 80 characters',
    config({ labels: { a: 'x'.repeat(80) } }),
    config({ labels: { a: 'x' } }),
    'metadata.labels.a',
  ],
  [
    'a node selector that is no label',
    deployment({}, { nodeSelector: { 'a b': 'c' } }),
    deployment({}, { nodeSelector: { 'a.b/c': 'c' } }),
    'spec.template.spec.nodeSelector["a b"]',
  ],
  [
    'variables from nowhere',
    deployment({ envFrom: [{ prefix: 'A_' }] }),
    deployment({ envFrom: [{ prefix: 'A_', secretRef: { name: 'a' } }] }),
    `${container}.envFrom[0]`,
  ],
  [
    'a rule for nodes whose key is no label',
    deployment({}, { affinity: onNodesWith('a'.repeat(64)) }),
    deployment({}, { affinity: onNodesWith('a'.repeat(63)) }),
    'spec.template.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].key',
  ],
  [
    'a negative period',
    deployment({ livenessProbe: { ...probe, periodSeconds: -5 } }),
    deployment({ livenessProbe: { ...probe, periodSeconds: 5 } }),
    `${container}.livenessProbe.periodSeconds`,
  ],
  [
    'a field that a probe does not have',
    deployment({ livenessProbe: { ...probe, enable: true } }),
    deployment({ livenessProbe: probe }),
    `${container}.livenessProbe.enable`,
  ],
  [
    'a misspelt field of a pod',
    deployment({}, { hostAlises: [] }),
    deployment({}, { hostAliases: [] }),
    'spec.template.spec.hostAlises',
  ],
  [
    'a number as a word',
    deployment({}, {}, { replicas: 'three' }),
    deployment({}, {}, { replicas: 3 }),
    'spec.replicas',
  ],
  ['a number where text belongs', config({}, { data: { a: 5 } }), config({}, { data: { a: '5' } }), 'data.a'],
  [
    'an unknown policy',
    deployment({ imagePullPolicy: 'Sometimes' }),
    deployment({ imagePullPolicy: 'Never' }),
    `${container}.imagePullPolicy`,
  ],
  [
    'a selector that the template does not meet',
    deployment({}, {}, { selector: { matchLabels: { app: 'other' } } }),
    deployment(),
    'spec.selector.matchLabels.app',
  ],
])('%s is refused, its right form is not', (_, wrong, right, field) => {
  expect(fieldsOf(wrong)).toEqual([field]);
  expect(fieldsOf(right)).toEqual([]);
});

test('a fault says what was found, what belongs there and what to do', () => {
  expect(objectFaults(deployment({}, { hostAlises: [] }) as never)).toEqual([
    {
      field: 'spec.template.spec.hostAlises',
      found: 'a field that Kubernetes does not know',
      expected: 'a field of PodSpec, such as hostAliases',
      remedy: 'Write hostAliases, or remove the field.',
    },
  ]);
});

test.each([
  ['plain text', 'text', ''],
  ['nothing', null, ''],
  ['a list', [], ''],
  ['an object without a kind', { apiVersion: 'v1' }, 'kind'],
  ['a kind without an apiVersion', { kind: 'Pod' }, 'apiVersion'],
  ['a kind that is a number', { apiVersion: 'v1', kind: 5 }, 'kind'],
  ['a kind that the group does not have', { apiVersion: 'apps/v1', kind: 'Deploymnt' }, 'kind'],
  ['a version that is long gone', { apiVersion: 'extensions/v1beta1', kind: 'Ingress' }, 'kind'],
  ['an object without a name', { apiVersion: 'v1', kind: 'ConfigMap' }, 'metadata.name'],
  ['a spec that is a number', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: 5 }, 'spec'],
])('%s is no object that a server takes', (_, object, field) => {
  expect(fieldsOf(object)).toEqual([field]);
});

test('a custom resource passes, whatever is in it', () => {
  expect(fieldsOf({ apiVersion: 'example.com/v1', kind: 'Thing', spec: { anything: [null] } })).toEqual([]);
});

test('null is read as a field that is not there', () => {
  expect(fieldsOf(deployment({ env: null, resources: null }, { securityContext: null }))).toEqual([]);
  expect(fieldsOf(deployment({ name: null }))).toEqual([`${container}.name`]);
  expect(fieldsOf(deployment({}, { containers: [null] }))).toEqual(['spec.template.spec.containers[0]']);
});

test('what may be secret is not quoted', () => {
  const secret = (data: Part) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, data });
  const told = JSON.stringify([
    objectFaults(secret({ password: 'hunter2!' }) as never),
    objectFaults(secret({ password: 31_337 }) as never),
    objectFaults(deployment({ env: [{ name: 'PIN', value: 31_337 }] }) as never),
    objectFaults(config({}, { data: { pin: 31_337 } }) as never),
  ]);
  expect(told).not.toMatch(/hunter2|31337/);
  expect(told.match(/"found"/g)).toHaveLength(4);
});

test('a status is held against the schema, but nothing in it is required', () => {
  const budget = (status: Part) => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'a' },
    spec: { selector },
    status,
  });
  expect(fieldsOf(budget({ currentHealthy: 1 }))).toEqual([]);
  expect(fieldsOf(budget({ curentHealthy: 1 }))).toEqual(['status.curentHealthy']);
});

test('a mount of a StatefulSet may be of a claim template, and of nothing else that is no volume', () => {
  const stateful = (mount: string) => {
    const { spec, ...rest } = deployment({ volumeMounts: [{ name: mount, mountPath: '/data' }] });
    const templates = [{ metadata: { name: 'data' }, spec: (claim('1Gi') as { spec: Part }).spec }];
    return { ...rest, kind: 'StatefulSet', spec: { ...(spec as Part), volumeClaimTemplates: templates } };
  };
  expect(objectFaults(stateful('data') as never)).toEqual([]);
  expect(objectFaults(stateful('date') as never)).toEqual([
    expect.objectContaining({ found: '"date", which is no volume of the pod', expected: 'one of data' }),
  ]);
});

describe('a Rollout of Argo', () => {
  const rollout = (spec: unknown, metadata: unknown = { name: 'web' }) =>
    objectFaults({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata, spec } as never);
  const pods = (containers: unknown) => ({ template: { spec: { containers } } });

  test('has pods as Kubernetes has them, and the rest is its own', () => {
    const strategy = { canary: { steps: [{ pause: {} }] } };
    expect(rollout({ ...pods([{ name: 'a', image: 'a:1' }]), strategy })).toEqual([]);
    expect(rollout({ workloadRef: { kind: 'Deployment', name: 'web' }, strategy })).toEqual([]);
    expect(rollout(undefined)).toEqual([]);
  });

  test.each([
    ['spec.template.spec.containers[0].imagee', pods([{ name: 'a', image: 'a:1', imagee: 'a:1' }])],
    ['spec.template.spec.containers', pods('a:1')],
    ['spec.selector.matchLabels.app', { selector: { matchLabels: { app: 1 } } }],
  ])('with a wrong %s is refused', (field, spec) => {
    expect(rollout(spec).map((fault) => fault.field)).toEqual([field]);
  });
});
