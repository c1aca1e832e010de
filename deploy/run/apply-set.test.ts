import type { KubeObject } from '../../kube';
import type { ClusterApi } from '../cluster/cluster-api';
import type { DeployError } from '../errors';
import { PART_OF, releaseOf } from '../inventory/names';
import { ReleaseStore } from '../inventory/release-store';
import { collect } from '../objects/collect';
import { ModelApi, refusal } from '../testing-only/model-api';
import { type ApplyHow, applySet } from './apply-set';
import { deleteRelease } from './delete-release';
import type { Engine } from './engine';
import type { DeployEvent } from './progress';
import { objectsOfRevision } from './read-release';

const release = releaseOf('shop', 'here');
const how: ApplyHow = {
  ...{ adopt: false, forceConflicts: false, recreate: [], prune: true, allowPrune: false, allowPruneOf: [] },
  ...{ wait: true, foreground: false, history: 3 },
};
let told: DeployEvent[] = [];
beforeEach(() => {
  told = [];
});

function engineFor(api: ClusterApi): Engine {
  const lock = { durationMs: 15_000, waitMs: 0, everyMs: 1 };
  return { api, release, lock, onEvent: (event) => told.push(event), timeoutMs: 0 };
}

const apply = (api: ClusterApi, objects: readonly unknown[], more: Partial<ApplyHow> = {}) =>
  applySet(engineFor(api), collect(objects), { ...how, ...more });
const failureOf = (run: Promise<unknown>): Promise<DeployError> =>
  run.then(
    () => Promise.reject(new Error('it went well')),
    (error: DeployError) => error,
  );

const object = (kind: string, name: string, more: object = {}, apiVersion = 'v1') => ({
  apiVersion,
  kind,
  metadata: { name },
  ...more,
});
const configMap = (name: string, more: object = {}) => object('ConfigMap', name, more);
const deployment = (name: string, uses: string) =>
  object(
    'Deployment',
    name,
    { spec: { template: { spec: { containers: [{ envFrom: [{ configMapRef: { name: uses } }] }] } } } },
    'apps/v1',
  );
/** The dry-run takes it, and the cluster does not when it comes to it: a quota that is used up meanwhile. */
const refusing = (model: ModelApi, name: string): ClusterApi => ({
  ...model,
  apply: (of, given, options) =>
    given.metadata?.name === name && !options?.dryRun
      ? Promise.reject(refusal(403, 'Forbidden', 'exceeded quota'))
      : model.apply(of, given, options),
});
const isThere = (model: ModelApi, key: string) => model.objects.has(key);

test('what kinds there are is on its way while the release is read, so that neither waits for the other', async () => {
  const model = new ModelApi();
  const asked: string[] = [];
  const api: ClusterApi = {
    ...model,
    served: (apiVersion) => {
      asked.push(apiVersion);
      return model.served(apiVersion);
    },
    get: (of, at) => {
      asked.push(of.kind);
      return model.get(of, at);
    },
  };
  await apply(api, [configMap('a'), configMap('b'), object('Job', 'j', {}, 'batch/v1')]);
  expect(asked.slice(0, 3)).toEqual(['v1', 'batch/v1', 'Secret']);
});

test('a server that cannot say what kinds it has is told once, by who needs it', async () => {
  const model = new ModelApi();
  const away = refusal(503, 'ServiceUnavailable', 'it is away');
  const api: ClusterApi = { ...model, served: () => Promise.reject(away) };
  await expect(apply(api, [configMap('a')])).rejects.toBe(away);
});

test('what fails stops what needs it, and neither its neighbours nor later stages; nothing is pruned', async () => {
  const model = new ModelApi();
  const set = [
    configMap('bad'),
    configMap('good'),
    deployment('needs-bad', 'bad'),
    deployment('needs-good', 'good'),
  ];
  // A Deployment of the model has no controller, so nothing is waited for.
  await apply(model, [configMap('old')], { wait: false });
  const failure = await failureOf(apply(refusing(model, 'bad'), set, { wait: false }));
  expect(failure.code).toBe('APPLY_INCOMPLETE');
  const results = told.flatMap((event) =>
    event.type === 'object' ? [`${event.outcome.name} ${event.outcome.result}`] : [],
  );
  expect(results.sort()).toEqual([
    'bad failed',
    'good applied',
    'needs-bad skipped',
    'needs-good applied',
    'old applied',
  ]);
  expect(failure.problems.map(({ code }) => code).sort()).toEqual(['APPLY_INCOMPLETE', 'OBJECT_REFUSED']);
  expect(isThere(model, '/ConfigMap/here/old')).toBe(true);
  await apply(model, set, { wait: false });
  expect(isThere(model, '/ConfigMap/here/old')).toBe(false);
  expect(isThere(model, 'apps/Deployment/here/needs-bad')).toBe(true);
});

