import fc from 'fast-check';
import { lawOf } from '../../../kube/testing-only/law-of';
import { Process, World } from '../../pool/testing-only/world';
import { Fleet } from '../fleet';
import { checkMap } from '../options';
import type { MapOutcome } from '../outcome';
import { Shares } from '../shares';
import { type ClaimWay, type KeepWay, ORPHAN_MS, type SimBox, SimCluster } from './sim-fleet';

/**
 * However claims fail and records lose answers, whenever the quota is full, whoever is killed at whichever call and
 * started again with the same id, or runs beside another: each item has one outcome, which is what became of it; nothing
 * is run twice or lost; no more sandboxes than asked for; and none is left.
 */
export interface FleetSchedule {
  readonly items: ReadonlyArray<{ readonly ms: number; readonly fails: boolean; readonly tenant: number }>;
  readonly parallel: number;
  readonly together: number;
  readonly isKept: boolean;
  readonly resumes: boolean;
  readonly programs: ReadonlyArray<{ readonly startsAt: number; readonly diesAtStep: number }>;
  readonly abortsAt: number | undefined;
  readonly quotas: ReadonlyArray<{ readonly at: number; readonly room: number }>;
  readonly claims: readonly ClaimWay[];
  readonly keeps: readonly KeepWay[];
  readonly closesThatFail: readonly boolean[];
}

const TROUBLE_MS = 120_000;
const LAST_STARTS_AT = 100_000;
const OVER_MS = 600_000;

const times = <Value>(count: number, value: Value): Value[] => Array.from({ length: count }, () => value);
const schedules: fc.Arbitrary<FleetSchedule> = fc.record({
  items: fc.array(
    fc.record({
      ms: fc.integer({ min: 1, max: 9_000 }),
      fails: fc.constantFrom(false, false, true),
      tenant: fc.nat(2),
    }),
    { minLength: 1, maxLength: 9 },
  ),
  parallel: fc.integer({ min: 1, max: 4 }),
  together: fc.integer({ min: 1, max: 4 }),
  isKept: fc.constantFrom(true, true, true, false),
  resumes: fc.boolean(),
  programs: fc.array(
    fc.record({ startsAt: fc.integer({ min: 0, max: 40_000 }), diesAtStep: fc.integer({ min: 1, max: 60 }) }),
    { maxLength: 3 },
  ),
  abortsAt: fc.oneof(
    { weight: 4, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.integer({ min: LAST_STARTS_AT, max: TROUBLE_MS }) },
  ),
  quotas: fc.array(
    fc.record({ at: fc.integer({ min: 0, max: TROUBLE_MS }), room: fc.integer({ min: 0, max: 5 }) }),
    { maxLength: 3 },
  ),
  claims: fc.array(
    fc.record({
      ms: fc.integer({ min: 1, max: 4_000 }),
      what: fc.constantFrom<ClaimWay['what']>(...times(8, 'made' as const), 'failed', 'quota', 'quota'),
    }),
    { maxLength: 8 },
  ),
  keeps: fc.array(
    fc.record({
      ms: fc.integer({ min: 1, max: 600 }),
      what: fc.constantFrom<KeepWay['what']>(...times(12, 'answered' as const), 'lost before', 'lost after'),
    }),
    { maxLength: 8 },
  ),
  closesThatFail: fc.array(fc.constantFrom(false, false, true), { maxLength: 5 }),
});

/** What truly became of an item. */
interface Truth {
  runs: number;
  readonly values: Set<string>;
  threw: boolean;
}

type Outcome = MapOutcome<string>;

class Program {
  readonly process: Process;
  outcomes: readonly Outcome[] | undefined;
  toldAt = Number.POSITIVE_INFINITY;
  error: unknown;
  /** Of this program: claims under way and sandboxes that are used. */
  busy = 0;
  readonly aborting = new AbortController();

  constructor(
    private readonly world: World,
    private readonly cluster: SimCluster,
    private readonly schedule: FleetSchedule,
    private readonly truths: readonly Truth[],
    diesAtStep: number | undefined,
  ) {
    this.process = new Process(world, 1, 0, diesAtStep);
  }

