import { Deployer } from '../../deploy';
import { kubeApi } from '../../deploy/cluster/kube-api';
import { releaseOf } from '../../deploy/inventory/names';
import { collect } from '../../deploy/objects/collect';
import { type ApplyHow, applySet } from '../../deploy/run/apply-set';
import type { Connection } from '../../kube';
import { connectAs, makeAccount } from '../../kube/testing-only/service-account';
import { configMap, deployment, onCluster, refusalOf, shown } from './on-cluster';

jest.setTimeout(240_000);

const { deployerIn, open, kubeconfig } = onCluster();

test('a set is applied, again without a write, changed and pruned', async () => {
  const { deployer, kubectl } = await deployerIn();
  const first = [configMap('a', { x: '1' }), configMap('b'), deployment('web')];
  expect(shown(await deployer.plan(first))).toEqual([
    'create ConfigMap a',
    'create ConfigMap b',
    'create Deployment web',
  ]);
  expect(await deployer.apply(first)).toMatchObject({ revision: 1, changed: true });
  // Controllers write to a Deployment, and nobody but us to these.
  const versions = ['get', 'secret,lease', '-o', 'jsonpath={.items[*].metadata.resourceVersion}'];
  const before = await kubectl(...versions);
  expect(await deployer.apply(first)).toMatchObject({ revision: 1, changed: false });
  expect(await kubectl(...versions)).toBe(before);
  const second = [configMap('a', { x: '2' }), deployment('web')];
  const plan = await deployer.plan(second);
  expect(plan.objects).toMatchObject([
    { action: 'change', name: 'a', changes: [{ path: 'data.x', before: '1', after: '2', owners: [] }] },
    { action: 'unchanged', name: 'web' },
    { action: 'prune', name: 'b' },
  ]);
  expect(await deployer.apply(second)).toMatchObject({ revision: 2 });
  expect(await kubectl('get', 'configmap', '-o', 'name')).toBe('configmap/a\nconfigmap/kube-root-ca.crt\n');
});

test('kubectl knows the parent as an ApplySet, and its members', async () => {
  const { deployer, kubectl } = await deployerIn();
  await deployer.apply([configMap('a'), deployment('web')]);
  const { metadata } = JSON.parse(await kubectl('get', 'secret', 'drydock.shop', '-o', 'json'));
  const id = metadata.labels['applyset.kubernetes.io/id'];
  expect(id).toMatch(/^applyset-[\w-]{43}-v1$/);
  expect(metadata.annotations).toMatchObject({
    'applyset.kubernetes.io/contains-group-kinds': 'ConfigMap,Deployment.apps',
    'applyset.kubernetes.io/additional-namespaces': '',
  });
  const selector = `applyset.kubernetes.io/part-of=${id}`;
  expect(await kubectl('get', 'configmap,deployment', '-l', selector, '-o', 'name')).toBe(
    'configmap/a\ndeployment.apps/web\n',
  );
});

test('a field of another is refused with its owner, left alone when it is left out, and taken by force', async () => {
  const { deployer, kubectl } = await deployerIn();
  await deployer.apply([deployment('web', { replicas: 1 })], { wait: false });
  await kubectl('patch', 'deployment', 'web', '-p', '{"spec":{"replicas":0}}');
  const again = [deployment('web', { replicas: 1 })];
  const refusal = await refusalOf(deployer.apply(again));
  expect(refusal).toMatchObject({ code: 'FIELD_CONFLICT', where: expect.stringContaining('web') });
  expect(refusal.found).toMatch(/spec\.replicas of kubectl-patch \(since 20.*Z\)/);
  const { replicas: _left, ...withoutReplicas } = deployment('web').spec;
  const plan = await deployer.plan([{ ...deployment('web'), spec: withoutReplicas }]);
  expect(plan.objects).toMatchObject([{ action: 'unchanged' }]);
  const forced = await deployer.plan(again, { forceConflicts: true });
  expect(forced.objects).toMatchObject([
    {
      action: 'change',
      changes: [{ path: 'spec.replicas', before: 0, after: 1, owners: [{ manager: 'kubectl-patch' }] }],
      taken: [{ path: 'spec.replicas', owner: { manager: 'kubectl-patch' } }],
    },
  ]);
  await deployer.apply(again, { forceConflicts: true, wait: false });
  expect(await kubectl('get', 'deployment', 'web', '-o', 'jsonpath={.spec.replicas}')).toBe('1');
});

