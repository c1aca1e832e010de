import { objectFaults } from '..';
import { deployment, expectRefusal, job, object, type Part, type Refusal } from '../testing-only/objects';

// What is asked of names and metadata by the kind, and of single fields. That the API server refuses and takes the same is
// asked in test/schema.

const called = (kind: string, name: string, apiVersion = 'v1') => ({ apiVersion, kind, metadata: { name } });
const RBAC = 'rbac.authorization.k8s.io/v1';
const role = (name: string): Part => ({ ...called('Role', name, RBAC), rules: [] });
const binding = (roleRef: Part, subjects: readonly Part[] = []): Part => ({
  ...called('RoleBinding', 'a', RBAC),
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'a', ...roleRef },
  subjects,
});
const cronJob = (name: string) => {
  const { spec } = job({ restartPolicy: 'Never' });
  return object('batch/v1', 'CronJob', { schedule: '@daily', jobTemplate: { spec } }, { name });
};
const config = (metadata: Part) => ({ ...called('ConfigMap', 'a'), metadata: { name: 'a', ...metadata } });
const quota = (hard: Part) => object('v1', 'ResourceQuota', { hard });
const rolling = (rollingUpdate: Part) =>
  deployment({}, {}, { strategy: { type: 'RollingUpdate', rollingUpdate } });
const probe = (port: unknown) => deployment({ livenessProbe: { tcpSocket: { port } } });
const APP = 'spec.template.spec.containers[0]';

test.each<Refusal>([
  [
    'a Namespace with a dot',
    called('Namespace', 'a.b'),
    called('Namespace', 'a-b'),
    { field: 'metadata.name' },
  ],
  [
    'a ServiceAccount in capitals',
    called('ServiceAccount', 'A'),
    called('ServiceAccount', 'a.b'),
    { found: '"A"' },
  ],
  ['a role with a slash', role('a/b'), role('system:A_b'), { field: 'metadata.name', found: '"a/b"' }],
  [
    'a CronJob whose Jobs would have names that are too long',
    cronJob('a'.repeat(53)),
    cronJob('a'.repeat(52)),
    { field: 'metadata.name', expected: expect.stringContaining('at most 52,') },
  ],
  [
    'a Service that begins with a digit',
    object('v1', 'Service', { clusterIP: 'None' }, { name: '1a' }),
    object('v1', 'Service', { clusterIP: 'None' }, { name: 'a1' }),
    { field: 'metadata.name', expected: expect.stringContaining('that begin with a letter') },
  ],
  [
    'no name',
    config({ name: '' }),
    config({ name: undefined, generateName: 'a-' }),
    { field: 'metadata.name', expected: 'a name', remedy: 'Give it a name.' },
  ],
  [
    'no name, where the server makes it',
    called('ConfigMap', ''),
    { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: {} },
    { field: 'metadata.name' },
  ],
  [
    'the key of a label',
    config({ labels: { 'a b': 'c' } }),
    config({ labels: { a: '' } }),
    { field: 'metadata.labels["a b"]', found: 'the key "a b"', remedy: 'Rename the key.' },
  ],
  [
    'the key of an annotation',
    config({ annotations: { 'a b': 'c' } }),
    config({ annotations: { 'A.b/c': '{ }' } }),
    { field: 'metadata.annotations["a b"]' },
  ],
  ['a namespace', config({ namespace: 'A' }), config({ namespace: '' }), { field: 'metadata.namespace' }],
  [
    'a label of the pods',
    deployment(
      {},
      {},
      {
        template: {
          ...(deployment() as never as { spec: { template: Part } }).spec.template,
          metadata: { labels: { app: 'web', a: 'b c' } },
        },
      },
    ),
    deployment(),
    { field: 'spec.template.metadata.labels.a' },
  ],
  [
    'a negative amount',
    quota({ cpu: '-1' }),
    quota({ cpu: 0 }),
    { field: 'spec.hard.cpu', found: '"-1"', expected: 'zero or more' },
  ],
  [
    'an amount of what is no name',
    quota({ 'a b': 1 }),
    quota({ 'requests.cpu': 1 }),
    { field: 'spec.hard["a b"]' },
  ],
  [
    'a share without its sign',
    rolling({ maxSurge: '25' }),
    rolling({ maxSurge: '25%' }),
    {
      field: 'spec.strategy.rollingUpdate.maxSurge',
      found: '"25"',
      expected: 'a number from 0 to 2147483647, or a percentage such as 25%',
    },
  ],
  [
    'fewer than none',
    rolling({ maxUnavailable: -1 }),
    rolling({ maxUnavailable: 0 }),
    { field: 'spec.strategy.rollingUpdate.maxUnavailable' },
  ],
  [
    'a port of no number',
    probe(0),
    probe(1),
    { field: `${APP}.livenessProbe.tcpSocket.port`, found: 'the number 0' },
  ],
  ['a port above all', probe(65_536), probe(65_535), { field: `${APP}.livenessProbe.tcpSocket.port` }],
  [
    'a port by a number in a text',
    probe('80'),
    probe('http'),
    { field: `${APP}.livenessProbe.tcpSocket.port`, found: '"80"' },
  ],
  [
    'no container',
    deployment({}, { containers: [] }),
    deployment(),
    {
      field: 'spec.template.spec.containers',
      found: 'an empty list',
      expected: 'an entry at least',
      remedy: 'Add an entry.',
    },
  ],
  [
    'the second of some groups',
    deployment({}, { securityContext: { supplementalGroups: [1, -1] } }),
    deployment({}, { securityContext: { supplementalGroups: [0] } }),
    {
      field: 'spec.template.spec.securityContext.supplementalGroups[1]',
      found: '-1',
      expected: 'a number from 0 to 2147483647',
    },
  ],
  [
    'less than none',
    deployment({}, {}, { replicas: -1 }),
    deployment({}, {}, { replicas: 0 }),
    { field: 'spec.replicas', expected: '0 or more' },
  ],
  [
    'a role of another group',
    binding({ apiGroup: 'apps' }),
    binding({}),
    { field: 'roleRef.apiGroup', found: '"apps"', expected: 'one of rbac.authorization.k8s.io' },
  ],
  [
    'a subject of another kind',
    binding({}, [{ kind: 'Robot', name: 'a' }]),
    binding({}, [{ kind: 'ServiceAccount', name: 'a', namespace: 'b' }]),
    { field: 'subjects[0].kind' },
  ],
])('%s is refused, its right form is not', (...refusal) => expectRefusal(refusal));

test('a list of objects needs no name', () => {
  expect(objectFaults({ apiVersion: 'v1', kind: 'ConfigMapList', items: [] })).toEqual([]);
});
