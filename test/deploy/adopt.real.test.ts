import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tool } from '../../cluster';
import { configMap, deployment, onCluster, shown } from './on-cluster';

jest.setTimeout(240_000);
const { deployerIn, kubeconfig } = onCluster();

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

/** A chart that has nothing to render. */
function chartOf(objects: readonly object[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-adopt-'));
  mkdirSync(path.join(folder, 'templates'));
  writeFileSync(path.join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: shop\nversion: 1.0.0\n');
  const documents = objects.map((object) => JSON.stringify(object)).join('\n---\n');
  writeFileSync(path.join(folder, 'templates', 'all.yaml'), documents);
  return folder;
}

test.each(['helm-3', 'helm-4'] as const)(
  'what %s has installed is taken over, with what it alone had going, and helm can forget it',
  async (name) => {
    const { deployer, kubectl, namespace } = await deployerIn();
    const chart = chartOf([configMap('a', { x: '1', y: '1' }), deployment('web', { minReadySeconds: 5 })]);
    try {
      const args = ['install', 'shop', chart, '-n', namespace, '--kubeconfig', kubeconfig()];
      execFileSync(await tool(name), args, { encoding: 'utf8' });
    } finally {
      rmSync(chart, { recursive: true });
    }
    const set = [configMap('a', { x: '2' }), deployment('web')];
    const refused = await deployer.plan(set);
    expect(refused.problems.map(({ code }) => code)).toEqual(['OBJECT_NOT_OURS', 'OBJECT_NOT_OURS']);
    const plan = await deployer.plan(set, { adoptFrom });
    expect(shown(plan)).toEqual(['adopt ConfigMap a', 'adopt Deployment web']);
    expect(plan.objects[0]?.changes.map(({ path: field }) => field)).toEqual(
      expect.arrayContaining(['data.x', 'data.y', 'metadata.labels["app.kubernetes.io/managed-by"]']),
    );
    await deployer.apply(set, { adoptFrom, wait: false });
    expect(await kubectl('get', 'configmap', 'a', '-o', 'jsonpath={.data}')).toBe('{"x":"2"}');
    expect(await kubectl('get', 'deployment', 'web', '-o', 'jsonpath={.spec.minReadySeconds}')).toBe('');
    const managers = 'jsonpath={.metadata.managedFields[*].manager}';
    expect(await kubectl('get', 'configmap', 'a', '-o', managers, '--show-managed-fields')).toBe(
      'drydock-deploy',
    );
    // As the guide says it: what helm remembers goes, and the objects stay.
    await kubectl('delete', 'secret', '-l', 'owner=helm,name=shop');
    expect(await deployer.apply(set, { wait: false })).toMatchObject({ changed: false });
  },
);
