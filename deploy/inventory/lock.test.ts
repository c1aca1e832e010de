import { createHash } from 'node:crypto';
import type { ClusterApi } from '../cluster/cluster-api';
import { deleteRelease } from '../run/delete-release';
import { fenced } from '../run/fenced';
import { ModelApi, refusal } from '../testing-only/model-api';
import { Lock } from './lock';
import { releaseOf } from './names';
import { NOTHING, ReleaseStore } from './release-store';

const release = releaseOf('shop', 'here');
const timing = { durationMs: 15_000, waitMs: 0, everyMs: 1 };

test('one has it, another is refused with its name, and gets it when it is free', async () => {
  const model = new ModelApi();
  const lock = await Lock.take(model, release, timing);
  await expect(Lock.take(model, release, timing)).rejects.toMatchObject({
    code: 'RELEASE_LOCKED',
    found: expect.stringContaining(`/${process.pid}/`),
  });
  await lock.free();
  const next = await Lock.take(model, release, timing);
  await next.free();
  expect([...model.objects.keys()].filter((key) => key.includes('Lease'))).toEqual([]);
});

test('the lock of one that died is free after its time, and not before', async () => {
  const model = new ModelApi();
  const dead = await Lock.take(model, release, timing);
  model.wait(15_000);
  await expect(Lock.take(model, release, timing)).rejects.toMatchObject({ code: 'RELEASE_LOCKED' });
  model.wait(3_000);
  const lock = await Lock.take(model, release, timing);
  // Should it live after all, it leaves the lock of the other alone.
  await dead.free();
  lock.check();
  await expect(Lock.take(model, release, timing)).rejects.toMatchObject({ code: 'RELEASE_LOCKED' });
  await lock.free();
});

test('where the namespace is missing there is nothing to wait for', async () => {
  const patient = { ...timing, waitMs: 5_000 };
  await expect(Lock.take(new ModelApi([]), release, patient)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a release that is not there is told without a lock, also where its namespace is missing', async () => {
  for (const model of [new ModelApi(), new ModelApi([])]) {
    const engine = { api: model, release, lock: timing, onEvent: () => {}, timeoutMs: 0 };
    const { writes } = model;
    await expect(deleteRelease(engine, { allowPruneOf: [], foreground: false })).rejects.toMatchObject({
      code: 'RELEASE_UNKNOWN',
    });
    expect(model.writes).toBe(writes);
  }
});

test('while it is held it is renewed, and who waits is told for whom', async () => {
  const model = new ModelApi();
  // Not renewed, it would be lost after 0.72 s; renewed every 0.3 s, it bears a pause of the machine.
  const quick = { durationMs: 900, waitMs: 30_000, everyMs: 5 };
  const lock = await Lock.take(model, release, quick);
  const told: string[] = [];
  const waiting = Lock.take(model, release, quick, (by) => told.push(by));
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  lock.check();
  await lock.free();
  await (await waiting).free();
  expect(told).toEqual([expect.stringContaining(`/${process.pid}/`)]);
});

test('once the lock is another one’s, nothing is written any more; reading goes on', async () => {
  const model = new ModelApi();
  const taken: ClusterApi = { ...model, change: () => Promise.reject(refusal(409, 'Conflict', 'modified')) };
  const lock = await Lock.take(taken, release, { ...timing, durationMs: 30 });
  await new Promise((resolve) => setTimeout(resolve, 60));
  const guarded = fenced(model, lock);
  const of = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
  await expect(guarded.apply(of, object)).rejects.toMatchObject({ code: 'LOCK_LOST' });
  await expect(guarded.create(of, object)).rejects.toMatchObject({ code: 'LOCK_LOST' });
  await expect(guarded.remove(of, { name: 'a' }, { uid: '1' })).rejects.toMatchObject({ code: 'LOCK_LOST' });
  expect(await guarded.get(of, { name: 'a' })).toBeUndefined();
  await lock.free().catch(() => undefined);
});

test('a store that has read an older parent writes nothing over a newer one', async () => {
  const model = new ModelApi();
  const [one, other] = [new ReleaseStore(model, release), new ReleaseStore(model, release)];
  await one.read();
  await one.write(NOTHING);
  await other.read();
  const revision = { revision: 1, state: 'good', at: '', objects: 0, blobs: [] } as const;
  await one.write({ inventory: [], revisions: [revision] });
  await expect(other.write(NOTHING)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect((await new ReleaseStore(model, release).read()).revisions).toEqual([revision]);
});

test('an inventory of 10,000 objects is one blob, well below the size of a Secret', async () => {
  const model = new ModelApi();
  const store = new ReleaseStore(model, release);
  await store.read();
  const inventory = [...Array(10_000).keys()].map((index) => ({
    ...{ group: 'apps', apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments' },
    ...{ namespace: `team-${index % 37}`, name: `service-${(index * 7919) % 10_007}-web` },
  }));
  await store.write({ inventory, revisions: [] });
  const blobs = [...model.objects.values()].filter(({ metadata }) =>
    /^drydock\.shop\..{20}$/.test(metadata.name),
  );
  const sizes = blobs.map(
    (blob) => Buffer.from(String((blob.data as { piece: string }).piece), 'base64').length,
  );
  expect(sizes).toHaveLength(1);
  expect(sizes[0]).toBeLessThan(150_000);
  const read = await new ReleaseStore(model, release).read();
  expect(read.inventory).toHaveLength(10_000);
});

test('content that is larger than a Secret lies in several, and is read back whole', async () => {
  const model = new ModelApi();
  const store = new ReleaseStore(model, release);
  await store.read();
  const noise = Array.from({ length: 50_000 }, (_one, index) =>
    createHash('sha256').update(`${index}`).digest('hex'),
  );
  const blobs = await store.writeObjects(noise.map((hash) => ({ hash })));
  expect(blobs.length).toBeGreaterThan(1);
  const revision = { revision: 1, state: 'good', at: '', objects: 0, blobs } as const;
  await store.write({ inventory: [], revisions: [revision] });
  expect(await store.objectsOf(revision)).toEqual(noise.map((hash) => ({ hash })));
});
