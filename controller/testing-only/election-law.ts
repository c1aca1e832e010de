import fc from 'fast-check';
import { Election } from '../election/election';
import type { Term } from '../election/term';
import { LeaseServer, Process, type Way } from './election-world';
import { World } from './fake-clock';

/**
 * However wrong the clocks are, whoever is paused, asleep or killed, whatever gets lost or comes late: once a later leader
 * has been allowed to write, an earlier one never is again. And when all is quiet, somebody leads.
 */

type Event =
  | {
      readonly at: number;
      readonly do: 'pause' | 'sleep' | 'set clock';
      readonly who: number;
      readonly ms: number;
    }
  | {
      readonly at: number;
      readonly do: 'kill' | 'end' | 'touch' | 'delete';
      readonly who: number;
      readonly ms: number;
    };

export interface Scenario {
  readonly processes: ReadonlyArray<{ readonly rate: number; readonly offsetMs: number }>;
  readonly events: readonly Event[];
  readonly ways: readonly Way[];
}

const DURATION_MS = 10_000;
const TROUBLE_MS = 90_000;
const WRITE_EVERY_MS = 300;

const event: fc.Arbitrary<Event> = fc.record({
  at: fc.integer({ min: 0, max: TROUBLE_MS }),
  do: fc.constantFrom<Event['do']>(
    ...([
      'pause',
      'pause',
      'pause',
      'sleep',
      'sleep',
      'set clock',
      'kill',
      'end',
      'touch',
      'delete',
    ] as const),
  ),
  who: fc.nat(2),
  ms: fc.integer({ min: -30_000, max: 40_000 }),
}) as fc.Arbitrary<Event>;
const delay = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 200 }) },
  { weight: 1, arbitrary: fc.integer({ min: 200, max: 25_000 }) },
);
const way: fc.Arbitrary<Way> = fc.record({
  thereMs: delay,
  backMs: delay,
  what: fc.constantFrom<Way['what']>(
    ...(['answered', 'answered', 'answered', 'answered', 'lost before', 'lost after', 'refused'] as const),
  ),
});
export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  processes: fc.array(
    fc.record({
      // A fifth is what the two parts of the time make up for.
      rate: fc.constantFrom(0.92, 1, 1.08),
      offsetMs: fc.integer({ min: -86_400_000, max: 86_400_000 }),
    }),
    { minLength: 2, maxLength: 3 },
  ),
  events: fc.array(event, { maxLength: 12 }),
  ways: fc.array(way, { maxLength: 40 }),
});

const right = { rate: 1, offsetMs: 0 };
const among = (...events: readonly Event[]): Scenario => ({ processes: [right, right], events, ways: [] });
/** What is rare among random ones: a clock that is set at the wrong moment, a machine that sleeps while it leads. */
const named: readonly Scenario[] = [
  among({ at: 25_000, do: 'set clock', who: 1, ms: 30_000 }),
  among(
    { at: 25_000, do: 'pause', who: 0, ms: 20_000 },
    { at: 30_000, do: 'set clock', who: 0, ms: -30_000 },
  ),
  among({ at: 25_000, do: 'sleep', who: 0, ms: 20_000 }),
  // The clock on the wall says then that hardly any time has gone by.
  among(
    { at: 25_000, do: 'sleep', who: 0, ms: 20_000 },
    { at: 25_000, do: 'set clock', who: 0, ms: -18_000 },
  ),
];

/** One right to write, used. */
interface Write {
  readonly at: number;
  readonly term: string;
}

export async function runScenario({ processes, events, ways }: Scenario): Promise<void> {
  const world = new World();
  const server = new LeaseServer(world, ways);
  const writes: Write[] = [];
  let terms = 0;
  const all = processes.map(({ rate, offsetMs }, who) => {
    const process = new Process(world, rate, offsetMs);
    const ending = new AbortController();
    const election = new Election({
      ...{ api: server.apiFor(process), identity: `process-${who}`, durationMs: DURATION_MS },
      ...{ clock: process.clock, now: () => process.clock.wallMs(), random: () => 0.5 },
    });
    const lead = (term: Term) => {
      terms += 1;
      // A Lease that is deleted begins to count anew, so the number of a term is not enough.
      const name = `process ${who}, term ${term.number}, ${terms} in all`;
      return leadIn(process, term, ending.signal, () => writes.push({ at: world.now, term: name }));
    };
    process.run(() => void election.run(lead, ending.signal).catch((error: unknown) => problems.push(error)));
    return { process, ending };
  });
  const problems: unknown[] = [];
  for (const one of events) world.at(one.at, () => happen(one, server, all));
  await world.goOn(TROUBLE_MS);
  server.isQuiet = true;
  await world.goOn(TROUBLE_MS + 110_000);
  if (problems.length > 0) throw problems[0];
  expectOneAtATime(writes);
  expectSomebodyLeads(writes, world.now, all);
  for (const { process } of all) process.isDead = true;
}

function happen(
  { do: what, who, ms }: Event,
  server: LeaseServer,
  all: ReadonlyArray<{ readonly process: Process; readonly ending: AbortController }>,
): void {
  const { process, ending } = all[who % all.length]!;
  if (what === 'pause') process.pause(Math.abs(ms));
  if (what === 'sleep') process.sleep(Math.abs(ms));
  if (what === 'set clock') process.setClock(ms);
  // One is left, so that somebody can lead at the end.
  if (what === 'kill' && who % all.length !== 0) process.isDead = true;
  if (what === 'end' && who % all.length !== 0) process.run(() => ending.abort());
  if (what === 'touch') server.touch();
  if (what === 'delete') server.delete();
}

/** Writes every now and then while it may, and asks each time; what it may not is no write. */
function leadIn(process: Process, term: Term, ending: AbortSignal, write: () => void): Promise<void> {
  return new Promise((resolve) => {
    const next = () => {
      if (ending.aborted) return resolve();
      try {
        term.check();
        write();
      } catch {
        return resolve();
      }
      process.clock.startTimer(WRITE_EVERY_MS, next);
    };
    next();
  });
}

function expectOneAtATime(writes: readonly Write[]): void {
  const over = new Set<string>();
  let current: string | undefined;
  for (const { at, term } of writes) {
    if (term === current) continue;
    if (over.has(term)) throw new Error(`the election: ${term}, writes at ${at} ms, after ${current} has`);
    if (current !== undefined) over.add(current);
    current = term;
  }
}

function expectSomebodyLeads(
  writes: readonly Write[],
  now: number,
  all: ReadonlyArray<{ readonly process: Process }>,
): void {
  const last = writes.at(-1);
  if (!last || last.at < now - 1_000) {
    throw new Error(
      `the election: of ${all.length} nobody leads at the end; the last write was at ${last?.at} ms`,
    );
  }
}

export async function runElectionLaw(cases: number, seed?: number, shrinks = true): Promise<void> {
  const examples = named.map((scenario): [Scenario] => [scenario]);
  const how = { numRuns: cases, ...(seed === undefined ? {} : { seed }), endOnFailure: !shrinks, examples };
  await fc.assert(fc.asyncProperty(scenarios, runScenario), how);
}
