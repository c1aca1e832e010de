import type { Job } from '../../imports/k8s';
import type { Stored } from '../../kube';
import { MARKS_OF_STATE, POOL_MARKS } from '../spec';
import { memberJob, stateOf } from './member';
import type { Claimed } from './pool-claims';
import { undoClaim } from './settle';
import { SimManager } from './testing-only/sim-manager';
import type { SimLine } from './testing-only/sim-pods';
import { SimServer, type Way } from './testing-only/sim-server';
import { World } from './testing-only/world';

// Single claims on the stand-in of the laws, in its time: what a caller is told, and what is left afterwards.

const IDLE_SECONDS = 160;

let world: World;
let server: SimServer;
/** Of the calls to come, in turn. Each is answered at once while it is empty. */
let ways: Way[];

beforeEach(() => {
  world = new World();
  ways = [];
  server = new SimServer(world, { ways, startMs: [], share: 1 });
});
afterEach(() => expect(world.problems).toEqual([]));

async function started(self: string, share: number): Promise<SimManager> {
  const own = { self, share, seed: 1, idleSeconds: IDLE_SECONDS, template: server.template };
  const manager = new SimManager(world, server, {
    ...own,
    ...{ rate: 1, offsetMs: 0, diesAtStep: undefined, watchMs: 5 },
  });
  manager.start();
  await world.goOn(world.now + 10_000);
  return manager;
}

/** The Job that a claim would make, in the words that the server of the laws looks at. */
function plannedBy({ keeper }: SimManager, ttl: number, image?: string): Job {
  const job = keeper.options.plan('planned');
  const [main] = job.spec!.template.spec!.containers;
  const containers = [{ ...main!, image: image ?? main!.image }];
  const template = { ...job.spec!.template, spec: { ...job.spec!.template.spec!, containers } };
  const labels = { ttl: String(ttl), wants: keeper.pool };
  return {
    ...job,
    metadata: { ...job.metadata, labels },
    spec: { ...job.spec, activeDeadlineSeconds: ttl, template },
  };
}

async function claim(
  manager: SimManager,
  { ttl = 60, image, signal }: { ttl?: number; image?: string; signal?: AbortSignal } = {},
): Promise<Claimed<SimLine> | undefined> {
  let claimed: Claimed<SimLine> | undefined;
  const claiming = manager.claims.claim(
    plannedBy(manager, ttl, image),
    signal ?? new AbortController().signal,
  );
  void claiming.then((answer) => {
    claimed = answer;
  });
  await world.goOn(world.now + 15_000);
  return claimed;
}

const warmOf = (self: string) =>
  server.living.filter(
    ({ job }) => stateOf(job) === 'warm' && job.metadata.labels?.[POOL_MARKS.holder] === self,
  );
const claimedBy = (self: string) =>
  server.living.filter(({ job }) => job.metadata.labels?.[POOL_MARKS.owner] === self);

describe('a claim that is not warm says why', () => {
  test('nothing is there', async () => {
    expect(await claim(await started('a', 0))).toEqual({ miss: 'empty' });
  });

  test('what is there is something else', async () => {
    expect(await claim(await started('a', 1), { image: 'other:1' })).toEqual({ miss: 'values' });
  });

  test('what is there does not live so long; for less it is given', async () => {
    const manager = await started('a', 1);
    expect(await claim(manager, { ttl: 299 })).toEqual({ miss: 'ttl' });
    expect(await claim(manager, { ttl: 60 })).toMatchObject({ from: 'own' });
  });

  test('the server does not answer in time', async () => {
    const manager = await started('a', 1);
    ways.push({ thereMs: 6_000, backMs: 2, what: 'answered' });
    expect(await claim(manager)).toEqual({ miss: 'slow' });
  });

  test('its caller has no time any more', async () => {
    expect(await claim(await started('a', 1), { signal: AbortSignal.abort() })).toEqual({ miss: 'slow' });
    expect(claimedBy('a')).toEqual([]);
  });

  test('this manager has no right any more', async () => {
    const manager = await started('a', 1);
    server.revoke(manager.process, true);
    expect(await claim(manager)).toEqual({ miss: 'refused' });
  });
});

test('a member that another manager has claimed makes room for a new one of its holder', async () => {
  const [holder, other] = [await started('a', 1), await started('b', 0)];
  const [first] = warmOf('a');
  expect(await claim(other)).toMatchObject({
    from: 'other',
    job: { metadata: { uid: first!.job.metadata.uid } },
  });
  expect(holder.keeper.counts).toEqual({ ready: 1, all: 1 });
  const [second, ...more] = warmOf('a');
  expect(more).toEqual([]);
  expect(second!.job.metadata.uid).not.toBe(first!.job.metadata.uid);
  expect(await claim(holder)).toMatchObject({ from: 'own' });
});

test('what came twice and was refused the second time is claimed by nobody afterwards, and runs for nobody', async () => {
  await started('a', 1);
  const other = await started('b', 0);
  ways.push({ thereMs: 2, backMs: 2, what: 'doubled' });
  expect(await claim(other)).toEqual({ miss: 'empty' });
  expect(claimedBy('b')).toEqual([]);
  // It is another's then: what is refused because somebody was quicker is left alone.
  expect(warmOf('a')).toHaveLength(1);
});

test('what another has claimed meanwhile is told, and left to it', async () => {
  const [holder, taker] = [await started('a', 1), await started('b', 0)];
  const [member] = warmOf('a');
  const before: Stored<Job> = member!.job;
  expect(await claim(taker)).toMatchObject({ from: 'other' });
  let isAnothers: boolean | undefined;
  const claimOfOurs = { owner: 'a', nonce: 'never-came' };
  const { signal } = new AbortController();
  void undoClaim(holder.keeper.world, before, claimOfOurs, signal).then((answer) => {
    isAnothers = answer;
  });
  await world.goOn(world.now + 5_000);
  expect([isAnothers, claimedBy('b').length]).toEqual([true, 1]);
});

test('a member carries the marks of its state and no others, warm and claimed', async () => {
  const manager = await started('a', 1);
  const marksOf = ({ metadata }: Job) =>
    Object.entries(POOL_MARKS).flatMap(([mark, label]) => (metadata?.labels?.[label] ? [mark] : []));
  const made = memberJob(plannedBy(manager, 60), manager.keeper.pool, 'a', IDLE_SECONDS);
  expect(marksOf(made)).toEqual(MARKS_OF_STATE.warm);
  await claim(manager);
  expect(marksOf(claimedBy('a')[0]!.job)).toEqual(MARKS_OF_STATE.claimed);
});