  start(): void {
    if (this.process.isDead) return;
    void this.#fleet()
      .outcomes()
      .then(
        (outcomes) => {
          if (this.process.isDead) return;
          this.outcomes = outcomes;
          this.toldAt = this.world.now;
        },
        (error) => {
          this.error = error;
        },
      );
  }

  #fleet(): Fleet<number, string, SimBox> {
    const { world, cluster, process, schedule } = this;
    const { parallel, together, isKept, resumes } = schedule;
    const numbers = schedule.items.map((_, index) => index);
    const checked = checkMap(
      numbers,
      () => {},
      {
        parallel,
        tenant: (index) => `tenant-${schedule.items[index]!.tenant}`,
        ...(isKept ? { id: 'fleet', record: cluster.recordOf(process) } : {}),
      },
      undefined,
    );
    const shares = new Shares({ parallel: together, weights: { 'tenant-1': 2 }, clock: process.clock });
    return new Fleet(
      {
        clock: process.clock,
        shares,
        claim: (_options, signal) => this.#counted(() => cluster.claim(process, signal)),
        attach: (id) => this.#counted(() => cluster.attach(process, id)),
      },
      numbers,
      checked,
      {
        run: (index) => this.#run(index, false),
        resume: resumes ? (index) => this.#run(index, true) : undefined,
        onProgress: (told) => {
          const { total, isQuotaFull: _, ...parts } = told;
          const sum = Object.values(parts).reduce((all, part) => all + part, 0);
          if (sum !== total || Object.values(parts).some((part) => part < 0))
            world.convict(`progress counts ${sum} of ${total} items`);
        },
      },
      this.aborting.signal,
    );
  }

  /** Counts what a program has at the same time. */
  async #counted(make: () => Promise<SimBox>): Promise<SimBox> {
    const { parallel, together } = this.schedule;
    this.busy += 1;
    if (this.busy > Math.min(parallel, together))
      this.world.convict(`${this.busy} sandboxes at the same time`);
    const over = () => {
      this.busy -= 1;
    };
    try {
      const box = await make();
      let tries = 0;
      const close = async () => {
        tries += 1;
        try {
          await box.close();
          over();
        } catch (error) {
          // One that cannot be closed is left to its deadline, and its place is free.
          if (tries === 5) over();
          throw error;
        }
      };
      return { ...box, close };
    } catch (error) {
      over();
      throw error;
    }
  }

  #run(index: number, isResumed: boolean): Promise<string> {
    const { ms, fails } = this.schedule.items[index]!;
    const truth = this.truths[index]!;
    this.world.count(isResumed ? 'items that went on' : 'items that were run');
    if (!isResumed) truth.runs += 1;
    if (truth.runs > 1 && this.schedule.isKept) this.world.convict(`item ${index} is run twice`);
    return new Promise((resolve, reject) => {
      this.world.after(ms, () =>
        this.process.run(() => {
          if (fails) {
            truth.threw = true;
            reject(new Error('it failed'));
            return;
          }
          const value = `value of ${index}`;
          truth.values.add(value);
          resolve(value);
        }),
      );
    });
  }
}