test('an object that depends on another waits until that one is healthy', async () => {
  const model = new ModelApi();
  const dependsOn = { 'config.kubernetes.io/depends-on': 'batch/namespaces/here/Job/migrate' };
  const set = [
    object('Job', 'migrate', {}, 'batch/v1'),
    { ...configMap('after'), metadata: { name: 'after', annotations: dependsOn } },
  ];
  model.jobStatus = { conditions: [{ type: 'Failed', status: 'True', message: 'no' }] };
  expect((await failureOf(apply(model, set))).message).toMatch(
    /Job here\/migrate \(not healthy: Failed is True: no\)/,
  );
  expect(isThere(model, '/ConfigMap/here/after')).toBe(false);
});

test('a set that is applied and not healthy is not done: the next run waits again, as the same revision', async () => {
  const model = new ModelApi();
  model.jobStatus = { active: 1 };
  const set = [object('Job', 'migrate', {}, 'batch/v1')];
  expect((await failureOf(apply(model, set))).problems[0]).toMatchObject({ code: 'OBJECT_UNHEALTHY' });
  expect((await failureOf(apply(model, set))).problems[0]).toMatchObject({ code: 'OBJECT_UNHEALTHY' });
  model.edit('job-controller', { ...set[0], status: {} } as unknown as KubeObject);
  model.jobStatus = { conditions: [{ type: 'Complete', status: 'True' }] };
  model.edit('job-controller', { ...set[0], spec: { parallelism: 1 } } as unknown as KubeObject);
  expect(await apply(model, set)).toMatchObject({ revision: 1, changed: true });
  expect(await apply(model, set)).toMatchObject({ revision: 1, changed: false });
});

test('an object that somebody makes between plan and apply is let go of again', async () => {
  const model = new ModelApi();
  const late: ClusterApi = {
    ...model,
    apply: (of, given, options) => {
      const isFirst = !options?.dryRun && !isThere(model, '/ConfigMap/here/a');
      if (isFirst) model.edit('somebody', configMap('a', { data: { theirs: '1' } }) as KubeObject);
      return model.apply(of, given, options);
    },
  };
  const failure = await failureOf(apply(late, [configMap('a', { data: { ours: '1' } })]));
  expect(failure.problems[0]).toMatchObject({ code: 'OBJECT_NOT_OURS' });
  const live = model.objects.get('/ConfigMap/here/a');
  expect(live).toMatchObject({ data: { theirs: '1' } });
  expect(live?.metadata.labels?.[PART_OF]).toBeUndefined();
});

test('an object that is made anew between plan and apply is not touched', async () => {
  const model = new ModelApi();
  await apply(model, [configMap('a', { data: { x: '1' } })]);
  const late: ClusterApi = {
    ...model,
    apply: (of, given, options) => {
      if (!options?.dryRun) {
        model.drop('/ConfigMap/here/a');
        model.edit('somebody', configMap('a', { data: { theirs: '1' } }) as KubeObject);
      }
      return model.apply(of, given, options);
    },
  };
  await failureOf(apply(late, [configMap('a', { data: { x: '2' } })]));
  expect(model.objects.get('/ConfigMap/here/a')).toMatchObject({ data: { theirs: '1' } });
  expect(model.objects.get('/ConfigMap/here/a')).not.toMatchObject({ data: { x: '2' } });
});

test('the history has so many revisions, the last good one among them, and a rollback goes there', async () => {
  const model = new ModelApi();
  const set = (x: string) => [configMap('a', { data: { x } })];
  for (const x of ['1', '2', '3']) await apply(model, set(x));
  for (const x of ['4', '5', '6', '7']) await failureOf(apply(refusing(model, 'a'), set(x)));
  const { revisions } = await new ReleaseStore(model, release).read();
  expect(revisions.map(({ revision, state }) => `${revision} ${state}`)).toEqual([
    '3 good',
    '5 failed',
    '6 failed',
    '7 failed',
  ]);
  const [given] = await objectsOfRevision(engineFor(model));
  expect(given?.object).toMatchObject({ data: { x: '3' } });
  const blobs = [...model.objects.keys()].filter((key) => key.startsWith('/Secret/here/drydock.shop.'));
  // Four sets and the inventory, which was the same all the time.
  expect(blobs).toHaveLength(5);
});