test('an object that kubectl has made is refused, and taken over where that is asked for', async () => {
  const { deployer, given, kubectl } = await deployerIn();
  await given(configMap('a', { x: '1', y: '1' }));
  const set = [configMap('a', { x: '2' })];
  expect(await refusalOf(deployer.apply(set))).toMatchObject({
    code: 'OBJECT_NOT_OURS',
    found: expect.stringContaining('kubectl-client-side-apply'),
  });
  const plan = await deployer.plan(set, { adopt: true });
  expect(plan.objects[0]).toMatchObject({ action: 'adopt', taken: [{ path: 'data.x' }] });
  await deployer.apply(set, { adopt: true });
  expect(await kubectl('get', 'configmap', 'a', '-o', 'jsonpath={.data}')).toBe('{"x":"2","y":"1"}');
});

test('what cannot be changed is named, and made anew only where that is asked for', async () => {
  const { deployer, kubectl } = await deployerIn();
  const job = (image: string) => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'migrate' },
    spec: {
      suspend: true,
      template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image }] } },
    },
  });
  await deployer.apply([job('localhost/none:1')]);
  const refusal = await refusalOf(deployer.apply([job('localhost/none:2')]));
  expect(refusal).toMatchObject({ code: 'FIELD_IMMUTABLE', found: expect.stringContaining('spec.template') });
  const recreated = { recreate: ['Job'] };
  expect(shown(await deployer.plan([job('localhost/none:2')], recreated))).toEqual(['recreate Job migrate']);
  await deployer.apply([job('localhost/none:2')], recreated);
  const image = 'jsonpath={.spec.template.spec.containers[0].image}';
  expect(await kubectl('get', 'job', 'migrate', '-o', image)).toBe('localhost/none:2');
});

test('of a Secret it is told that it changes, and nothing of what is in it', async () => {
  const { deployer, given } = await deployerIn();
  const secret = (password: string) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'database' },
    stringData: { password },
  });
  await given(secret('hunter-1'));
  const plan = await deployer.plan([secret('hunter-2')], { adopt: true });
  expect(plan.objects[0]?.changes).toContainEqual({
    path: 'data.password',
    hidden: true,
    owners: [expect.objectContaining({ manager: 'kubectl-client-side-apply' })],
  });
  const told = JSON.stringify(plan);
  for (const word of ['hunter-1', 'hunter-2'].flatMap((one) => [one, Buffer.from(one).toString('base64')])) {
    expect(told).not.toContain(word);
  }
});

test('a key that goes from stringData goes from the Secret, and what is the same is seen to be', async () => {
  const { deployer, kubectl } = await deployerIn();
  const secret = (stringData: Record<string, string>) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'database' },
    stringData,
  });
  const both = [secret({ user: 'app', password: 'x' })];
  await deployer.apply(both);
  expect(shown(await deployer.plan(both))).toEqual(['unchanged Secret database']);
  await deployer.apply([secret({ user: 'app' })]);
  expect(await kubectl('get', 'secret', 'database', '-o', 'jsonpath={.data}')).toBe('{"user":"YXBw"}');
});

test('a kind, its namespace and objects of both come in one set, and go only by name', async () => {
  const { deployer, kubectl } = await deployerIn();
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.deploy.example.com' },
    spec: {
      group: 'deploy.example.com',
      scope: 'Namespaced',
      names: { kind: 'Widget', plural: 'widgets', singular: 'widget' },
      versions: [
        {
          ...{ name: 'v1', served: true, storage: true },
          schema: { openAPIV3Schema: { type: 'object', properties: { size: { type: 'integer' } } } },
        },
      ],
    },
  };
  const widget = {
    apiVersion: 'deploy.example.com/v1',
    kind: 'Widget',
    metadata: { name: 'one', namespace: 'widgets' },
    // No number of JavaScript holds it.
    size: 9_007_199_254_740_993n,
  };
  const set = [widget, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'widgets' } }, definition];
  await deployer.apply(set);
  const named = 'jsonpath={.items[*].metadata.name} {.items[*].size}';
  expect(await kubectl('get', 'widgets', '-n', 'widgets', '-o', named)).toBe('one 9007199254740993');
  expect((await deployer.plan(set)).objects.map(({ action }) => action)).toEqual(Array(3).fill('unchanged'));
  const kept = await deployer.delete();
  expect(kept.outcomes.map(({ result, kind }) => `${result} ${kind}`).sort()).toEqual([
    'kept CustomResourceDefinition',
    'kept Namespace',
    'pruned Widget',
  ]);
  const allowPruneOf = ['Namespace/widgets', 'CustomResourceDefinition/widgets.deploy.example.com'];
  expect(await deployer.delete({ allowPruneOf })).toMatchObject({ revision: undefined });
  expect(await refusalOf(deployer.status())).toMatchObject({ code: 'RELEASE_UNKNOWN' });
  expect(await kubectl('get', 'secret,lease', '-o', 'name')).toBe('');
});