async function runSchedule(schedule: FleetSchedule, tally?: Map<string, number>): Promise<void> {
  const world = new World(tally);
  world.count('schedules');
  const cluster = new SimCluster(world, schedule.claims, schedule.keeps, schedule.closesThatFail);
  const truths = schedule.items.map((): Truth => ({ runs: 0, values: new Set(), threw: false }));
  const made = (diesAtStep?: number) => new Program(world, cluster, schedule, truths, diesAtStep);
  // Without a record a second program would be another fleet.
  const before = (schedule.isKept ? schedule.programs : []).map(({ startsAt, diesAtStep }) => {
    const program = made(diesAtStep);
    world.at(startsAt, () => program.start());
    return program;
  });
  const last = made();
  world.at(LAST_STARTS_AT, () => last.start());
  for (const { at, room } of schedule.quotas) {
    world.at(at, () => {
      cluster.room = room;
    });
  }
  if (schedule.abortsAt !== undefined) world.at(schedule.abortsAt, () => last.aborting.abort());
  await world.goOn(TROUBLE_MS);
  cluster.isQuiet = true;
  cluster.room = Number.POSITIVE_INFINITY;
  await world.goOn(OVER_MS);
  if (world.problems.length === 0) {
    for (const program of [...before, last]) expectTrue(world, program, schedule, truths);
    if (last.outcomes && !last.process.isDead) expectWhole(world, cluster, last, before, schedule);
    if (cluster.open.some(({ owner }) => !owner.isDead || owner.diedAt < OVER_MS - ORPHAN_MS - 1))
      world.convict(`${cluster.open.length} sandboxes are left`);
    const most = (schedule.items.length + 4) * (2 + before.length) + (OVER_MS / 1000) * (1 + before.length);
    if (cluster.refused > most) world.convict(`the quota refused ${cluster.refused} creations`);
  }
  for (const { process } of [...before, last]) process.isDead = true;
  if (world.problems.length > 0) throw new Error(`the fleet: ${world.problems[0]}`);
}

/** What a program says of an item is what became of it. */
function expectTrue(
  world: World,
  { outcomes, error, process }: Program,
  schedule: FleetSchedule,
  truths: readonly Truth[],
): void {
  if (!outcomes) {
    const isRecord = (error as { code?: string } | undefined)?.code === 'FleetRecord';
    if (!process.isDead && !isRecord) world.convict(`a fleet has no end: ${String(error)}`);
    return;
  }
  if (outcomes.length !== schedule.items.length) world.convict('not one outcome an item');
  for (const [index, outcome] of outcomes.entries()) {
    const truth = truths[index]!;
    world.count(
      `outcome: ${outcome.status}${'isReadBack' in outcome && outcome.isReadBack ? ', read back' : ''}`,
    );
    if (outcome.index !== index) world.convict(`item ${index} is told as ${outcome.index}`);
    const lie = lieIn(outcome, truth, schedule);
    if (lie) world.convict(`item ${index} is ${outcome.status}, and ${lie}`);
  }
}

function lieIn(outcome: Outcome, truth: Truth, { abortsAt, isKept }: FleetSchedule): string | undefined {
  switch (outcome.status) {
    case 'done':
      return truth.values.has(outcome.value) ? undefined : `its value is ${outcome.value}`;
    case 'failed': {
      const isTrue = outcome.wasStarted ? truth.threw : outcome.code === 'StartTimeout';
      return isTrue || outcome.code === 'FleetRecord' ? undefined : `says ${outcome.code}`;
    }
    case 'cancelled':
      return abortsAt === undefined ? 'nobody has cancelled it' : undefined;
    case 'unknown':
      return isKept ? undefined : 'no other program has begun it';
  }
}

/** The last program knows everything of those before. */
function expectWhole(
  world: World,
  cluster: SimCluster,
  last: Program,
  before: readonly Program[],
  { abortsAt, resumes }: FleetSchedule,
): void {
  for (const outcome of last.outcomes!) {
    const { index, status } = outcome;
    for (const { outcomes, toldAt } of before) {
      const then = toldAt < LAST_STARTS_AT ? outcomes?.[index] : undefined;
      if (then?.status === 'done' && status !== 'done')
        world.convict(`item ${index} was done, and is ${status}`);
    }
    const wasBegun = cluster.kept.has(`fleet.${index}.start`);
    if (status === 'unknown' && !wasBegun) world.convict(`item ${index} is unknown, and was never begun`);
    if (status === 'cancelled' && abortsAt === undefined)
      world.convict(`item ${index} is cancelled by nobody`);
    if (status === 'unknown' && resumes && cluster.isQuiet && before.length === 0)
      world.convict(`item ${index} is unknown, and no program was killed`);
  }
}

export const runFleetLaw = lawOf(schedules, runSchedule);
