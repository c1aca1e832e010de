import fc from 'fast-check';
import { lawOf } from '../../../kube/testing-only/law-of';
import { POOL_MARKS } from '../../spec';
import { stateOf } from '../member';
import { SimManager } from './sim-manager';
import { isLiveWarm, SimServer, type Truth, type Way } from './sim-server';
import { World } from './world';

/**
 * However calls are lost, doubled and late, however old what watches tell is, whoever is paused, killed at whichever call,
 * cut off from its rights, and whatever an administrator does meanwhile: the nine properties of the warm pool
 * (docs/decisions/0048-warm-pool.md) hold at each moment, and when all is quiet the pool is full again and nothing else is left.
 */
interface Event {
  readonly at: number;
  readonly do:
    | 'claim'
    | 'claim other'
    | 'claims'
    | 'hole'
    | 'pause'
    | 'kill'
    | 'drain'
    | 'drain silently'
    | 'drain at the claim'
    | 'delete'
    | 'replace'
    | 'relabel'
    | 'gap'
    | 'old news'
    | 'revoke'
    | 'quota'
    | 'give way'
    | 'roll'
    | 'close';
  readonly who: number;
  readonly ms: number;
}

export interface Schedule {
  readonly managers: ReadonlyArray<{
    readonly rate: number;
    readonly offsetMs: number;
    readonly startsAt: number;
    readonly diesAtStep: number | undefined;
    readonly isNew: boolean;
    readonly watchMs: number;
  }>;
  readonly events: readonly Event[];
  readonly ways: readonly Way[];
  readonly startMs: readonly number[];
  readonly share: number;
  readonly idleSeconds: number;
  readonly seed: number;
}

const TROUBLE_MS = 60_000;
/** Until the last of what is left behind has ended: creations that may come, idle members, and what is kept of Jobs. */
const QUIET_MS = 300_000;
/** When all is quiet, all that was unclear is settled within this time, however long its manager was paused before. */
const SETTLED_MS = 75_000;
const FULL_STEPS = 40;
/** Of the moments that are looked at: members are replaced when they have waited long enough. */
const FULL_SHARE = 0.6;
const FULL_STEP_MS = 900;

const often = (times: number, what: Event['do']) => Array.from({ length: times }, () => what);
const event: fc.Arbitrary<Event> = fc.record({
  at: fc.integer({ min: 0, max: TROUBLE_MS }),
  do: fc.constantFrom(
    ...often(14, 'claim'),
    ...often(3, 'pause'),
    ...often(2, 'drain'),
    ...([
      'claim other',
      'claims',
      'hole',
      'delete',
      'kill',
      'drain silently',
      'drain at the claim',
      'delete',
      'replace',
      'replace',
      'replace',
      'relabel',
      'gap',
      'old news',
      'revoke',
      'quota',
      'give way',
      'roll',
      'close',
    ] as const),
  ),
  who: fc.nat(11),
  ms: fc.integer({ min: 1, max: 40_000 }),
});
const delay = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 1, max: 60 }) },
  { weight: 1, arbitrary: fc.integer({ min: 60, max: 12_000 }) },
);
const way: fc.Arbitrary<Way> = fc.record({
  thereMs: delay,
  backMs: delay,
  what: fc.constantFrom<Way['what']>(
    ...Array.from({ length: 8 }, () => 'answered' as const),
    ...([
      'lost before',
      'lost after',
      'lost after',
      'lost after',
      'late',
      'late',
      'doubled',
      'doubled',
      'refused',
    ] as const),
  ),
});
const manager = fc.record({
  rate: fc.constantFrom(0.92, 1, 1.08),
  offsetMs: fc.integer({ min: -86_400_000, max: 86_400_000 }),
  startsAt: fc.constantFrom(0, 0, 0, 15_000),
  diesAtStep: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined, freq: 2 }),
  isNew: fc.constantFrom(false, false, false, true),
  watchMs: fc.constantFrom(5, 50, 1_000, 8_000),
});
const schedules: fc.Arbitrary<Schedule> = fc.record({
  managers: fc.array(manager, { minLength: 2, maxLength: 3 }),
  events: fc.array(event, { minLength: 1, maxLength: 24 }),
  ways: fc.array(way, { maxLength: 30 }),
  startMs: fc.array(fc.constantFrom(300, 900, 2_500, 9_000), { maxLength: 4 }),
  share: fc.integer({ min: 1, max: 3 }),
  idleSeconds: fc.constantFrom(100, 160),
  seed: fc.nat(),
});

async function runSchedule(schedule: Schedule, tally?: Map<string, number>): Promise<void> {
  const world = new World(tally);
  world.count('schedules');
  const { share, idleSeconds, events, seed } = schedule;
  const server = new SimServer(world, schedule);
  const all = schedule.managers.map(({ startsAt, isNew, ...rest }, who) => {
    const template = isNew ? 'second' : 'first';
    const self = `manager-${who}`;
    const one = new SimManager(world, server, {
      ...rest,
      self,
      template,
      share,
      idleSeconds,
      seed: seed + who,
    });
    world.at(startsAt, () => one.start());
    return one;
  });
  for (const one of events) world.at(one.at, () => happen(one, server, all));
  await world.goOn(TROUBLE_MS);
  server.isQuiet = true;
  await world.goOn(TROUBLE_MS + SETTLED_MS);
  for (const record of server.living) expectSettled(world, record, all);
  await world.goOn(TROUBLE_MS + QUIET_MS);
  const full = new Map<SimManager, number>();
  for (let step = 0; step < FULL_STEPS; step += 1) {
    for (const one of all) if (one.keeper.counts.ready === share) full.set(one, (full.get(one) ?? 0) + 1);
    await world.goOn(world.now + FULL_STEP_MS);
  }
  if (world.problems.length === 0) expectRest(world, server, all, full);
  for (const { process } of all) {
    if (process.isDead) world.count('managers that were killed');
    process.isDead = true;
  }
  if (world.problems.length > 0) throw new Error(`the pool: ${world.problems[0]}`);
}

