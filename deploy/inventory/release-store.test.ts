import type { ClusterApi, Live } from '../cluster/cluster-api';
import { ModelApi, refusal } from '../testing-only/model-api';
import { PART_OF, releaseOf } from './names';
import { type Entry, NOTHING, ReleaseStore, same, union } from './release-store';

/** What is remembered of a release, when it is not as it was written; and how it is known to others. */

const release = releaseOf('shop', 'here');
const revision = { revision: 1, state: 'good', at: '', objects: 0, blobs: [] } as const;
const entry = (name: string, more: Partial<Entry> = {}): Entry => ({
  ...{ group: '', apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespace: 'here', name },
  ...more,
});

async function stored(inventory: readonly Entry[] = [entry('a')]): Promise<ModelApi> {
  const model = new ModelApi();
  const store = new ReleaseStore(model, release);
  await store.read();
  await store.write({ inventory, revisions: [revision] });
  return model;
}

/** The same cluster, with another content of what is read. */
const showing = (model: ModelApi, change: (live: Live) => object | undefined): ClusterApi => ({
  ...model,
  get: async (of, at) => {
    const live = await model.get(of, at);
    return live && (change(live) as Live | undefined);
  },
});
const isParent = ({ metadata }: Live) => metadata.name === release.parent;
const base64 = (text: string) => Buffer.from(text).toString('base64');

test('a release that is not there is nothing, without a version', async () => {
  const store = new ReleaseStore(new ModelApi(), release);
  expect(await store.read()).toEqual(NOTHING);
  expect(store.version).toBeUndefined();
});

test('the version is that of the parent, as it was read or written', async () => {
  const model = await stored();
  const store = new ReleaseStore(model, release);
  await store.read();
  const before = store.version;
  expect(before).toBe(model.objects.get('/Secret/here/drydock.shop')?.metadata.resourceVersion);
  await store.write({ inventory: [], revisions: [] });
  expect(store.version).not.toBe(before);
});

test('others know it as an ApplySet, with its kinds and its other namespaces', async () => {
  const model = await stored([
    entry('b', { namespace: 'there' }),
    entry('a'),
    entry('web', { group: 'apps', apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'far' }),
  ]);
  expect(model.objects.get('/Secret/here/drydock.shop')).toMatchObject({
    type: 'drydock.dev/release',
    metadata: {
      labels: { 'applyset.kubernetes.io/id': release.id, 'drydock.dev/release': 'shop' },
      annotations: {
        'applyset.kubernetes.io/tooling': 'drydock/v1.0.0',
        'applyset.kubernetes.io/contains-group-kinds': 'ConfigMap,Deployment.apps',
        'applyset.kubernetes.io/additional-namespaces': 'far,there',
      },
    },
  });
  const { inventory } = await new ReleaseStore(model, release).read();
  expect(inventory.map(({ name }) => name)).toEqual(['a', 'b', 'web']);
});

test.each<[string, unknown]>([
  ['no data', undefined],
  ['no state', {}],
  ['a state that is no text', { state: 7 }],
  ['a state that is no JSON', { state: base64('{') }],
  ['a state that is no map', { state: base64('7') }],
  ['a state of a later format', { state: base64('{"format":2}') }],
])('a parent with %s is damaged', async (_what, data) => {
  const api = showing(await stored(), (live) => (isParent(live) ? { ...live, data } : live));
  await expect(new ReleaseStore(api, release).read()).rejects.toMatchObject({
    code: 'RELEASE_DAMAGED',
    where: 'release shop in namespace here',
    found: 'Secret drydock.shop without a state that can be read',
    expected: 'the Secrets named drydock.shop as drydock has written them',
    remedy: expect.stringMatching(
      /^Restore them from a backup\. Else delete Secret drydock\.shop and apply again: /,
    ),
  });
});

test.each<[string, (live: Live) => object | undefined, RegExp]>([
  ['is gone', () => undefined, /^Secret drydock\.shop\.[0-9a-f]{20} that is gone$/],
  ['has no data', ({ data: _data, ...live }) => live, /with other content than it is named for$/],
  [
    'has other data',
    (live) => ({ ...live, data: { piece: base64('x') } }),
    /^Secret drydock\.shop\.[0-9a-f]{20} with other content/,
  ],
])('a release of which a piece %s is damaged', async (_what, change, found) => {
  const api = showing(await stored(), (live) => (isParent(live) ? live : change(live)));
  await expect(new ReleaseStore(api, release).read()).rejects.toMatchObject({
    code: 'RELEASE_DAMAGED',
    found: expect.stringMatching(found),
  });
});

