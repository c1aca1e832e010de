import { kubeApi } from '../../deploy/cluster/kube-api';
import { releaseOf } from '../../deploy/inventory/names';
import { collect } from '../../deploy/objects/collect';
import { applySet } from '../../deploy/run/apply-set';
import type { Engine } from '../../deploy/run/engine';
import { readStatus } from '../../deploy/run/read-release';
import type { KubeEvent } from '../../kube';
import { connectAs, makeAccount } from '../../kube/testing-only/service-account';
import { configMap, onCluster } from './on-cluster';

jest.setTimeout(300_000);

const { deployerIn, open } = onCluster();

const job = (name: string) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: {
    // No controller of the cluster minds it: its status is what the test writes.
    managedBy: 'example.com/nobody',
    template: {
      spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'localhost/none:1' }] },
    },
  },
});
const complete = {
  status: {
    conditions: ['SuccessCriteriaMet', 'Complete'].map((type) => ({ type, status: 'True' })),
    succeeded: 1,
    startTime: '2026-01-01T00:00:00Z',
    completionTime: '2026-01-01T00:01:00Z',
  },
};

/** A deployer whose calls and watches are noted. `followed` resolves when its first watch has begun. */
async function watchedDeployer() {
  const events: KubeEvent[] = [];
  let isFollowed = () => {};
  const followed = new Promise<void>((resolve) => {
    isFollowed = resolve;
  });
  const made = await deployerIn({
    timeoutMs: 240_000,
    hooks: {
      onEvent: (event) => {
        events.push(event);
        if (event.type === 'watch' && event.what === 'listed') isFollowed();
      },
    },
  });
  return { ...made, events, followed };
}

test('a wait for many objects of a kind is one watch, which sees what others do to them, and no look', async () => {
  const { deployer, kubectl, events, followed } = await watchedDeployer();
  const names = ['a', 'b', 'c', 'd'];
  const applying = deployer.apply(names.map(job));
  await followed;
  // Looks that were under way when the watch began have ended by then; without a watch there would be one every two seconds.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const from = events.length;
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  for (const name of names) await finish(kubectl, name);
  expect((await applying).outcomes.map(({ result }) => result)).toEqual(names.map(() => 'applied'));
  const looks = events
    .slice(from)
    .filter((event) => event.type === 'call' && event.method === 'GET' && /\/jobs\/./.test(event.path));
  expect(looks).toEqual([]);
  expect(events.filter((event) => event.type === 'watch' && event.what === 'listed')).toHaveLength(1);
  expect((await deployer.status()).objects.map(({ state }) => state)).toEqual(names.map(() => 'healthy'));
});

test('a deletion that takes its time is waited for by one watch of metadata for a kind, and one look at its end', async () => {
  const { deployer, kubectl, events, followed } = await watchedDeployer();
  const names = ['a', 'b', 'c'];
  const held = (name: string) => ({
    ...configMap(name, { x: '1' }),
    metadata: { name, finalizers: ['example.com/held'] },
  });
  await deployer.apply([configMap('stays'), ...names.map(held)]);
  const pruning = deployer.apply([configMap('stays')], { allowPrune: true });
  await followed;
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const from = events.length;
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  const looks = events
    .slice(from)
    .filter((event) => event.type === 'call' && event.method === 'GET' && /\/configmaps\/./.test(event.path));
  expect(looks).toEqual([]);
  for (const name of names)
    await kubectl('patch', 'configmap', name, '--type=merge', '-p', '{"metadata":{"finalizers":null}}');
  const pruned = (await pruning).outcomes.filter(({ result }) => result === 'pruned');
  expect(pruned.map(({ name }) => name).sort()).toEqual(names);
  expect(events.filter((event) => event.type === 'watch' && event.what === 'listed')).toHaveLength(1);
});

test('an account without the right to watch or list waits by looks', async () => {
  const { connection, kubectl } = await deployerIn();
  await makeAccount(connection, 'poor', [
    { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'create', 'patch', 'delete'] },
    {
      apiGroups: ['coordination.k8s.io'],
      resources: ['leases'],
      verbs: ['get', 'create', 'patch', 'delete'],
    },
    { apiGroups: ['batch'], resources: ['jobs'], verbs: ['get', 'create', 'patch', 'delete'] },
  ]);
  const poor = await connectAs(connection, 'poor');
  open.push(poor);
  const engine: Engine = {
    api: kubeApi(poor),
    release: releaseOf('shop', poor.namespace),
    lock: { durationMs: 15_000, waitMs: 0, everyMs: 100 },
    onEvent: () => {},
    timeoutMs: 240_000,
  };
  const how = {
    ...{ adopt: false, forceConflicts: false, recreate: [], prune: true, allowPrune: true, allowPruneOf: [] },
    ...{ wait: true, foreground: false, history: 3 },
  };
  const applying = applySet(engine, collect([job('a'), job('b')]), how);
  const isThere = async () => (await kubectl('get', 'jobs', '-o', 'name')).split('\n').length > 2;
  while (!(await isThere())) await new Promise((resolve) => setTimeout(resolve, 100));
  for (const name of ['a', 'b']) await finish(kubectl, name);
  expect((await applying).outcomes.map(({ result }) => result)).toEqual(['applied', 'applied']);
  const { objects } = await readStatus(engine);
  expect(objects.map(({ state }) => state)).toEqual(['healthy', 'healthy']);
});

function finish(kubectl: (...args: string[]) => Promise<string>, name: string): Promise<string> {
  return kubectl(
    'patch',
    'job',
    name,
    '--subresource=status',
    '--type=merge',
    '-p',
    JSON.stringify(complete),
  );
}