test('every right that is missing is told before anything is written', async () => {
  const { connection, kubectl } = await deployerIn();
  const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'create', 'patch'] }];
  await makeAccount(connection, 'poor', rules);
  const poor = await connectAs(connection, 'poor');
  open.push(poor);
  const engine = engineFor(poor);
  const refusal = await refusalOf(applySet(engine, collect([configMap('a'), deployment('web')]), how));
  expect(refusal.code).toBe('RIGHTS_MISSING');
  expect(refusal.message).toMatch(/create deployments\.apps in deploy-\d+; .*create secrets in/);
  expect(refusal.message).not.toContain('configmaps');
  expect(await kubectl('get', 'secret,lease', '-o', 'name')).toBe('');
});

test('of two runs at once one waits for the other, and the end is one of the two sets', async () => {
  const events: string[] = [];
  const { deployer, namespace, kubectl } = await deployerIn();
  const onEvent = ({ type }: { readonly type: string }) => events.push(type);
  const options = { kubeconfig: kubeconfig(), release: 'shop', namespace, onEvent };
  const other = new Deployer(options);
  open.push(other);
  const set = (value: string) => [...Array(30).keys()].map((index) => configMap(`c${index}`, { value }));
  await deployer.apply(set('0'));
  await Promise.all([deployer.apply(set('1')), other.apply(set('2'))]);
  const values = await kubectl('get', 'configmap', '-o', 'jsonpath={.items[*].data.value}');
  expect(new Set(values.split(' ')).size).toBe(1);
  expect((await deployer.history()).map(({ state }) => state)).toEqual(['good', 'good', 'good']);
});

test('what does not become healthy is told in time, and the last good revision is put back', async () => {
  const { deployer, kubectl } = await deployerIn({ timeoutMs: 4_000 });
  await deployer.apply([deployment('web'), configMap('a', { x: '1' })]);
  const broken = [deployment('web', { replicas: 1 }), configMap('a', { x: '2' }), configMap('new')];
  const failure = await refusalOf(deployer.apply(broken, { rollbackOnFailure: true }));
  expect(failure).toMatchObject({ code: 'APPLY_INCOMPLETE', remedy: expect.stringContaining('revision 3') });
  expect(failure.problems[0]).toMatchObject({
    code: 'OBJECT_UNHEALTHY',
    found: '0 of 1 pods are available (after 4 s)',
  });
  expect((await deployer.history()).map(({ revision, state }) => `${revision} ${state}`)).toEqual([
    '1 good',
    '2 failed',
    '3 good',
  ]);
  expect(await kubectl('get', 'configmap', 'a', '-o', 'jsonpath={.data.x}')).toBe('1');
  expect(await kubectl('get', 'configmap', '-o', 'name')).not.toContain('new');
  expect(await deployer.rollback(1)).toMatchObject({ changed: false });
  const status = await deployer.status();
  expect(status.objects.map(({ state }) => state)).toEqual(['healthy', 'healthy']);
});

const how: ApplyHow = {
  ...{ adopt: false, forceConflicts: false, recreate: [], prune: true, allowPrune: true, allowPruneOf: [] },
  ...{ wait: true, foreground: false, history: 3 },
};

function engineFor(connection: Connection) {
  return {
    api: kubeApi(connection),
    release: releaseOf('shop', connection.namespace),
    lock: { durationMs: 15_000, waitMs: 0, everyMs: 100 },
    onEvent: () => {},
    timeoutMs: 20_000,
  };
}
