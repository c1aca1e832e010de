import type { ClusterApi } from '../cluster/cluster-api';
import type { Kinds } from '../cluster/kinds';
import { PART_OF, releaseOf } from '../inventory/names';
import type { Entry } from '../inventory/release-store';
import { ModelApi } from '../testing-only/model-api';
import { isRemoval, planRemoval, type RemovalAllowed } from './plan-removal';

const release = releaseOf('shop', 'here');
const resource = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const entryOf = (kind: string, namespace?: string): Entry =>
  ({ apiVersion: 'v1', group: '', kind, plural: 'x', name: 'a', ...(namespace && { namespace }) }) as Entry;
const ENTRY = entryOf('ConfigMap', 'here');

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
  const kinds = { ofEntry: async () => resource } as unknown as Kinds;
  return planRemoval(model, kinds, release, entry, allowed);
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

test.each([
  ['gone', 'forget', 'its kind is gone, and so is the object'],
  ['unknown', 'keep', 'the server no longer says what v1 is'],
])('where its kind is %s, it is not looked for', async (found, action, note) => {
  const kinds = { ofEntry: async () => found } as unknown as Kinds;
  const api = { get: () => Promise.reject(new Error('asked')) } as unknown as ClusterApi;
  const { planned } = await planRemoval(api, kinds, release, ENTRY, { allowPruneOf: [] });
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
  const kinds = { ofEntry: async () => resource } as unknown as Kinds;
  const { planned } = await planRemoval(new ModelApi(), kinds, release, ENTRY, { allowPruneOf: [] });
  expect(planned).toMatchObject({ action: 'forget', note: 'it is gone already' });
});
