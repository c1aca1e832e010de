import { ApiObject, Chart, Testing as StockTesting } from 'cdk8s';
import { Peer } from '../constructs';
import { harden } from './harden';
import type { WorkloadAnswers } from './options';

const LABELS = { app: 'a' };
const META = { name: 'a', namespace: 'shop' };
const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { ...META, labels: LABELS },
  spec: { serviceAccountName: 'a', containers: [{ name: 'c', image: 'c:1' }] },
};
const SERVICE = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: META,
  spec: { selector: LABELS, ports: [{ port: 443 }] },
};
const RIGHTS = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: META,
  subjects: [{ kind: 'ServiceAccount', name: 'a', namespace: 'shop' }],
};

function findings(rule: 'callers' | 'egress', objects: readonly object[], answers: Partial<WorkloadAnswers>) {
  const chart = new Chart(StockTesting.app(), 'shop');
  for (const [index, one] of objects.entries()) new ApiObject(chart, `o${index}`, one as never);
  const report = harden(chart, { workloads: [{ of: 'Pod/a', ...answers }] });
  return report.findings
    .filter((one) => one.rule === rule)
    .map(({ field, why, fix }) => ({ field, why, fix }));
}

const wide = (kind: string, fields: object) => ({
  apiVersion: 'x/v1',
  kind,
  metadata: { name: kind.toLowerCase() },
  ...fields,
});
const service = { name: 'a', namespace: 'shop' };
const clientConfig = { service };

describe('what the API server calls', () => {
  const askers = [
    wide('APIService', { spec: { service } }),
    wide('ValidatingWebhookConfiguration', { webhooks: [{}, { clientConfig }] }),
    wide('MutatingWebhookConfiguration', { webhooks: [{ clientConfig }] }),
    wide('CustomResourceDefinition', { spec: { conversion: { webhook: { clientConfig } } } }),
  ];

  test.each(askers)('is asked for its address where callers are named: $kind', (asker) => {
    expect(findings('callers', [POD, SERVICE, asker], { allowFrom: [Peer.namespace('edge')] })).toEqual([
      {
        field: 'spec',
        why: `The API server calls it, for ${asker.kind} ${asker.metadata.name}, and \`allowFrom\` names no address that it could call from.`,
        fix: 'Name the addresses of the API server in `allowFrom`, with Peer.cidr.',
      },
    ]);
    for (const caller of [Peer.cidr('10.0.0.0/24'), Peer.anybody(), { who: [] }])
      expect(findings('callers', [POD, SERVICE, asker], { allowFrom: [caller] })).toEqual([]);
  });

  test('is told once, with everything that leads there', () => {
    const [{ why } = { why: '' }, ...others] = findings('callers', [POD, SERVICE, ...askers], {
      allowFrom: [],
    });
    expect(others).toEqual([]);
    for (const { kind } of askers) expect(why).toContain(kind);
  });

  test.each([
    ['another Service', wide('APIService', { spec: { service: { name: 'b', namespace: 'shop' } } })],
    [
      'a Service of another namespace',
      wide('APIService', { spec: { service: { name: 'a', namespace: 'b' } } }),
    ],
    ['the API server itself', wide('APIService', { spec: { service: null } })],
    [
      'an address',
      wide('ValidatingWebhookConfiguration', { webhooks: [{ clientConfig: { url: 'https://x' } }] }),
    ],
    ['a thing of another kind', wide('Ingress', { spec: { service } })],
  ])('is nothing where the object leads to %s', (_, other) => {
    expect(findings('callers', [POD, SERVICE, other], { allowFrom: [] })).toEqual([]);
  });

  test('also where only the installation knows the namespace', () => {
    const unplaced = { ...SERVICE, metadata: { name: 'a' } };
    const pod = { ...POD, metadata: { name: 'a', labels: LABELS } };
    expect(findings('callers', [pod, unplaced, askers[0]!], { allowFrom: [] })).toHaveLength(1);
  });
});

describe('a program with rights, whose way out is closed', () => {
  const closed = (answers: Partial<WorkloadAnswers>, ...objects: readonly object[]) =>
    findings('egress', objects.length > 0 ? objects : [POD, RIGHTS], { allowTo: [], ...answers });

  test('is asked whether it calls the API server', () => {
    expect(closed({})).toEqual([
      {
        field: 'spec',
        why: 'Its account has rights at the API server, and `allowTo` closes the way there.',
        fix: 'Answer `allowApiServer` for it: `true`, or `false` where it never calls the API server.',
      },
    ]);
    for (const allowApiServer of [true, false, { ports: [6443] }])
      expect(closed({ allowApiServer })).toEqual([]);
  });

  test('and not where it has no token, or no rights', () => {
    expect(closed({ serviceAccountToken: false })).toEqual([]);
    expect(closed({}, POD)).toEqual([]);
    const without = { ...POD, spec: { ...POD.spec, automountServiceAccountToken: false } };
    expect(closed({}, without, RIGHTS)).toEqual([]);
  });

  test('and not where an address is open that the API server may have', () => {
    const open = (peer: Peer) => closed({ allowTo: [peer] }).length === 0;
    expect(open(Peer.cidr('10.0.0.1/32', { port: 6443 }))).toBe(true);
    expect(open(Peer.anybody())).toBe(true);
    expect(open(Peer.cidr('10.0.0.0/24', { port: 10250 }))).toBe(false);
    expect(open(Peer.namespace('kube-system'))).toBe(false);
  });
});
