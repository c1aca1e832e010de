import type { KubeObject } from '../../kube';
import type { ClusterApi, Right } from '../cluster/cluster-api';
import { PART_OF, releaseOf } from '../inventory/names';
import { type Entry, ReleaseStore } from '../inventory/release-store';
import { collect } from '../objects/collect';
import { applySet } from '../run/apply-set';
import { ModelApi, refusal } from '../testing-only/model-api';
import { makePlan, type PlanAllowed, planRemovals } from './make-plan';
import { isRemoval } from './plan-removal';

const release = releaseOf('shop', 'here');
const allowed: PlanAllowed = {
  ...{ adopt: false, forceConflicts: false, recreate: [] },
  ...{ prune: true, allowPrune: false, allowPruneOf: [] },
};
const configMap = (name: string, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
});

/** A cluster that has this release. */
async function having(...objects: readonly object[]): Promise<ModelApi> {
  const model = new ModelApi();
  const lock = { durationMs: 15_000, waitMs: 0, everyMs: 1 };
  const how = { ...allowed, wait: false, foreground: false, history: 3 };
  await applySet({ api: model, release, lock, onEvent: () => {}, timeoutMs: 0 }, collect(objects), how);
  return model;
}

const planOf = async (api: ClusterApi, objects: readonly object[], more: Partial<PlanAllowed> = {}) =>
  makePlan(api, release, collect(objects), await new ReleaseStore(api, release).read(), {
    ...allowed,
    ...more,
  });
const told = ({ plan }: Awaited<ReturnType<typeof planOf>>) =>
  plan.objects.map(({ action, kind, name, note }) =>
    [action, kind, name, ...(note === undefined ? [] : [note])].join(' '),
  );

/** Who is asked for each right, and has it or not. */
function asking(model: ModelApi, has: (right: Right) => boolean = () => true) {
  const asked: string[] = [];
  const may = async (right: Right) => {
    asked.push(`${right.verb} ${right.group}/${right.resource} ${right.namespace}`);
    return has(right);
  };
  return { api: { ...model, may } as ClusterApi, asked };
}

test('what the set no longer has goes, the last stage first and then by name; without pruning it is kept', async () => {
  const ingress = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'a' } };
  const model = await having(configMap('c'), configMap('b'), ingress, configMap('stays'));
  expect(told(await planOf(model, [configMap('stays')]))).toEqual([
    'unchanged ConfigMap stays',
    'prune Ingress a',
    'prune ConfigMap b',
    'prune ConfigMap c',
  ]);
  const kept = await planOf(model, [configMap('stays')], { prune: false });
  expect(told(kept)).toEqual([
    'unchanged ConfigMap stays',
    'keep Ingress a pruning is off',
    'keep ConfigMap b pruning is off',
    'keep ConfigMap c pruning is off',
  ]);
  expect(kept.removals).toEqual([]);
  expect(kept.kept.map(({ name }) => name).sort()).toEqual(['a', 'b', 'c']);
});

test('to delete takes the right to; where nothing is pruned, that to look alone', async () => {
  const model = await having(configMap('a'), configMap('b'));
  const rights = async (prune: boolean) => {
    const { api, asked } = asking(model);
    await planOf(api, [configMap('a')], { prune });
    return asked.filter((one) => one.includes('configmaps'));
  };
  expect(await rights(true)).toEqual(['get /configmaps here', 'delete /configmaps here']);
  expect(await rights(false)).toEqual(['get /configmaps here']);
});

test('what is cluster-wide is asked for in no namespace', async () => {
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'r' } };
  const { api, asked } = asking(await having(role, configMap('a')));
  await planOf(api, [configMap('a')]);
  expect(asked).toContain('delete rbac.authorization.k8s.io/clusterroles undefined');
});

test('rights that are missing are told once, and not once for each object', async () => {
  const { api } = asking(new ModelApi(), ({ resource }) => resource !== 'configmaps');
  const forbidding: ClusterApi = { ...api, apply: () => Promise.reject(refusal(403, 'Forbidden', 'no')) };
  const { plan, writes } = await planOf(forbidding, [configMap('a'), configMap('b')]);
  expect(plan.problems.map(({ code }) => code)).toEqual(['RIGHTS_MISSING']);
  expect(writes).toEqual([]);
  // A server that forbids what it says to allow: a policy.
  const { plan: other } = await planOf({ ...forbidding, may: async () => true }, [
    configMap('a'),
    configMap('b'),
  ]);
  expect(other.problems.map(({ code, where }) => `${code} ${where}`)).toEqual([
    'OBJECT_REFUSED ConfigMap here/a (object 1 of 2)',
    'OBJECT_REFUSED ConfigMap here/b (object 2 of 2)',
  ]);
});

