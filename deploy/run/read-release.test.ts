import type { ClusterApi } from '../cluster/cluster-api';
import { DeployError } from '../errors';
import { PART_OF, releaseOf } from '../inventory/names';
import { collect } from '../objects/collect';
import { ModelApi, refusal } from '../testing-only/model-api';
import { applySet } from './apply-set';
import type { Engine } from './engine';
import type { Outcome } from './progress';
import { objectsOfRevision, readHistory, readStatus } from './read-release';
import { incomplete } from './report';

const release = releaseOf('shop', 'here');
const how = {
  ...{ adopt: false, forceConflicts: false, recreate: [], prune: true, allowPrune: true, allowPruneOf: [] },
  ...{ wait: false, foreground: false, history: 3 },
};
const engineFor = (api: ModelApi): Engine => ({
  api,
  release,
  lock: { durationMs: 15_000, waitMs: 0, everyMs: 1 },
  onEvent: () => {},
  timeoutMs: 0,
});
const configMap = (name: string, data: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});
const configMaps = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };

/** A release whose sets were applied one after the other. */
async function applied(...sets: readonly (readonly object[])[]) {
  const model = new ModelApi();
  const engine = engineFor(model);
  for (const set of sets) await applySet(engine, collect(set), how);
  return { model, engine };
}

test('each object is told as it is now: healthy, gone, or no longer ours', async () => {
  const { model, engine } = await applied([configMap('a'), configMap('gone'), configMap('theirs')]);
  const at = (name: string) => ({ namespace: 'here', name });
  const { metadata } = (await model.get(configMaps, at('gone')))!;
  await model.remove(configMaps, at('gone'), {
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    foreground: false,
  });
  await model.change(configMaps, at('theirs'), { metadata: { labels: { [PART_OF]: 'other' } } });
  const { objects, release: name, namespace, revisions } = await readStatus(engine);
  expect([name, namespace, revisions.length]).toEqual(['shop', 'here', 1]);
  const told = Object.fromEntries(objects.map((one) => [one.name, [one.state, one.why]]));
  expect(told).toEqual({
    a: ['healthy', ''],
    gone: ['missing', 'it was deleted by somebody else'],
    theirs: ['foreign', 'it has lost our label or our fields'],
  });
});

test('a status costs a list for each kind, and a look for what is in none; without the right to list, a look each', async () => {
  const { model, engine } = await applied([
    configMap('a'),
    configMap('b'),
    configMap('c'),
    configMap('theirs'),
  ]);
  await model.change(
    configMaps,
    { namespace: 'here', name: 'theirs' },
    { metadata: { labels: { [PART_OF]: 'x' } } },
  );
  const looks: string[] = [];
  const get: ModelApi['get'] = async (of, at) => {
    if (of.kind === 'ConfigMap') looks.push(at.name);
    return model.get(of, at);
  };
  const rich = await readStatus({ ...engine, api: { ...model, get } });
  expect(looks).toEqual(['theirs']);
  const list = async () => Promise.reject(refusal(403, 'Forbidden', 'no lists'));
  const poor = await readStatus({ ...engine, api: { ...model, get, list } });
  expect(poor).toEqual(rich);
  expect(looks.slice(1).sort()).toEqual(['a', 'b', 'c', 'theirs']);
});

test('the history is the revisions that are kept, the newest last', async () => {
  const { engine } = await applied(...['1', '2', '3', '4'].map((v) => [configMap('a', { v })]));
  expect((await readHistory(engine)).map(({ revision, state }) => [revision, state])).toEqual([
    [2, 'good'],
    [3, 'good'],
    [4, 'good'],
  ]);
});