test('the plan is made again under the lock when another run was quicker', async () => {
  const model = new ModelApi();
  await apply(model, [configMap('a')]);
  let isFirst = true;
  const slow: ClusterApi = {
    ...model,
    create: async (of, given) => {
      if (given.kind === 'Lease' && isFirst) {
        isFirst = false;
        await apply(model, [configMap('a'), configMap('b')]);
      }
      return model.create(of, given);
    },
  };
  await apply(slow, [configMap('a', { data: { x: '1' } })]);
  expect(isThere(model, '/ConfigMap/here/b')).toBe(false);
  const { inventory } = await new ReleaseStore(model, release).read();
  expect(inventory.map(({ name }) => name)).toEqual(['a']);
});

test('a release is deleted but for what is precious, and is gone when that was named', async () => {
  const model = new ModelApi();
  const keep = { annotations: { 'helm.sh/resource-policy': 'keep' } };
  await apply(model, [
    configMap('a'),
    { ...configMap('kept'), metadata: { name: 'kept', ...keep } },
    object('PersistentVolumeClaim', 'data'),
  ]);
  const first = await deleteRelease(engineFor(model), { allowPruneOf: [], foreground: false });
  expect(first.outcomes.map(({ name, result }) => `${name} ${result}`).sort()).toEqual([
    'a pruned',
    'data kept',
    'kept forgotten',
  ]);
  expect(first.revision).toBe(1);
  const allowPruneOf = ['PersistentVolumeClaim/data'];
  await deleteRelease(engineFor(model), { allowPruneOf, foreground: false });
  const left = [...model.objects.keys()].filter((key) => !key.startsWith('/Namespace/'));
  expect(left).toEqual(['/ConfigMap/here/kept']);
});

test('two releases do not take an object from each other unless that is asked for; then the first lets it be', async () => {
  const model = new ModelApi();
  const other = { ...engineFor(model), release: releaseOf('other', 'here') };
  await apply(model, [configMap('a'), configMap('b')]);
  expect(await failureOf(applySet(other, collect([configMap('a')]), how))).toMatchObject({
    code: 'OBJECT_NOT_OURS',
    found: expect.stringContaining('another release'),
  });
  await applySet(other, collect([configMap('a')]), { ...how, adopt: true });
  expect((await failureOf(apply(model, [configMap('a'), configMap('b')]))).code).toBe('OBJECT_NOT_OURS');
  await apply(model, [configMap('b')]);
  expect(model.objects.get('/ConfigMap/here/a')?.metadata.labels?.[PART_OF]).toBe(other.release.id);
});

test('few objects are pruned without a word, many are not, and an empty set is none', async () => {
  const model = new ModelApi();
  const set = (count: number) => [...Array(count).keys()].map((index) => configMap(`c${index}`));
  await apply(model, set(20));
  expect((await failureOf(apply(model, set(14)))).code).toBe('PRUNE_TOO_MANY');
  await apply(model, set(15));
  await apply(model, set(2), { allowPrune: true });
  expect((await failureOf(apply(model, [], { allowPrune: true }))).code).toBe('SET_EMPTY');
  await apply(model, set(1));
  expect(isThere(model, '/ConfigMap/here/c1')).toBe(false);
});

test('who lacks rights hears of all of them, once for a kind, and of what else is wrong', async () => {
  const model = new ModelApi();
  const forbidden = () => Promise.reject(refusal(403, 'Forbidden', 'no'));
  const poor: ClusterApi = { ...model, get: forbidden, apply: forbidden, may: async () => false };
  const missing = { ...configMap('c'), metadata: { name: 'c', namespace: 'nowhere' } };
  const failure = await failureOf(
    apply(poor, [configMap('a'), configMap('b'), object('Nothing', 'x'), missing]),
  );
  expect(failure.problems.map(({ code }) => code)).toEqual(['OBJECT_KIND_UNKNOWN', 'RIGHTS_MISSING']);
  expect(failure.message.match(/create configmaps in here/g)).toHaveLength(1);
  expect(model.objects.size).toBe(2);
});

