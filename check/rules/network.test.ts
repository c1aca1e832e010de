import { check } from '../check';
import type { RuleId } from '../finding';

type Fields = Readonly<Record<string, unknown>>;
const labels = { app: 'api' };
const PORTS = [
  { name: 'http', containerPort: 8080 },
  { name: 'admin', containerPort: 9090 },
];

const pod = (metadata: Fields = {}, ports: readonly object[] = PORTS) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'api', labels, ...metadata },
  spec: { containers: [{ name: 'app', image: 'api:1', ports }] },
});

const service = (spec: Fields, metadata: Fields = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'api', ...metadata },
  spec: { selector: labels, ...spec },
});
const toHttp = { ports: [{ port: 80, targetPort: 'http' }] };

const policy = (spec: Fields, metadata: Fields = {}) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'api', ...metadata },
  spec: { podSelector: { matchLabels: labels }, policyTypes: ['Ingress'], ...spec },
});

function found(rule: RuleId, ...objects: readonly object[]): string[] {
  return check(objects, { level: 'privileged' })
    .filter((finding) => finding.rule === rule)
    .map(({ object, field }) => `${object} ${field}`);
}

describe('a Service', () => {
  const field = ['Service/api spec.selector'];
  test.each<[string, readonly object[], readonly string[]]>([
    ['with pods', [service(toHttp), pod()], []],
    ['without pods', [service(toHttp)], field],
    [
      'whose pods have one of its two labels',
      [service({ ...toHttp, selector: { ...labels, tier: 'web' } }), pod()],
      field,
    ],
    [
      'whose pods have more labels than it wants',
      [service(toHttp), pod({ labels: { ...labels, tier: 'web' } })],
      [],
    ],
    ['whose pods are in another namespace', [service(toHttp), pod({ namespace: 'other' })], field],
    ['whose pods are in its namespace', [service(toHttp, { namespace: 'a' }), pod({ namespace: 'a' })], []],
    ['that selects nothing by itself', [service({ ...toHttp, selector: undefined })], []],
    ['whose selector is empty', [service({ ...toHttp, selector: {} })], []],
  ])('%s', (_, objects, expected) => {
    expect(found('service-without-pods', ...objects)).toEqual(expected);
  });

  test('without pods is told with what its selector has to be', () => {
    expect(check([service(toHttp)], { level: 'privileged' })).toMatchObject([
      { why: expect.stringContaining('No pod'), fix: 'Use the labels of the pods as the selector.' },
    ]);
  });
});

describe('a port of a Service', () => {
  const ports = (...targets: (string | number | undefined)[]) =>
    service({
      ports: targets.map((targetPort, index) => ({ name: `p${index}`, port: 80 + index, targetPort })),
    });

  test.each<[string, object, readonly string[]]>([
    ['by the names of the pod', ports('http', 'admin'), []],
    ['by a name that the pod has not', ports('http', 'web'), ['Service/api spec.ports[1].targetPort']],
    ['by numbers', ports(8080, 1), []],
    ['by its own number', ports(undefined), []],
  ])('%s', (_, one, expected) => {
    expect(found('service-port', one, pod())).toEqual(expected);
  });

  test('is told with the pods and the port', () => {
    const findings = check([ports('web'), pod()], { level: 'privileged' });
    expect(findings).toMatchObject([
      { why: expect.stringContaining('Pod/api has the port web'), fix: 'Name a port of the container.' },
    ]);
  });
});

