import fc from 'fast-check';
import { ModelSource } from '../testing-only/model-source';
import { FOREIGN, type Maps, type Planted, type Step, SyncWorld } from '../testing-only/sync-world';

jest.setTimeout(300_000);

/**
 * Convergence: whatever was pushed, edited and killed, once it is quiet the cluster is what the last good commit says, nothing
 * of others was ever touched, and no mixture of two commits was called synced.
 */

const name = fc.constantFrom('a', 'b', 'c', 'd');
const maps: fc.Arbitrary<Maps> = fc.dictionary(name, fc.constantFrom('1', '2'), {
  minKeys: 1,
  maxKeys: 4,
  noNullPrototype: true,
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constant('push' as const), maps }) },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('push-bad' as const),
      how: fc.constantFrom('broken', 'empty', 'unknown-kind', 'half'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ what: fc.constantFrom('edit', 'delete'), name }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constantFrom('away', 'back') }) },
  {
    weight: 6,
    arbitrary: fc.record({ what: fc.constant('reconcile' as const), times: fc.constantFrom(1, 3) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('killed' as const),
      beforeWrite: fc.integer({ min: 0, max: 12 }),
    }),
  },
);

const withForeign = (ours: Maps) => Object.fromEntries(Object.entries({ ...ours, ...FOREIGN }).sort());

async function holds(steps: readonly Step[], planted?: Planted): Promise<void> {
  const world = await SyncWorld.start(planted);
  try {
    for (const one of steps) {
      await world.step(one);
      expect(world.maps).toMatchObject(FOREIGN);
      const { phase, sync, lastAppliedRevision } = world.status;
      if (one.what === 'reconcile' && phase === 'Healthy' && sync === 'Synced')
        expect(world.maps).toEqual(withForeign(world.setOf(lastAppliedRevision) ?? {}));
    }
    // It becomes quiet: the repository answers, and what it has may be applied.
    await world.step({ what: 'back' });
    world.push({ ...world.wanted });
    for (let look = 0; look < 3; look += 1) await world.reconcile();
    expect(world.status).toMatchObject({ phase: 'Healthy', sync: 'Synced', health: 'Healthy' });
    expect(world.maps).toEqual(withForeign(world.wanted));
    expect(world.status.inventory).toBe(Object.keys(world.wanted).length);
  } finally {
    await world.close();
  }
}

test('any sequence of pushes, edits and kills ends as the last good commit says', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), (steps) => holds(steps)),
    { numRuns: 25 },
  );
});

/** What peers are known for, each planted into the source or the watches. */
class LeavesOutWhatIsBroken extends ModelSource {
  override async files(tree: Parameters<ModelSource['files']>[0]) {
    return (await super.files(tree)).filter(({ path }) => path !== 'z.yaml');
  }
}
class RemembersAnOldCommit extends ModelSource {
  #first: string | undefined;
  override async revision() {
    this.#first ??= await super.revision();
    return this.#first;
  }
}
class SeesNoChangeOfAFolder extends ModelSource {
  override async tree(revision: string) {
    return { ...(await super.tree(revision)), id: 'always the same' };
  }
}
class MixesTwoCommits extends ModelSource {
  #before: Awaited<ReturnType<ModelSource['files']>> = [];
  override async files(tree: Parameters<ModelSource['files']>[0]) {
    const now = await super.files(tree);
    const mixed = new Map([...now, ...this.#before.slice(0, 1)].map((file) => [file.path, file]));
    this.#before = now;
    return [...mixed.values()];
  }
}

test.each<[string, () => Planted]>([
  ['a part of a broken commit is applied', () => ({ source: new LeavesOutWhatIsBroken() })],
  ['an old commit is remembered', () => ({ source: new RemembersAnOldCommit() })],
  ['a change of a folder is not seen', () => ({ source: new SeesNoChangeOfAFolder() })],
  ['two commits are mixed', () => ({ source: new MixesTwoCommits() })],
  ['an edit is not told', () => ({ isDeaf: true })],
])('the law sees that %s', async (_what, planted) => {
  const seen = await fc.check(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), (steps) => holds(steps, planted())),
    { numRuns: 100, endOnFailure: true },
  );
  expect(seen.failed).toBe(true);
});
