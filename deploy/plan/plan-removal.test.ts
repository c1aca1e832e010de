import { metadataOnly } from '../../kube';
import { type ClusterApi, type Live, MANAGER } from '../cluster/cluster-api';
import { PART_OF, releaseOf } from '../inventory/names';
import type { Entry } from '../inventory/release-store';
import { ModelApi } from '../testing-only/model-api';
import { isRemoval, planRemoval, type RemovalAllowed } from './plan-removal';

const release = releaseOf('shop', 'here');
const resource = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const entryOf = (kind: string, namespace?: string): Entry =>
  ({ apiVersion: 'v1', group: '', kind, plural: 'x', name: 'a', ...(namespace && { namespace }) }) as Entry;
const ENTRY = entryOf('ConfigMap', 'here');
const asksNothing = { get: () => Promise.reject(new Error('asked')) } as unknown as ClusterApi;

/** What becomes of an object that is there with these labels and annotations, in our hands. */
async function removed(
  { labels = { [PART_OF]: release.id }, annotations = {} }: { labels?: object; annotations?: object } = {},
  allowed: RemovalAllowed = { allowPruneOf: [] },
  entry = ENTRY,
) {
  const model = new ModelApi();
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', namespace: 'here', labels, annotations },
  };
  await model.apply(resource, object as never);
  return planRemoval(model, release, { entry, found: resource }, undefined, allowed);
}

test('what is ours and in the set no more is pruned, as it was looked at', async () => {
  const plan = await removed();
  expect(plan).toMatchObject({
    planned: { action: 'prune', kind: 'ConfigMap', name: 'a', changes: [], taken: [] },
    resource,
  });
  expect(isRemoval(plan)).toBe(true);
});

test.each<[string, object, RemovalAllowed, string, string]>([
  [
    'has lost our label',
    { labels: {} },
    { allowPruneOf: [] },
    'forget',
    'it is no longer ours: it has lost our label or our fields',
  ],
  [
    'has the label of another release',
    { labels: { [PART_OF]: 'other' } },
    { allowPruneOf: [] },
    'forget',
    'it is no longer ours: it has lost our label or our fields',
  ],
  [
    'an annotation keeps',
    { annotations: { 'helm.sh/resource-policy': 'keep' } },
    { allowPruneOf: [] },
    'keep',
    'helm.sh/resource-policy: keep',
  ],
  [
    'an annotation keeps where all of the release goes',
    { annotations: { 'helm.sh/resource-policy': 'keep' } },
    { allowPruneOf: [], letGo: true },
    'forget',
    'helm.sh/resource-policy: keep',
  ],
])('what %s is not touched', async (_, metadata, allowed, action, note) => {
  const plan = await removed(metadata, allowed);
  expect(plan.planned).toMatchObject({ action, note });
  expect(isRemoval(plan)).toBe(false);
});

test('an annotation of another word keeps nothing', async () => {
  const plan = await removed({ annotations: { 'helm.sh/resource-policy': 'delete' } });
  expect(plan.planned.action).toBe('prune');
});

test('a Namespace goes by its name alone', async () => {
  const entry = entryOf('Namespace');
  const kept = await removed({}, { allowPruneOf: [] }, { ...entry, namespace: 'here' });
  expect(kept.planned).toMatchObject({
    action: 'keep',
    note: 'a Namespace is pruned by name only: --allow-prune-of Namespace/a',
  });
});

test.each<['gone' | 'unknown', string, string]>([
  ['gone', 'forget', 'its kind is gone, and so is the object'],
  ['unknown', 'keep', 'the server no longer says what v1 is'],
])('where its kind is %s, it is not looked for', async (found, action, note) => {
  const { planned } = await planRemoval(asksNothing, release, { entry: ENTRY, found }, undefined, {
    allowPruneOf: [],
  });
  expect(planned).toEqual({
    group: '',
    kind: 'ConfigMap',
    namespace: 'here',
    name: 'a',
    action,
    changes: [],
    taken: [],
    note,
  });
});

test('what is gone already is forgotten', async () => {
  const entry = { entry: ENTRY, found: resource };
  const { planned } = await planRemoval(new ModelApi(), release, entry, undefined, { allowPruneOf: [] });
  expect(planned).toMatchObject({ action: 'forget', note: 'it is gone already' });
});

test('what a list has seen is not looked at again, and its metadata is enough to prune it', async () => {
  const labels = { [PART_OF]: release.id };
  const managedFields = [{ manager: MANAGER, operation: 'Apply', fieldsV1: { 'f:data': {} } }];
  const metadata = { name: 'a', namespace: 'here', uid: 'u', resourceVersion: '7', labels, managedFields };
  const seen: Live = { apiVersion: 'v1', kind: 'ConfigMap', metadata };
  const entry = { entry: ENTRY, found: resource };
  const plan = await planRemoval(asksNothing, release, entry, seen, { allowPruneOf: [] });
  expect(plan).toMatchObject({ planned: { action: 'prune' }, live: seen, resource: metadataOnly(resource) });
  const theirs = { ...seen, metadata: { ...metadata, managedFields: [] } };
  expect(await planRemoval(asksNothing, release, entry, theirs, { allowPruneOf: [] })).toMatchObject({
    planned: { action: 'forget' },
  });
});
