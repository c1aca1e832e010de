import type { ClusterApi, Live } from '../cluster/cluster-api';
import { PART_OF, releaseOf } from '../inventory/names';
import type { Removal } from '../plan/plan';
import { ModelApi, refusal } from '../testing-only/model-api';
import type { DeployEvent } from './progress';
import { goneIn, prune } from './prune';

const release = releaseOf('shop', 'here');
let told: DeployEvent[] = [];
beforeEach(() => {
  told = [];
});
const how = { timeoutMs: 0, foreground: false, onEvent: (event: DeployEvent) => told.push(event) };

/** An object of the release on the model, and its removal as it was planned. */
async function removal(model: ModelApi, kind: string, name: string, apiVersion = 'v1'): Promise<Removal> {
  const resource = { apiVersion, kind, plural: `${kind.toLowerCase()}s`, namespaced: true };
  const metadata = { name, namespace: 'here', labels: { [PART_OF]: release.id } };
  const live = await model.apply(resource, { apiVersion, kind, metadata, data: { x: '1' } } as never);
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0]! : '';
  const planned = { group, kind, namespace: 'here', name, action: 'prune', changes: [], taken: [] } as const;
  return { planned, live, resource };
}

const outcome = (name: string, result: string, kind = 'ConfigMap') => ({
  ...{ group: '', kind, namespace: 'here', name, result },
});

test('the last stage goes first, and each object is told as it goes', async () => {
  const model = new ModelApi();
  const removals = [
    await removal(model, 'ConfigMap', 'a'),
    await removal(model, 'Ingress', 'b', 'networking.k8s.io/v1'),
    await removal(model, 'Deployment', 'c', 'apps/v1'),
  ];
  const outcomes = await prune(model, release, removals, how);
  expect(outcomes.map(({ name, result }) => `${name} ${result}`)).toEqual([
    'b pruned',
    'c pruned',
    'a pruned',
  ]);
  expect(told).toEqual([
    { type: 'stage', stage: 'deletions', objects: 3 },
    ...outcomes.map((one) => ({ type: 'object', outcome: one })),
  ]);
  expect(outcomes[2]).toEqual({ ...outcome('a', 'pruned'), uid: removals[0]!.live.metadata.uid });
  expect([...model.objects.keys()].filter((key) => !key.includes('/Namespace/'))).toEqual([]);
});

test('what has become another’s since the plan is forgotten, and what is to be kept by now is kept', async () => {
  const model = new ModelApi();
  const removals = [await removal(model, 'ConfigMap', 'theirs'), await removal(model, 'ConfigMap', 'kept')];
  const edit = (name: string, metadata: object) =>
    model.edit('somebody', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'here', ...metadata },
    } as never);
  edit('theirs', { labels: { [PART_OF]: 'other' } });
  edit('kept', { annotations: { 'helm.sh/resource-policy': 'keep' } });
  const outcomes = await prune(model, release, removals, how);
  expect(outcomes).toEqual([outcome('theirs', 'forgotten'), outcome('kept', 'kept')]);
  expect(model.objects.has('/ConfigMap/here/theirs') && model.objects.has('/ConfigMap/here/kept')).toBe(true);
  expect([...goneIn(outcomes)]).toEqual(['/ConfigMap/here/theirs']);
});

test('what hangs or is refused has failed, with its reason, and the others go on', async () => {
  const model = new ModelApi();
  const removals = [
    await removal(model, 'ConfigMap', 'hangs'),
    await removal(model, 'ConfigMap', 'refused'),
    await removal(model, 'ConfigMap', 'goes'),
  ];
  const api: ClusterApi = {
    ...model,
    remove: async (of, at, given) => {
      if (at.name === 'hangs') return 'going';
      if (at.name === 'refused') throw refusal(403, 'Forbidden', 'a policy says no');
      return model.remove(of, at, given);
    },
  };
  const outcomes = await prune(api, release, removals, how);
  expect(outcomes).toMatchObject([
    { ...outcome('hangs', 'failed'), error: { code: 'DELETION_HANGS' } },
    {
      ...outcome('refused', 'failed'),
      error: {
        code: 'OBJECT_REFUSED',
        where: 'deletion of ConfigMap here/refused',
        found: expect.stringContaining('a policy says no'),
        expected: expect.stringMatching(/./),
        remedy: expect.stringMatching(/./),
      },
    },
    outcome('goes', 'pruned'),
  ]);
  expect([...goneIn(outcomes)]).toEqual(['/ConfigMap/here/goes']);
});

test('what is about the whole cluster ends it', async () => {
  const model = new ModelApi();
  const removals = [await removal(model, 'ConfigMap', 'a')];
  for (const failure of [refusal(401, 'Unauthorized', 'no'), new Error('no cluster')]) {
    const api: ClusterApi = { ...model, remove: () => Promise.reject(failure) };
    await expect(prune(api, release, removals, how)).rejects.toBe(failure);
  }
});

test('a deletion is in the order that was asked for', async () => {
  const model = new ModelApi();
  const asked: unknown[] = [];
  const api: ClusterApi = {
    ...model,
    remove: (of, at, given) => {
      asked.push(given.foreground);
      return model.remove(of, at, given);
    },
  };
  for (const foreground of [true, false])
    await prune(api, release, [await removal(model, 'ConfigMap', 'a')], { ...how, foreground });
  expect(asked).toEqual([true, false]);
});

test('only what is pruned or forgotten is gone', () => {
  const results = [
    'applied',
    'unchanged',
    'pruned',
    'kept',
    'forgotten',
    'failed',
    'skipped',
    'unhealthy',
  ] as const;
  const outcomes = results.map((result) => ({ group: '', kind: 'A', name: result, result }));
  expect([...goneIn(outcomes)]).toEqual(['/A//pruned', '/A//forgotten']);
});

test('one that an earlier look has seen is deleted as it was seen', async () => {
  const model = new ModelApi();
  const planned = await removal(model, 'ConfigMap', 'a');
  let looks = 0;
  const api: ClusterApi = {
    ...model,
    get: async (of, at): Promise<Live | undefined> => {
      looks += 1;
      return model.get(of, at);
    },
  };
  const { uid } = planned.live.metadata;
  expect(await prune(api, release, [planned], how)).toEqual([{ ...outcome('a', 'pruned'), uid }]);
  expect(looks).toBe(0);
});
