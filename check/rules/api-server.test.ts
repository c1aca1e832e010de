import { type CheckOptions, check } from '../check';
import type { KubeObjectJson } from '../finding';

const labels = { app: 'api' };

const pod = (token: boolean): KubeObjectJson => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'api', labels },
  spec: { automountServiceAccountToken: token, containers: [] },
});

const policy = (...egress: readonly object[]): KubeObjectJson => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'api' },
  spec: { podSelector: { matchLabels: labels }, policyTypes: ['Egress'], egress },
});

const cilium = (entity: string, app = 'api'): KubeObjectJson => ({
  apiVersion: 'cilium.io/v2',
  kind: 'CiliumNetworkPolicy',
  metadata: { name: 'api-server' },
  spec: { endpointSelector: { matchLabels: { app } }, egress: [{ toEntities: [entity] }] },
});
const clusterwide = (entity: string): KubeObjectJson => ({
  ...cilium(entity),
  kind: 'CiliumClusterwideNetworkPolicy',
});

const changed = (object: KubeObjectJson, spec: object): KubeObjectJson => ({
  ...object,
  spec: { ...(object.spec as object), ...spec },
});

const EVERYWHERE = [{ ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '::/0' } }];
const tcp = (...ports: readonly number[]) => ports.map((port) => ({ port, protocol: 'TCP' }));
const byRange = { to: EVERYWHERE, ports: tcp(443, 6443) };
const dns = { to: [{ namespaceSelector: {} }], ports: [{ port: 53, protocol: 'UDP' }] };

/** The rules that find something, of those in this file. */
function found(objects: readonly KubeObjectJson[], options: CheckOptions = {}): string[] {
  const ours = ['api-server-closed', 'one-family'];
  return check(objects, options)
    .filter(({ rule }) => ours.includes(rule))
    .map(({ rule, object, field }) => `${rule} ${object} ${field}`);
}

const CLOSED = ['api-server-closed Pod/api spec.automountServiceAccountToken'];
const onCilium = { networkPlugin: 'cilium' } as const;

describe('a pod with a token', () => {
  test.each<[string, readonly KubeObjectJson[], readonly string[]]>([
    ['is closed in by a policy without the API server', [policy(dns)], CLOSED],
    ['is closed in by a policy that lets nothing out', [policy()], CLOSED],
    ['is closed in where only other ports are open', [policy({ ports: tcp(5432) })], CLOSED],
    [
      'is closed in where the ports are those of UDP',
      [policy({ to: EVERYWHERE, ports: [{ port: 443, protocol: 'UDP' }] })],
      CLOSED,
    ],
    ['is open by ranges and ports', [policy(dns, byRange)], []],
    ['is open on a port of its own installer', [policy({ to: EVERYWHERE, ports: tcp(16_443) })], []],
    ['is open on a range of ports', [policy({ ports: [{ port: 1, endPort: 9000 }] })], []],
    ['is open where no policy selects it', [], []],
    [
      'is open where the policy is for other pods',
      [changed(policy(), { podSelector: { matchLabels: { app: 'db' } } })],
      [],
    ],
    ['is open where the policy is for what comes in', [changed(policy(), { policyTypes: ['Ingress'] })], []],
    [
      'is open where the policy is of another namespace',
      [{ ...policy(), metadata: { name: 'api', namespace: 'b' } }],
      [],
    ],
    [
      'is closed in where the policy says nothing of what goes out',
      [changed(policy(), { egress: undefined })],
      CLOSED,
    ],
    ['is open where everything may go out', [policy({})], []],
    ['is open where all ports of a range are', [policy({ to: EVERYWHERE })], []],
    ['is open where all ports of TCP are', [policy({ ports: [{ protocol: 'TCP' }] })], []],
    ['is closed in where all ports of UDP are', [policy({ ports: [{ protocol: 'UDP' }] })], CLOSED],
    ['is open on a port whose protocol is TCP by default', [policy({ ports: [{ port: 6443 }] })], []],
    ['is open on the third port that API servers have', [policy({ ports: [{ port: 8443 }] })], []],
    [
      'is closed in on a range that ends before one',
      [policy({ ports: [{ port: 1, endPort: 442 }] })],
      CLOSED,
    ],
    [
      'is closed in on a range that begins behind them',
      [policy({ ports: [{ port: 8444, endPort: 9000 }] })],
      CLOSED,
    ],
    ['is closed in where the port is a name of a pod', [policy({ ports: [{ port: 'https' }] })], CLOSED],
    [
      'is open where a range is beside a peer of pods',
      [policy({ to: [{ podSelector: {} }, ...EVERYWHERE], ports: tcp(443) })],
      [],
    ],
  ])('%s', (_, policies, expected) => {
    expect(found([pod(true), ...policies])).toEqual(expected);
    expect(found([pod(false), ...policies])).toEqual([]);
  });

  test.each<[string, readonly KubeObjectJson[], readonly string[]]>([
    ['is closed in by ranges alone', [policy(byRange)], CLOSED],
    ['is open where no range is named', [policy({ ports: tcp(443) })], []],
    ['is open with an entity', [policy(byRange), cilium('kube-apiserver')], []],
    ['is closed in where the entity is another one', [policy(byRange), cilium('world')], CLOSED],
    ['is open with the entity of all', [policy(byRange), cilium('all')], []],
    ['is open with the entity of the cluster', [policy(byRange), cilium('cluster')], []],
    ['is open with an entity for the whole cluster', [policy(byRange), clusterwide('kube-apiserver')], []],
    ['is closed in where the whole cluster has another', [policy(byRange), clusterwide('world')], CLOSED],
    [
      'is open where the cluster`s policy is read with a namespace, which means nothing',
      [policy(byRange), { ...clusterwide('all'), metadata: { name: 'x', namespace: 'b' } }],
      [],
    ],
    [
      'is closed in where the entity is of another namespace',
      [policy(byRange), { ...cilium('kube-apiserver'), metadata: { name: 'x', namespace: 'b' } }],
      CLOSED,
    ],
    [
      'is closed in where another kind says the same',
      [policy(byRange), { ...cilium('kube-apiserver'), kind: 'Other' }],
      CLOSED,
    ],
    [
      'is closed in where the policy of Cilium is empty',
      [policy(byRange), { ...cilium('all'), spec: undefined }],
      CLOSED,
    ],
    [
      'is closed in where the rules of Cilium are no list',
      [policy(byRange), { ...cilium('all'), spec: { egress: [null, 5, { toEntities: 'all' }] } }],
      CLOSED,
    ],
    [
      'is closed in where the entity is for other pods',
      [policy(byRange), cilium('kube-apiserver', 'db')],
      CLOSED,
    ],
  ])('%s on Cilium', (_, policies, expected) => {
    expect(found([pod(true), ...policies], onCilium)).toEqual(expected);
  });

  test('is closed in where only a policy of Cilium opens, and Cilium is not there', () => {
    const objects = [pod(true), policy(dns), cilium('kube-apiserver')];
    expect(found(objects)).toEqual(CLOSED);
    expect(found(objects, onCilium)).toEqual([]);
  });
});