/** What happens, to a manager or a member that is warm. */
const acts: Readonly<
  Record<Event['do'], (server: SimServer, one: SimManager, ms: number, member?: Truth) => void>
> = {
  claim: (_server, one, ms) => one.claim(20 + (ms % 320), false, ms),
  claims: (_server, one, ms) => {
    for (let count = 0; count < 4; count += 1) one.claim(60, false, ms);
  },
  hole: (_server, _one, _ms, member) => {
    for (const line of member?.pod.lines ?? []) line.isHole = true;
  },
  'claim other': (_server, one, ms) => one.claim(60, true, ms),
  pause: (_server, one, ms) => one.process.pause(ms),
  kill: (_server, one) => one.process.kill(),
  drain: (server, _one, _ms, member) => member && server.drain(member, true),
  'drain silently': (server, _one, _ms, member) => member && server.drain(member, false),
  'drain at the claim': (server) => {
    server.drainsNextClaim = true;
  },
  delete: (server, _one, _ms, member) => member && server.deleteInForeground(member),
  replace: (server, _one, _ms, member) => member && server.replace(member),
  relabel: (server, _one, _ms, member) => member && server.relabel(member),
  gap: (_server, one, ms) => one.gap(ms),
  'old news': (_server, one) => one.hearOldNews(),
  revoke: (server, { process }, ms) => {
    server.revoke(process, true);
    server.world.after(ms, () => server.revoke(process, false));
  },
  quota: (server, _one, ms) => {
    server.quota = 1 + (ms % 4);
    server.world.after(ms, () => {
      server.quota = Number.POSITIVE_INFINITY;
    });
  },
  'give way': (_server, one) => one.process.run(() => void one.keeper.giveWay()),
  roll: (server) => {
    server.template = 'second';
  },
  close: (_server, one) => {
    one.process.run(() => void one.close());
  },
};

function happen({ do: what, who, ms }: Event, server: SimServer, all: readonly SimManager[]): void {
  const warm = server.living.filter((record) => isLiveWarm(record));
  server.world.count(`event: ${what}`);
  acts[what](server, all[who % all.length]!, ms, warm[who % Math.max(1, warm.length)]);
}

/** When all is quiet: the pool is full again, and nothing is left that nobody answers for. */
function expectRest(
  world: World,
  server: SimServer,
  all: readonly SimManager[],
  full: ReadonlyMap<SimManager, number>,
): void {
  for (const one of all) {
    const { self, template } = one.options;
    if (one.waiting > 0) world.convict(`a claim of ${self} has no answer`);
    const isKeeping = !one.process.isDead && !one.isClosed && template === server.template;
    if (isKeeping && (full.get(one) ?? 0) < FULL_STEPS * FULL_SHARE)
      world.convict(`the pool of ${self} is not full again`);
  }
  for (const record of server.living) expectInOrder(world, record, all);
}

/**
 * What was taken out in the time of trouble does not stay, nor does what was claimed for nobody; unless who did it is
 * gone: then it ends at its deadline.
 */
function expectSettled(
  world: World,
  { job, retired, claims, isHandedOut }: Truth,
  all: readonly SimManager[],
): void {
  const { name } = job.metadata;
  const lives = (self: string | undefined) =>
    all.some(({ options, process }) => options.self === self && !process.isDead);
  if (retired && retired.at <= TROUBLE_MS && lives(retired.by))
    world.convict(`${name} was retired and is left`);
  const [claim] = claims;
  if (claim && claim.at <= TROUBLE_MS && !isHandedOut && lives(claim.owner)) {
    world.convict(`${name} is claimed, and its claim was told that it is not`);
  }
}

/** One that is left has somebody who answers for it, or will end by itself. */
function expectInOrder(world: World, { job, createdAt, pod }: Truth, all: readonly SimManager[]): void {
  const processOf = (self: string) => all.find(({ options }) => options.self === self)?.process;
  const { name, labels } = job.metadata;
  const state = stateOf(job);
  const holder = processOf(labels?.[POOL_MARKS.holder] ?? '');
  // What is left of one that has just died has half a minute.
  const isOrphan = (holder?.diedAt ?? 0) < world.now - 30_000 && pod.lines.size === 0;
  if (state === 'warm' && isOrphan && !pod.hasEnded) {
    world.convict(`${name} is warm, and its holder is gone`);
  }
  const mostMs = (job.spec!.activeDeadlineSeconds! + 90) * 1000;
  if (world.now - createdAt > mostMs) world.convict(`${name} has outlived its deadline`);
}

export const runPoolLaw = lawOf(schedules, runSchedule);
