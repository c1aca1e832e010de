import type { Deployer } from '../../deploy';
import { configMap, deployment, onCluster, shown } from './on-cluster';

jest.setTimeout(240_000);
const { deployerIn } = onCluster();

const object = (apiVersion: string, kind: string, name: string, more: object = {}) => ({
  apiVersion,
  kind,
  metadata: { name },
  ...more,
});
const selector = { matchLabels: { app: 'web' } };
const rbac = 'rbac.authorization.k8s.io';

/** Kinds that the server, its controllers and its admission write much into. */
const set = [
  configMap('a', { x: '1' }),
  configMap('b'),
  deployment('web'),
  object('v1', 'Secret', 'key', { stringData: { password: 'x' } }),
  object('v1', 'Service', 'web', { spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } }),
  object('v1', 'ServiceAccount', 'web'),
  object('v1', 'PersistentVolumeClaim', 'data', {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1024Mi' } } },
  }),
  object('batch/v1', 'Job', 'migrate', {
    spec: {
      suspend: true,
      template: { spec: { restartPolicy: 'Never', containers: [{ name: 'm', image: 'localhost/none:1' }] } },
    },
  }),
  object('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 3 },
  }),
  object('policy/v1', 'PodDisruptionBudget', 'web', { spec: { minAvailable: 1, selector } }),
  object('networking.k8s.io/v1', 'NetworkPolicy', 'web', { spec: { podSelector: selector } }),
  object(`${rbac}/v1`, 'Role', 'web', {
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  }),
  object(`${rbac}/v1`, 'RoleBinding', 'web', {
    roleRef: { apiGroup: rbac, kind: 'Role', name: 'web' },
    subjects: [{ kind: 'ServiceAccount', name: 'web' }],
  }),
];

test('the same set again asks for lists and looks alone, and tries no object', async () => {
  const { deployer, calls } = await deployerIn();
  await deployer.apply(set, { wait: false });
  calls.length = 0;
  expect(await deployer.apply(set, { wait: false })).toMatchObject({ changed: false });
  const made = calls.flatMap((call) => (call.type === 'call' ? [`${call.method} ${call.resource}`] : []));
  expect(made.filter((one) => !one.startsWith('GET '))).toEqual([]);
  // Two Secrets of what is remembered, the kinds of eight groups, one namespace, twelve places.
  expect(made.length).toBeLessThanOrEqual(24);
  calls.length = 0;
  await deployer.apply([{ ...configMap('a', { x: '2' }) }, ...set.slice(1)], { wait: false });
  const patched = calls.flatMap((call) =>
    call.type === 'call' && call.method === 'PATCH' && !['secrets', 'leases'].includes(call.resource)
      ? call.resource
      : [],
  );
  // It is tried, then applied.
  expect(patched).toEqual(['configmaps', 'configmaps']);
});

type Edit = readonly string[];
/** What people and controllers do; the last word says whether it is a change to us. */
const EDITS: ReadonlyArray<readonly [Edit, 'change' | 'none']> = [
  [['scale', 'deployment', 'web', '--replicas=2'], 'change'],
  [['annotate', 'deployment', 'web', 'theirs=1'], 'none'],
  [['label', 'configmap', 'a', 'applyset.kubernetes.io/part-of-'], 'change'],
  [['patch', 'configmap', 'a', '-p', '{"data":{"theirs":"1"}}'], 'none'],
  [['patch', 'configmap', 'a', '-p', '{"data":{"x":"2"}}'], 'change'],
  [['delete', 'serviceaccount', 'web'], 'change'],
  [['patch', 'secret', 'key', '-p', '{"data":{"password":"eQ=="}}'], 'change'],
  [['patch', 'deployment', 'web', '-p', '{"spec":{"revisionHistoryLimit":3}}'], 'none'],
  [['set', 'image', 'deployment/web', 'main=localhost/none:2'], 'change'],
  [['set', 'resources', 'deployment/web', '--limits=cpu=1'], 'none'],
  [['set', 'resources', 'deployment/web', '--limits=cpu=2'], 'change'],
  [['patch', 'service', 'web', '-p', '{"spec":{"sessionAffinity":"ClientIP"}}'], 'none'],
  [['patch', 'hpa', 'web', '-p', '{"spec":{"maxReplicas":5}}'], 'change'],
  [['patch', 'pdb', 'web', '-p', '{"spec":{"minAvailable":2}}'], 'change'],
  [['patch', 'job', 'migrate', '-p', '{"spec":{"parallelism":2}}'], 'none'],
  [['patch', 'role', 'web', '-p', '{"rules":[]}'], 'change'],
];

async function bothPlans(deployer: Deployer) {
  const allowed = { forceConflicts: true, adopt: true };
  const plan = await deployer.plan(set, allowed);
  expect(plan.problems).toEqual([]);
  const asked = await deployer.plan(set, { ...allowed, dryRunAll: true });
  expect(plan.objects).toEqual(asked.objects);
  return shown(plan).filter((one) => !one.startsWith('unchanged'));
}

test('a digest says what a dry-run of every object says, whatever others have done', async () => {
  const { deployer, kubectl } = await deployerIn();
  await deployer.apply(set, { wait: false });
  for (const [edit, what] of EDITS) {
    await kubectl(...edit);
    const changes = await bothPlans(deployer);
    expect([edit, changes.length]).toEqual([edit, what === 'change' ? 1 : 0]);
    await deployer.apply(set, { wait: false, forceConflicts: true, adopt: true });
    expect(await bothPlans(deployer)).toEqual([]);
  }
});
