import { ApiObject, Chart, Testing as StockTesting } from 'cdk8s';
import { Peer } from '../constructs';
import { harden } from './harden';
import type { HardenOptions } from './options';

// biome-ignore lint/suspicious/noExplicitAny: objects as Kubernetes has them
type Any = any;

const LABELS = { app: 'a' };
const SPEC = { containers: [{ name: 'c', image: 'c:1' }] };
const object = (kind: string, spec: object, apiVersion = 'v1') => ({
  apiVersion,
  kind,
  metadata: { name: 'a', labels: LABELS },
  spec,
});
const templated = (kind: string, spec: object, apiVersion = 'apps/v1') =>
  object(kind, { template: { metadata: { labels: LABELS }, spec: SPEC }, ...spec }, apiVersion);
const POD = object('Pod', SPEC);
const SERVICE = object('Service', { selector: LABELS, ports: [{ port: 80 }] });

function added(objects: readonly object[], options: HardenOptions = {}) {
  const chart = new Chart(StockTesting.app(), 'shop');
  for (const [index, one] of objects.entries()) new ApiObject(chart, `o${index}`, one as never);
  const { findings } = harden(chart, options);
  const after = chart.toJson() as Any[];
  const ofKind = (wanted: string): Any => after.find(({ kind }) => kind === wanted);
  return { policy: ofKind('NetworkPolicy'), budget: ofKind('PodDisruptionBudget'), findings };
}
const answering = (answers: object): HardenOptions => ({ workloads: [{ of: 'Pod/a', ...answers }] });
const rules = (findings: readonly { rule: string }[]) => findings.map(({ rule }) => rule);

test('callers are asked for where a Service leads to it, and those that it calls in any case, each of the pod as a whole', () => {
  const { findings, policy } = added([POD, SERVICE]);
  const places = findings.filter(({ rule }) => ['callers', 'egress'].includes(rule));
  expect(places.map(({ rule, field }) => `${rule} ${field}`)).toEqual(['callers spec', 'egress spec']);
  expect(policy.spec.ingress).toEqual([{ ports: [{ port: 80, protocol: 'TCP' }] }]);
  const alone = added([POD]);
  expect(rules(alone.findings)).not.toContain('callers');
  expect(alone.policy.spec).toEqual({
    podSelector: { matchLabels: LABELS },
    policyTypes: ['Ingress'],
    ingress: [],
  });
  const answered = added([POD, SERVICE], answering({ allowFrom: [], allowTo: [] }));
  expect(rules(answered.findings)).not.toContain('callers');
  expect(rules(answered.findings)).not.toContain('egress');
  expect(answered.policy.spec.ingress).toEqual([]);
});

test('whom it calls is DNS, the API server where that is said, and those of whom it is not said that they are off', () => {
  const to = { allowTo: [Peer.pods({ app: 'db' }), Peer.pods({ app: 'old' }, { enabled: false })] };
  const called = (answers: object, options: HardenOptions = {}) =>
    added([POD], { ...answering({ ...to, ...answers }), ...options }).policy.spec.egress;
  const db = { to: [{ podSelector: { matchLabels: { app: 'db' } } }] };
  expect(called({}, { dns: false })).toEqual([db]);
  expect(called({})).toEqual([expect.objectContaining({ ports: expect.any(Array) }), db]);
  expect(called({ allowApiServer: true })).toEqual([
    expect.anything(),
    expect.objectContaining({
      ports: [443, 6443, 8443].map((port) => ({ port, protocol: 'TCP' })),
    }),
    db,
  ]);
});

test('pods without a label cannot be selected: that is told, and no policy is made', () => {
  const unlabelled = { ...POD, metadata: { name: 'a' } };
  const { policy, findings } = added([unlabelled]);
  expect(policy).toBeUndefined();
  expect(findings.find(({ rule }) => rule === 'network')).toMatchObject({
    field: 'spec',
    why: 'Its pods have no labels, so no policy can select them, and they are open to everybody.',
    fix: 'Give its pods a label.',
  });
  const job = object('Job', { template: { spec: { ...SPEC, restartPolicy: 'Never' } } }, 'batch/v1');
  expect(rules(added([job]).findings)).toContain('network');
  expect(rules(added([POD]).findings)).not.toContain('network');
});

test('pods are selected as their workload selects them, those of a Job by their labels', () => {
  const selector = { matchLabels: { app: 'a', tier: 'web' } };
  expect(added([templated('DaemonSet', { selector })]).policy.spec.podSelector).toEqual(selector);
  const job = templated('Job', { selector: { matchLabels: { uid: '1' } }, manualSelector: true }, 'batch/v1');
  expect(added([job]).policy.spec.podSelector).toEqual({ matchLabels: LABELS });
});

test('a budget is for two pods or more of what is scaled', () => {
  const selector = { matchLabels: LABELS };
  const budgetOf = (kind: string, replicas?: number) =>
    added([templated(kind, { selector, ...(replicas !== undefined && { replicas }) })]).budget?.spec;
  expect(budgetOf('Deployment', 2)).toEqual({
    maxUnavailable: 1,
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
    selector,
  });
  expect(budgetOf('StatefulSet', 3)).toBeDefined();
  for (const few of [undefined, 0, 1]) expect(budgetOf('Deployment', few)).toBeUndefined();
  expect(budgetOf('DaemonSet')).toBeUndefined();
});

test('names that are taken, again and again, are numbered', () => {
  const policy = (name: string) => ({
    ...object('NetworkPolicy', { podSelector: { matchLabels: { app: 'x' } } }, 'networking.k8s.io/v1'),
    metadata: { name },
  });
  const chart = new Chart(StockTesting.app(), 'shop');
  for (const [index, one] of [POD, policy('a'), policy('a-pod')].entries())
    new ApiObject(chart, `o${index}`, one as never);
  harden(chart);
  const names = (chart.toJson() as Any[]).filter(({ kind }) => kind === 'NetworkPolicy');
  expect(names.map(({ metadata }) => metadata.name).sort()).toEqual(['a', 'a-pod', 'a-pod-2']);
});