describe('a Service that policies close', () => {
  const closed = ['Service/api spec.ports'];
  const ingress = (...rules: readonly object[]) => policy({ ingress: rules });
  test.each<[string, readonly object[], readonly string[]]>([
    ['no policy', [], []],
    ['a policy that lets nothing in', [ingress()], closed],
    ['a policy without ingress at all', [policy({})], closed],
    ['one that lets all in', [ingress({})], []],
    ['one that lets its port in, by number', [ingress({ ports: [{ port: 8080 }] })], []],
    ['one that lets its port in, by name', [ingress({ ports: [{ port: 'http' }] })], []],
    ['one that lets another port in, by number', [ingress({ ports: [{ port: 80 }] })], closed],
    ['one that lets another port in, by name', [ingress({ ports: [{ port: 'admin' }] })], closed],
    ['one that lets a name in that no pod has', [ingress({ ports: [{ port: 'web' }] })], closed],
    ['a range that ends at its port', [ingress({ ports: [{ port: 8000, endPort: 8080 }] })], []],
    ['a range that begins at its port', [ingress({ ports: [{ port: 8080, endPort: 9000 }] })], []],
    ['a range that ends before it', [ingress({ ports: [{ port: 8000, endPort: 8079 }] })], closed],
    ['a range that begins behind it', [ingress({ ports: [{ port: 8081, endPort: 9000 }] })], closed],
    ['any port of a protocol', [ingress({ ports: [{ protocol: 'TCP' }] })], []],
    ['an empty list of ports, which is all', [ingress({ ports: [] })], []],
    ['its port behind another', [ingress({ ports: [{ port: 1 }, { port: 8080 }] })], []],
    ['two policies, of which one lets it in', [ingress(), ingress({ ports: [{ port: 8080 }] })], []],
    ['a policy for other pods', [policy({ podSelector: { matchLabels: { app: 'db' } } })], []],
    ['a policy for all pods', [policy({ podSelector: {} })], closed],
    ['a policy in another namespace', [policy({}, { namespace: 'other' })], []],
    ['a policy for what goes out', [policy({ policyTypes: ['Egress'] })], []],
    ['a policy that names no type', [policy({ policyTypes: undefined })], closed],
  ])('%s', (_, policies, expected) => {
    expect(found('unreachable-service', service(toHttp), pod(), ...policies)).toEqual(expected);
  });

  test('one open port is enough', () => {
    const ports = [
      { name: 'web', port: 80, targetPort: 'http' },
      { name: 'admin', port: 81, targetPort: 'admin' },
    ];
    expect(
      found('unreachable-service', service({ ports }), pod(), ingress({ ports: [{ port: 9090 }] })),
    ).toEqual([]);
  });

  test('its own port is the target where it names none', () => {
    const same = service({ ports: [{ port: 8080 }] });
    expect(found('unreachable-service', same, pod(), ingress({ ports: [{ port: 8080 }] }))).toEqual([]);
    expect(found('unreachable-service', same, pod(), ingress({ ports: [{ port: 80 }] }))).toEqual(closed);
  });
});

describe('a policy that names pods', () => {
  const old = { podSelector: { matchLabels: { app: 'old' } } };
  const here = { podSelector: { matchLabels: labels } };
  test.each<[string, Fields, readonly string[]]>([
    ['that are here', { ingress: [{ from: [here] }] }, []],
    ['that are not here, as its own', old, ['spec.podSelector']],
    [
      'that are not here, as who comes in',
      { ingress: [{ from: [here] }, { from: [here, old] }] },
      ['spec.ingress[1].from[1]'],
    ],
    [
      'that are not here, as who is called',
      { policyTypes: ['Egress'], egress: [{ to: [old] }, { to: [here] }] },
      ['spec.egress[0].to[0]'],
    ],
    [
      'of other namespaces, which are not looked into',
      { ingress: [{ from: [{ ...old, namespaceSelector: { matchLabels: { team: 'x' } } }] }] },
      [],
    ],
    ['of all namespaces', { ingress: [{ from: [{ ...old, namespaceSelector: {} }] }] }, []],
    ['as all of them', { ingress: [{ from: [{ podSelector: {} }] }] }, []],
    ['as addresses', { ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }] }, []],
  ])('%s', (_, spec, fields) => {
    expect(found('policy-names-nobody', pod(), policy(spec))).toEqual(
      fields.map((field) => `NetworkPolicy/api ${field}`),
    );
  });

  test('of its own namespace alone', () => {
    expect(found('policy-names-nobody', pod(), policy({}, { namespace: 'other' }))).toHaveLength(1);
  });

  const expression = (key: string, operator: string, ...values: string[]) => ({
    podSelector: { matchExpressions: [{ key, operator, values: values.length > 0 ? values : undefined }] },
  });
  test.each<[string, Fields, boolean]>([
    ['In', expression('app', 'In', 'web', 'api'), true],
    ['In, of others', expression('app', 'In', 'web'), false],
    ['In, of a label that is not there', expression('tier', 'In', 'web'), false],
    ['NotIn', expression('app', 'NotIn', 'web'), true],
    ['NotIn, of them', expression('app', 'NotIn', 'web', 'api'), false],
    ['NotIn, of a label that is not there', expression('tier', 'NotIn', 'web'), true],
    ['Exists', expression('app', 'Exists'), true],
    ['Exists, of a label that is not there', expression('tier', 'Exists'), false],
    ['DoesNotExist', expression('tier', 'DoesNotExist'), true],
    ['DoesNotExist, of a label that is there', expression('app', 'DoesNotExist'), false],
  ])('by an expression: %s', (_, spec, isSomebody) => {
    expect(found('policy-names-nobody', pod(), policy(spec))).toHaveLength(isSomebody ? 0 : 1);
  });

  test('by a label and an expression, of which both have to be so', () => {
    const both = (key: string) => ({
      podSelector: { matchLabels: labels, matchExpressions: [{ key, operator: 'Exists' }] },
    });
    expect(found('policy-names-nobody', pod(), policy(both('app')))).toEqual([]);
    expect(found('policy-names-nobody', pod(), policy(both('tier')))).toHaveLength(1);
  });
});