test('the objects of a revision are as they were given, in the namespace that they went to, each with where it is', async () => {
  const { engine } = await applied(
    [configMap('a', { v: '1' }), configMap('b')],
    [configMap('a', { v: '2' })],
  );
  const of = async (revision?: number) =>
    (await objectsOfRevision(engine, revision)).map(({ object, from }) => [object, from]);
  const kept = (name: string, data?: object) => {
    const { metadata, ...rest } = configMap(name, data);
    return { ...rest, metadata: { ...metadata, namespace: 'here' } };
  };
  const first = [
    [kept('a', { v: '1' }), 'revision 1, object 1 of 2'],
    [kept('b'), 'revision 1, object 2 of 2'],
  ];
  expect(await of()).toEqual(first);
  expect(await of(1)).toEqual(first);
  expect(await of(2)).toEqual([[kept('a', { v: '2' }), 'revision 2, object 1 of 1']]);
});

test('an integer that no number of JavaScript holds comes back from a revision as it was given', async () => {
  const large = { ...configMap('a'), nonce: 9_007_199_254_740_993n };
  const { engine } = await applied([large]);
  expect(await objectsOfRevision(engine, 1)).toMatchObject([{ object: { nonce: 9_007_199_254_740_993n } }]);
});

test('a revision that is not kept is told with those that are', async () => {
  const { engine } = await applied([configMap('a')]);
  await expect(objectsOfRevision(engine, 7)).rejects.toMatchObject({
    code: 'REVISION_UNKNOWN',
    where: 'release shop in namespace here',
    found: 'no revision 7',
    expected: 'one of 1 (good)',
    remedy: 'Name one that is kept; drydock history shop lists them.',
  });
  await expect(objectsOfRevision(engine)).rejects.toMatchObject({
    found: 'no good revision before the newest: 1 (good)',
  });
});

test('a release that is not there is told as that by each of them', async () => {
  const engine = engineFor(new ModelApi());
  for (const read of [readStatus, readHistory, objectsOfRevision])
    await expect(read(engine)).rejects.toMatchObject({ code: 'RELEASE_UNKNOWN' });
});

test('what is not healthy is told with what it waits for and with the cause, and what its kind took with it', async () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } };
  const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' } };
  const { model, engine } = await applied([configMap('a'), pod, job]);
  const of = async (api: Partial<ClusterApi>) =>
    Object.fromEntries(
      (await readStatus({ ...engine, api: { ...model, ...api } })).objects.map(({ name, state, why }) => [
        name,
        [state, why],
      ]),
    );
  const get: ClusterApi['get'] = async (resource, at) => {
    const live = await model.get(resource, at);
    const containerStatuses = [{ name: 'main', state: { waiting: { reason: 'ErrImagePull' } } }];
    return live && live.kind === 'Pod' ? { ...live, status: { phase: 'Pending', containerStatuses } } : live;
  };
  expect(await of({ get })).toEqual({
    a: ['healthy', ''],
    j: ['healthy', ''],
    p: ['waiting', 'it is Pending and not ready; pod p: container main is in ErrImagePull'],
  });
  const served: ClusterApi['served'] = async (apiVersion) =>
    apiVersion === 'batch/v1' ? [] : model.served(apiVersion);
  expect(await of({ served })).toMatchObject({
    a: ['healthy', ''],
    j: ['missing', 'the server no longer has batch/v1'],
  });
});

test('a run that did not go well names each object that did not, and why', async () => {
  const where = 'release shop in namespace here';
  const outcome = (name: string, result: Outcome['result'], error?: DeployError): Outcome => ({
    ...{ group: '', kind: 'ConfigMap', namespace: 'here', name, result },
    ...(error ? { error } : {}),
  });
  const broken = new DeployError('OBJECT_REFUSED', { where: 'w', found: 'f', expected: 'e', remedy: 'r' });
  const told = incomplete(release, [
    outcome('a', 'applied'),
    outcome('b', 'failed', broken),
    outcome('c', 'skipped'),
  ]);
  expect(told).toMatchObject({
    code: 'APPLY_INCOMPLETE',
    where,
    found: '2 of 3 objects that did not go well',
    expected: 'all of them applied and healthy',
    remedy: `Mend what is listed and run the same again: it goes on from here. Nothing was pruned after the failure.\n  - ConfigMap here/b failed: ${broken.message}\n  - ConfigMap here/c skipped`,
    problems: [broken],
  });
});
