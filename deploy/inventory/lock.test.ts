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
  expect(() => lock.check()).toThrow(
    expect.objectContaining({
      where: 'Lease here/drydock.shop',
      found: 'a Lease that somebody else has changed or deleted',
      expected: 'a Lease that is ours until the end of the run',
      remedy: 'Run the same again: it goes on where this run has stopped.',
      cause: expect.objectContaining({ code: 'CONFLICT' }),
    }),
  );
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

describe('by the clock', () => {
  let ms = 1_000_000;
  beforeEach(() => {
    ms = 1_000_000;
    jest.spyOn(performance, 'now').mockImplementation(() => ms);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  const slow = { durationMs: 100_000, waitMs: 0, everyMs: 1 };

  test('a lock is ours for four fifths of its time without a sign of life from us', async () => {
    const lock = await Lock.take(new ModelApi(), release, slow);
    ms += 79_999;
    lock.check();
    ms += 1;
    expect(() => lock.check()).toThrow(
      expect.objectContaining({
        code: 'LOCK_LOST',
        found: 'no sign of life from us for 80 s, so that another run may have begun',
      }),
    );
    await lock.free();
  });

  test('another is waited for as long as was said, and not longer', async () => {
    const model = new ModelApi();
    const held = await Lock.take(model, release, slow);
    const told: string[] = [];
    let looks = 0;
    const api: ClusterApi = {
      ...model,
      get: (...call) => {
        looks += 1;
        ms += 1_000;
        return model.get(...call);
      },
    };
    const waiting = Lock.take(api, release, { ...slow, waitMs: 10_000 }, (by) => told.push(by));
    await expect(waiting).rejects.toMatchObject({
      code: 'RELEASE_LOCKED',
      where: 'Lease here/drydock.shop',
      found: expect.stringMatching(/^another run that works on release shop: .+\/.+\/[0-9a-f]{8}$/),
      expected: 'one run at a time',
      remedy:
        'Wait until it has ended. The lock of a run that was killed is free after a quarter of a minute.',
    });
    expect([looks, told.length]).toEqual([11, 1]);
    await held.free();
    const next = await Lock.take(api, release, { ...slow, waitMs: 10_000 });
    expect(next.tookOver).toBe(false);
    await next.free();
  });

  test('who is told to end waits no longer', async () => {
    const model = new ModelApi();
    const held = await Lock.take(model, release, slow);
    const waiting = Lock.take(model, release, { ...slow, waitMs: 10_000 }, undefined, AbortSignal.abort());
    await expect(waiting).rejects.toMatchObject({ code: 'RELEASE_LOCKED' });
    await held.free();
  });
});

test('a Lease says who has it, since when and for how long; one that was taken over is known as that', async () => {
  const model = new ModelApi();
  const lease = () => model.objects.get('coordination.k8s.io/Lease/here/drydock.shop');
  const first = await Lock.take(model, release, { ...timing, durationMs: 15_500 });
  expect(first.tookOver).toBe(false);
  expect(lease()).toMatchObject({
    apiVersion: 'coordination.k8s.io/v1',
    spec: {
      holderIdentity: expect.stringContaining(`/${process.pid}/`),
      leaseDurationSeconds: 16,
      acquireTime: '2026-01-01T00:00:00.000000Z',
      renewTime: '2026-01-01T00:00:00.000000Z',
    },
  });
  // The clock of the server has whole seconds: two of them are given.
  model.wait(17_999);
  await expect(Lock.take(model, release, timing)).rejects.toMatchObject({ code: 'RELEASE_LOCKED' });
  model.wait(1);
  const second = await Lock.take(model, release, timing);
  expect(second.tookOver).toBe(true);
  await second.free();
  await first.free();
});

test.each([{}, { holderIdentity: '' }, { holderIdentity: 7 }])(
  'a Lease that says %j is nobody’s',
  async (spec) => {
    const model = new ModelApi();
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'drydock.shop', namespace: 'here' },
    };
    model.edit('somebody', {
      ...lease,
      spec: { ...spec, renewTime: '2027-01-01T00:00:00Z', leaseDurationSeconds: 9 },
    } as never);
    const lock = await Lock.take(model, release, timing);
    expect(lock.tookOver).toBe(true);
    await lock.free();
  },
);

test('who was a moment slower looks again, and any other refusal ends it', async () => {
  for (const [code, reason] of [
    [409, 'Conflict'],
    [404, 'NotFound'],
    [409, 'AlreadyExists'],
  ] as const) {
    const model = new ModelApi();
    if (reason !== 'AlreadyExists') {
      await Lock.take(model, release, timing);
      model.wait(60_000);
    }
    let isFirst = true;
    const slower =
      <Args extends unknown[], Answer>(call: (...args: Args) => Promise<Answer>) =>
      (...args: Args): Promise<Answer> => {
        const refuses = isFirst;
        isFirst = false;
        return refuses ? Promise.reject(refusal(code, reason, 'planted')) : call(...args);
      };
    const api: ClusterApi = { ...model, create: slower(model.create), change: slower(model.change) };
    const told: string[] = [];
    const lock = await Lock.take(api, release, { ...timing, waitMs: 60_000 }, (by) => told.push(by));
    expect(told).toEqual([]);
    await lock.free();
    const forbidden: ClusterApi = { ...model, create: () => Promise.reject(refusal(403, 'Forbidden', 'no')) };
    await expect(Lock.take(forbidden, release, timing)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  }
});

test('a lock that cannot be freed is told, but for one that is another’s by now', async () => {
  const freeing = async (code: number, reason: string) => {
    const api: ClusterApi = { ...new ModelApi(), remove: () => Promise.reject(refusal(code, reason, 'no')) };
    await (await Lock.take(api, release, timing)).free();
  };
  await freeing(409, 'Conflict');
  await expect(freeing(403, 'Forbidden')).rejects.toMatchObject({ code: 'FORBIDDEN' });
});
