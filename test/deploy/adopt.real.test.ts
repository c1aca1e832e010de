import { configMap, deployment, onCluster, shown } from './on-cluster';

jest.setTimeout(240_000);
const { deployerIn } = onCluster();

const adoptFrom = ['kubectl-client-side-apply', 'helm'];

test('with all fields of kubectl, what it had set and the set does not state goes, as the plan shows it', async () => {
  const { deployer, given, kubectl } = await deployerIn();
  await given(configMap('a', { x: '1', y: '1' }));
  await given(deployment('web', { revisionHistoryLimit: 3, minReadySeconds: 5 }));
  await kubectl('patch', 'configmap', 'a', '-p', '{"data":{"other":"1"}}');
  const set = [configMap('a', { x: '2' }), deployment('web')];
  const plan = await deployer.plan(set, { adoptFrom });
  expect(plan.problems).toEqual([]);
  expect(shown(plan)).toEqual(['adopt ConfigMap a', 'adopt Deployment web']);
  const [ofConfig, ofPods] = plan.objects.map(({ changes }) =>
    changes
      .map(({ path, before, after }) => [path, before, after])
      .filter(([path]) => !/^metadata/.test(String(path))),
  );
  expect(ofConfig).toEqual([
    ['data.x', '1', '2'],
    ['data.y', '1', undefined],
  ]);
  // What goes and has a default gets that.
  expect(ofPods).toEqual([
    ['spec.minReadySeconds', 5, undefined],
    ['spec.revisionHistoryLimit', 3, 10],
  ]);
  expect(plan.objects[0]?.taken.map(({ path, owner }) => `${path} ${owner.manager}`)).toEqual([
    'data.x kubectl-client-side-apply',
  ]);
  await deployer.apply(set, { adoptFrom, wait: false });
  expect(await kubectl('get', 'configmap', 'a', '-o', 'jsonpath={.data}')).toBe('{"other":"1","x":"2"}');
  const spec = 'jsonpath={.spec.minReadySeconds} {.spec.revisionHistoryLimit}';
  expect(await kubectl('get', 'deployment', 'web', '-o', spec)).toBe(' 10');
  const managers = 'jsonpath={.metadata.managedFields[*].manager}';
  expect(await kubectl('get', 'configmap', 'a', '-o', managers, '--show-managed-fields')).toBe(
    'drydock-deploy kubectl-patch',
  );
  expect(await deployer.apply(set, { adoptFrom, wait: false })).toMatchObject({ changed: false });
});

test('without it the fields that the set does not state stay with their owner', async () => {
  const { deployer, given, kubectl } = await deployerIn();
  await given(configMap('a', { x: '1', y: '1' }));
  await deployer.apply([configMap('a', { x: '2' })], { adopt: true });
  expect(await kubectl('get', 'configmap', 'a', '-o', 'jsonpath={.data}')).toBe('{"x":"2","y":"1"}');
  // It can be taken later too.
  await deployer.apply([configMap('a', { x: '2' })], { adoptFrom });
  expect(await kubectl('get', 'configmap', 'a', '-o', 'jsonpath={.data}')).toBe('{"x":"2"}');
});
