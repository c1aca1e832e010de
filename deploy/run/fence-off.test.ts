import type { KubeObject } from '../../kube';
import type { ClusterApi } from '../cluster/cluster-api';
import { PART_OF, releaseOf } from '../inventory/names';
import { type Entry, ReleaseStore, type Revision } from '../inventory/release-store';
import { ModelApi, refusal } from '../testing-only/model-api';
import { FENCE, fenceOff } from './fence-off';

const release = releaseOf('shop', 'here');
const configMaps = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const configMap = (name: string, x = '1'): KubeObject =>
  ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'here' }, data: { x } }) as never;
const entry = (name: string, more: Partial<Entry> = {}): Entry => ({
  ...{ group: '', apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespace: 'here', name },
  ...more,
});

/** A release with these objects, of which a run was about to make others; which of them get a new version. */
async function touched({
  theirs,
  wanted,
  state = 'applying',
  inventory = ['a', 'b'].map((name) => entry(name)),
  api = {},
}: {
  readonly theirs: readonly KubeObject[];
  readonly wanted: readonly KubeObject[];
  readonly state?: Revision['state'];
  readonly inventory?: readonly Entry[];
  readonly api?: Partial<ClusterApi>;
}) {
  const model = new ModelApi();
  for (const name of ['a', 'b']) {
    const { metadata, ...rest } = configMap(name);
    await model.apply(configMaps, { ...rest, metadata: { ...metadata, labels: { [PART_OF]: release.id } } });
  }
  const store = new ReleaseStore(model, release);
  await store.read();
  const blobs = await store.writeObjects(theirs);
  const revisions: Revision[] = [{ revision: 1, state, at: '', objects: theirs.length, blobs }];
  const versionOf = (name: string) => model.objects.get(`/ConfigMap/here/${name}`)?.metadata.resourceVersion;
  const before = { a: versionOf('a'), b: versionOf('b') };
  await fenceOff({ ...model, ...api }, release, store, { inventory, revisions }, wanted);
  const left = [...model.objects.values()].filter(
    ({ metadata }) => metadata.annotations?.[FENCE] !== undefined,
  );
  expect(left).toEqual([]);
  return (['a', 'b'] as const).filter((name) => versionOf(name) !== before[name]);
}

test('only what the two runs do not want to be the same gets a new version, and nothing of it stays', async () => {
  const [a, b] = [configMap('a'), configMap('b')];
  expect(await touched({ theirs: [a, b], wanted: [a, b] })).toEqual([]);
  expect(await touched({ theirs: [a, b], wanted: [a, configMap('b', '2')] })).toEqual(['b']);
  expect(await touched({ theirs: [a], wanted: [a, b] })).toEqual(['b']);
  expect(await touched({ theirs: [a, b], wanted: [a] })).toEqual(['b']);
});

test('of a run that has ended nothing is known, so that all get one', async () => {
  const [a, b] = [configMap('a'), configMap('b')];
  for (const state of ['good', 'failed'] as const)
    expect(await touched({ theirs: [a, b], wanted: [a, b], state })).toEqual(['a', 'b']);
});

test('what is cluster-wide is known by its name alone', async () => {
  const { metadata, ...rest } = configMap('a');
  const { namespace: _namespace, ...wide } = metadata as {
    readonly namespace: string;
    readonly name: string;
  };
  const same = { ...rest, metadata: wide };
  expect(await touched({ theirs: [same], wanted: [same], inventory: [entry('a')] })).toEqual(['a']);
});

test('what is gone, of a kind that is gone, or no longer ours is let be', async () => {
  const inventory = [
    entry('gone'),
    entry('x', { group: 'example.com', apiVersion: 'example.com/v1', kind: 'Widget', plural: 'widgets' }),
  ];
  expect(await touched({ theirs: [], wanted: [], inventory })).toEqual([]);
  const api: Partial<ClusterApi> = {
    get: async () => ({ ...configMap('a'), metadata: { name: 'a', uid: '1', resourceVersion: '1' } }),
  };
  expect(await touched({ theirs: [], wanted: [], api })).toEqual([]);
});

test('what goes meanwhile needs no fence; any other refusal ends it', async () => {
  const failing = (code: number, reason: string): Partial<ClusterApi> => ({
    change: () => Promise.reject(refusal(code, reason, 'planted')),
  });
  expect(await touched({ theirs: [], wanted: [], api: failing(404, 'NotFound') })).toEqual([]);
  await expect(touched({ theirs: [], wanted: [], api: failing(403, 'Forbidden') })).rejects.toThrow(
    'planted',
  );
});