test('an apply without a change says so of each object, with what is kept', async () => {
  const model = new ModelApi();
  const claim = object('PersistentVolumeClaim', 'data', { spec: {} });
  const role = object('ClusterRole', 'r', {}, 'rbac.authorization.k8s.io/v1');
  await apply(model, [configMap('a'), role, claim]);
  await apply(model, [configMap('a'), role]);
  expect(await apply(model, [configMap('a'), role])).toEqual({
    ...{ release: 'shop', namespace: 'here', revision: 1, changed: false },
    outcomes: [
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'r', result: 'unchanged' },
      { group: '', kind: 'ConfigMap', namespace: 'here', name: 'a', result: 'unchanged' },
      { group: '', kind: 'PersistentVolumeClaim', namespace: 'here', name: 'data', result: 'kept' },
    ],
  });
});

test('an apply with a change tells of what the set no longer has too, and which it has made', async () => {
  const model = new ModelApi();
  await apply(model, [
    configMap('a'),
    configMap('gone'),
    object('PersistentVolumeClaim', 'data', { spec: {} }),
  ]);
  model.drop('/ConfigMap/here/gone');
  const { outcomes } = await apply(model, [configMap('a', { data: { x: '2' } })]);
  const { uid, resourceVersion } = model.objects.get('/ConfigMap/here/a')!.metadata;
  expect(
    outcomes.map(({ name, result, ...which }) => [name, result, which.uid, which.resourceVersion]),
  ).toEqual([
    ['a', 'applied', uid, resourceVersion],
    ['gone', 'forgotten', undefined, undefined],
    ['data', 'kept', undefined, undefined],
  ]);
});

test('a run that deletes and does not end well keeps what is left, and says what it is', async () => {
  const model = new ModelApi();
  await apply(model, [configMap('a'), configMap('b')]);
  const api: ClusterApi = {
    ...model,
    remove: (of, at, given) =>
      at.name === 'a' ? Promise.reject(refusal(403, 'Forbidden', 'no')) : model.remove(of, at, given),
  };
  const failure = await failureOf(deleteRelease(engineFor(api), { allowPruneOf: [], foreground: false }));
  expect(failure).toMatchObject({
    code: 'APPLY_INCOMPLETE',
    problems: [{ where: 'deletion of ConfigMap here/a' }],
  });
  const { inventory } = await new ReleaseStore(model, release).read();
  expect(inventory.map(({ name }) => name)).toEqual(['a']);
  const last = await deleteRelease(engineFor(model), { allowPruneOf: [], foreground: false });
  expect(last).toEqual({
    ...{ release: 'shop', namespace: 'here', revision: undefined, changed: true },
    outcomes: [
      {
        group: '',
        kind: 'ConfigMap',
        namespace: 'here',
        name: 'a',
        result: 'pruned',
        uid: expect.any(String),
      },
    ],
  });
  await expect(
    deleteRelease(engineFor(model), { allowPruneOf: [], foreground: false }),
  ).rejects.toMatchObject({
    code: 'RELEASE_UNKNOWN',
    where: 'release shop in namespace here',
    found: 'no Secret drydock.shop there',
    expected: 'a release that drydock apply has made',
    remedy: 'Correct its name, its namespace or the context of the kubeconfig.',
  });
});

test('a revision says when it was begun and how many objects it has', async () => {
  const model = new ModelApi();
  await apply(model, [configMap('a'), configMap('b')]);
  expect((await new ReleaseStore(model, release).read()).revisions).toEqual([
    {
      revision: 1,
      state: 'good',
      at: '2026-01-01T00:00:00.000Z',
      objects: 2,
      blobs: [expect.stringMatching(/^drydock\.shop\./)],
    },
  ]);
});

test('a run that fails frees its lock, and its failure is the news, also where that cannot be freed', async () => {
  const model = new ModelApi();
  const isLease = (key: string) => key.includes('/Lease/');
  await failureOf(apply(refusing(model, 'bad'), [configMap('bad')]));
  expect([...model.objects.keys()].filter(isLease)).toEqual([]);
  const stuck: ClusterApi = {
    ...refusing(model, 'bad'),
    remove: (of, at, given) =>
      of.kind === 'Lease' ? Promise.reject(refusal(403, 'Forbidden', 'no')) : model.remove(of, at, given),
  };
  expect((await failureOf(apply(stuck, [configMap('bad')]))).code).toBe('APPLY_INCOMPLETE');
});
