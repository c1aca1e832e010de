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
  ])('%s', (_, policies, expected) => {
    expect(found([pod(true), ...policies])).toEqual(expected);
    expect(found([pod(false), ...policies])).toEqual([]);
  });

  test.each<[string, readonly KubeObjectJson[], readonly string[]]>([
    ['is closed in by ranges alone', [policy(byRange)], CLOSED],
    ['is open where no range is named', [policy({ ports: tcp(443) })], []],
    ['is open with an entity', [policy(byRange), cilium('kube-apiserver')], []],
    ['is closed in where the entity is another one', [policy(byRange), cilium('world')], CLOSED],
    [
      'is closed in where the entity is for other pods',
      [policy(byRange), cilium('kube-apiserver', 'db')],
      CLOSED,
    ],
  ])('%s on Cilium', (_, policies, expected) => {
    expect(found([pod(true), ...policies], onCilium)).toEqual(expected);
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
});