describe('a rule', () => {
  const field = ['one-family NetworkPolicy/api spec.egress[0]'];
  test.each<[string, readonly string[], readonly string[]]>([
    ['for all of IPv4 alone', ['0.0.0.0/0'], field],
    ['for all of IPv6 alone', ['::/0'], field],
    ['for both', ['0.0.0.0/0', '::/0'], []],
    ['for all of IPv4 and a named range of IPv6', ['0.0.0.0/0', 'fd00::/8'], []],
    ['for a named range', ['10.0.0.0/8'], []],
  ])('%s', (_, ranges, expected) => {
    const to = ranges.map((cidr) => ({ ipBlock: { cidr } }));
    expect(found([policy({ to })])).toEqual(expected);
  });

  test('for one family is told on both sides, with the range that is missing', () => {
    const one = (cidr: string) => [{ ipBlock: { cidr } }];
    const both = changed(policy({ to: one('10.0.0.0/8') }, { to: one('::/0') }), {
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: one('0.0.0.0/0') }],
    });
    const told = check([pod(false), both]).filter(({ rule }) => rule === 'one-family');
    expect(told).toMatchObject([
      {
        field: 'spec.ingress[0]',
        why: expect.stringContaining('IPv6'),
        fix: expect.stringContaining('::/0'),
      },
      {
        field: 'spec.egress[1]',
        why: expect.stringContaining('IPv4'),
        fix: expect.stringContaining('0.0.0.0/0'),
      },
    ]);
  });
});

test('what to do about a closed API server is said for the cluster that is meant', () => {
  const ofPolicy = (one: KubeObjectJson, options: CheckOptions) =>
    check([pod(true), one], options).find(({ rule }) => rule === 'api-server-closed');
  const ports = /none of its ports/;
  expect(ofPolicy(policy(), {})).toMatchObject({
    why: expect.stringMatching(ports),
    fix: expect.stringContaining('443, 6443, 8443'),
  });
  expect(ofPolicy(policy(), onCilium)).toMatchObject({ why: expect.stringMatching(ports) });
  expect(ofPolicy(policy(byRange), onCilium)).toMatchObject({
    why: expect.stringContaining('address ranges only'),
    fix: expect.stringContaining('CiliumNetworkPolicy'),
  });
});