test('what is about the whole cluster ends the plan', async () => {
  const api: ClusterApi = {
    ...new ModelApi(),
    apply: () => Promise.reject(refusal(401, 'Unauthorized', 'no')),
  };
  await expect(planOf(api, [configMap('a')])).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('what cannot be tried yet has a note; what is in a namespace that is missing is not tried, and that is told', async () => {
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      ...{ group: 'example.com', scope: 'Namespaced', names: { kind: 'Widget', plural: 'widgets' } },
      versions: [{ name: 'v1', served: true }],
    },
  };
  const planned = await planOf(new ModelApi(), [
    definition,
    { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' } },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'new' } },
    configMap('in-new', { namespace: 'new' }),
    configMap('nowhere', { namespace: 'gone' }),
  ]);
  expect(told(planned)).toEqual([
    'create CustomResourceDefinition widgets.example.com',
    'create Namespace new',
    'create ConfigMap in-new not tried: its namespace comes with this set',
    'create Widget w not tried: its kind comes with this set',
  ]);
  expect(planned.plan.problems.map(({ code }) => code)).toEqual(['NAMESPACE_MISSING']);
});

test('an empty set and one that prunes too much are problems; the second can be allowed', async () => {
  const all = [...Array(8).keys()].map((at) => configMap(`c${at}`));
  const model = await having(...all);
  const problems = async (...asked: [readonly object[], Partial<PlanAllowed>?]) =>
    (await planOf(model, ...asked)).plan.problems.map(({ code }) => code);
  expect(await problems([])).toEqual(['SET_EMPTY', 'PRUNE_TOO_MANY']);
  expect(await problems([], { allowPrune: true })).toEqual(['SET_EMPTY']);
  expect(await problems(all.slice(4))).toEqual(['PRUNE_TOO_MANY']);
  expect(await problems(all.slice(4), { allowPrune: true })).toEqual([]);
  expect(await problems(all.slice(3))).toEqual([]);
});

test('what is proven by its digest is not tried, unless all are to be, or a named manager has fields of it', async () => {
  const model = await having(configMap('a'), configMap('b'));
  const tried = async (more: Partial<PlanAllowed>) => {
    const { applies } = model;
    const { asked, api } = asking(model);
    await planOf(api, [configMap('a'), configMap('b')], more);
    return [model.applies - applies, asked.length > 0];
  };
  expect(await tried({})).toEqual([0, false]);
  expect(await tried({ dryRunAll: true })).toEqual([2, true]);
  model.edit('helm', configMap('a', { namespace: 'here', annotations: { by: 'helm' } }) as KubeObject);
  expect(await tried({})).toEqual([0, false]);
  expect(await tried({ adoptFrom: ['helm'] })).toEqual([1, true]);
  model.edit('somebody', { ...configMap('b', { namespace: 'here' }), defaulted: 'theirs' } as KubeObject);
  expect(await tried({})).toEqual([1, true]);
});

test('the set is in the entries, each with the digest that is known of it; what goes is not', async () => {
  const model = await having(configMap('a'), configMap('b'));
  const { entries, kept, objects } = await planOf(model, [configMap('a'), configMap('c')]);
  const entry = { group: '', kind: 'ConfigMap', namespace: 'here', apiVersion: 'v1', plural: 'configmaps' };
  expect(entries).toEqual([
    { ...entry, name: 'a', digest: expect.stringMatching(/^.{22}$/) },
    { ...entry, name: 'c' },
  ]);
  expect(kept.map(({ name }) => name)).toEqual(['b']);
  expect(objects.map(({ metadata }) => metadata?.name)).toEqual(['a', 'c']);
});

test('of entries that are to go, each is what it is on its own', async () => {
  const model = await having(configMap('a'));
  const entry: Entry = {
    group: '',
    kind: 'ConfigMap',
    namespace: 'here',
    apiVersion: 'v1',
    plural: 'configmaps',
    name: 'a',
  };
  const planned = await planRemovals(model, release, [entry, { ...entry, name: 'gone' }], {
    prune: false,
    allowPruneOf: [],
  });
  expect(planned.map(({ planned: { name, action, note } }) => [name, action, note])).toEqual([
    ['a', 'keep', 'pruning is off'],
    ['gone', 'forget', 'it is gone already'],
  ]);
});

test('what is to go is read by one list of metadata for each kind and namespace, and not again where the plan has listed it', async () => {
  const names = ['a', 'b', 'c', 'd'];
  const model = await having(...names.map((name) => configMap(name)));
  const entries = names.map(
    (name): Entry => ({
      ...{ group: '', kind: 'ConfigMap', namespace: 'here', apiVersion: 'v1', plural: 'configmaps' },
      name,
    }),
  );
  const asked: string[] = [];
  const counting: ClusterApi = {
    ...model,
    get: (of, at) => {
      asked.push(`get ${of.kind}`);
      return model.get(of, at);
    },
    list: (of, ...where) => {
      asked.push(`list ${of.kind} ${of.only ?? 'all'}`);
      return model.list(of, ...where);
    },
  };
  const how = { prune: true, allowPruneOf: [] };
  const planned = await planRemovals(counting, release, entries, how);
  expect(planned.map(({ planned: { action } }) => action)).toEqual(names.map(() => 'prune'));
  expect(asked.splice(0)).toEqual(['list ConfigMap metadata']);
  const seen = new Map(
    (await model.list(planned.filter(isRemoval)[0]!.resource, 'here', `${PART_OF}=${release.id}`)).map(
      (live) => [`/ConfigMap/here/${live.metadata.name}`, live],
    ),
  );
  expect(await planRemovals(counting, release, entries, how, seen)).toEqual(planned);
  expect(asked).toEqual([]);
});

test('a server that takes no apply is told once, whatever the number of objects, and no dry-run is made after it', async () => {
  let asked = 0;
  const old: ClusterApi = {
    ...new ModelApi(),
    apply: () => {
      asked += 1;
      return Promise.reject(refusal(415, 'UnsupportedMediaType', 'an unknown format'));
    },
  };
  const names = [...Array(200).keys()].map((at) => configMap(`c${at}`));
  await expect(planOf(old, names)).rejects.toMatchObject({
    code: 'SERVER_TOO_OLD',
    where: 'ConfigMap here/c0 (object 1 of 200)',
    found: expect.stringContaining('an unknown format'),
  });
  expect(asked).toBeLessThan(100);
});