test('who may not read it sees nothing, where a plan asks; any other refusal is told', async () => {
  const failing = (code: number, reason: string): ClusterApi => ({
    ...new ModelApi(),
    get: () => Promise.reject(refusal(code, reason, 'no')),
  });
  expect(await new ReleaseStore(failing(403, 'Forbidden'), release).readIfAllowed()).toEqual(NOTHING);
  await expect(new ReleaseStore(failing(403, 'Forbidden'), release).read()).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  await expect(new ReleaseStore(failing(500, 'InternalError'), release).readIfAllowed()).rejects.toThrow(
    'no',
  );
});

test('what is written again is not written twice, and a piece that is there already is as good', async () => {
  const model = await stored();
  const { writes } = model;
  const store = new ReleaseStore(model, release);
  await store.read();
  const [blob] = await store.writeObjects([{ a: 1 }]);
  expect(await store.writeObjects([{ a: 1 }])).toEqual([blob]);
  expect(model.writes).toBe(writes + 1);
  expect(model.objects.get(`/Secret/here/${blob}`)).toMatchObject({
    type: 'drydock.dev/release',
    immutable: true,
    metadata: { labels: { 'drydock.dev/release': 'shop' } },
  });
  const closed: ClusterApi = { ...model, create: () => Promise.reject(refusal(403, 'Forbidden', 'no')) };
  await expect(new ReleaseStore(closed, release).writeObjects([{ b: 1 }])).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
});

test('a sweep takes what the parent does not name, and of this release alone', async () => {
  const model = await stored();
  const other = new ReleaseStore(model, releaseOf('other', 'here'));
  await other.read();
  const [theirs] = await other.writeObjects([{ a: 1 }]);
  const store = new ReleaseStore(model, release);
  const { inventory } = await store.read();
  const [left] = await store.writeObjects([{ a: 1 }]);
  await store.sweep();
  expect(model.objects.has(`/Secret/here/${left}`)).toBe(false);
  expect(model.objects.has(`/Secret/here/${theirs}`)).toBe(true);
  expect((await new ReleaseStore(model, release).read()).inventory).toEqual(inventory);
});

test('what is forgotten is gone, the parent and its pieces', async () => {
  const model = await stored();
  const store = new ReleaseStore(model, release);
  await store.read();
  await store.forget();
  expect(store.version).toBeUndefined();
  expect([...model.objects.keys()].filter((key) => key.startsWith('/Secret/'))).toEqual([]);
  await new ReleaseStore(model, release).forget();
});

test('a union has each object once, the later of two; two inventories are the same by version and key', () => {
  const [a, b] = [entry('a'), entry('b')];
  const later = entry('a', { apiVersion: 'v2' });
  expect(union([a, b], [later])).toEqual([later, b]);
  expect(same([a, b], [b, a])).toBe(true);
  expect(same([a], [later])).toBe(false);
  expect(same([a], [a, b])).toBe(false);
  expect(same([a], [{ ...a, digest: 'x' }])).toBe(true);
});

test.each(['a', 'shop-1', 'a'.repeat(40)])('"%s" is the name of a release', (name) => {
  expect(releaseOf(name, 'here')).toMatchObject({ name, namespace: 'here', parent: `drydock.${name}` });
});
test.each(['', '-a', 'a-', 'A', 'a.b', 'a b', 'a'.repeat(41), 'a\n'])('"%s" is none', (name) => {
  expect(() => releaseOf(name, 'here')).toThrow(
    expect.objectContaining({
      code: 'RELEASE_NAME',
      where: 'the name of the release',
      found: JSON.stringify(name),
      expected: 'at most 40 of a-z, 0-9 and dash, with a letter or digit at both ends',
      remedy: 'Choose another name.',
    }),
  );
});

test('the id of a release is that of its parent as an ApplySet', () => {
  expect(releaseOf('shop', 'here').id).toBe('applyset-bhm2Q301auSbY68zBHvp76zZoIf8iaSPqtB0F4rZdKg-v1');
  expect(PART_OF).toBe('applyset.kubernetes.io/part-of');
});
