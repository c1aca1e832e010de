import { lawOf } from '../../kube/testing-only/law-of';
import { FleetWorld } from './fleet-world';
import { type Maps, type Schedule, type Step, schedules } from './gitops-schedule';
import { LawWorld, type Look } from './law-world';
import type { Begin } from './world';

/**
 * Convergence: whatever was pushed, edited, deleted, killed and away, once it is quiet every cluster is what the last good
 * commit says; nothing of others was ever touched, a bad commit took nothing away, where objects are is never forgotten, and
 * no mixture of two commits was called synced.
 */

/** Runs one schedule to its end. Throws with what is wrong. */
export async function runSchedule(
  schedule: Schedule,
  tally?: Map<string, number>,
  begin: Begin = FleetWorld.begin,
): Promise<void> {
  const world = await LawWorld.start(schedule, begin);
  try {
    let now = await world.look();
    for (const step of schedule.steps) {
      tally?.set(step.what, (tally.get(step.what) ?? 0) + 1);
      now = await hold(world, step, now);
    }
    await becomeQuiet(world);
  } finally {
    await world.close();
  }
}

/** The steps in which the controller works, and may not take all away. */
const LOOKS: ReadonlyArray<Step['what']> = ['reconcile', 'killed', 'stuck', 'stuck-put-back', 'push-bad'];

/** Does one step, and answers with how it is then. */
async function hold(world: LawWorld, step: Step, before: Look): Promise<Look> {
  const wasDeleting = world.isDeleting;
  await inTime(world, world.step(step), step.what);
  const now = await world.look();
  expectForeign(world, now);
  expectRemembered(world, now);
  if (!LOOKS.includes(step.what) || world.isDeleting) return now;
  // A deletion that ended meanwhile, once a cluster was back, has taken all of it.
  if (wasDeleting) return now;
  for (const name of world.names) {
    // A commit has at least one, so all of them go only where the cluster is no longer meant.
    const isGone = count(before.ours(name)) > 0 && count(now.ours(name)) === 0;
    if (isGone && (world.isMeant(name) || !world.isAnyMeant)) convict(`all that was in ${name} is gone`);
  }
  if (step.what === 'reconcile') expectNoMixture(world, now);
  return now;
}

async function becomeQuiet(world: LawWorld): Promise<void> {
  await world.calm();
  if (world.isDeleting) await looksUntil(world, async () => deletionLeft(world));
  if (world.isHeadBad) world.push({ ...world.wanted });
  await looksUntil(world, async () => whatIsLeft(world, await world.look()));
  expectForeign(world, await world.look());
}

const FIRST_LOOKS = 4;
/** What watches and caches of API servers have not told yet, they tell meanwhile. */
const PAUSE_MS = 500;

/** Looks four times, and more often where the world may take its time and something is left. */
async function looksUntil(world: LawWorld, left: () => Promise<string | undefined>): Promise<void> {
  for (let look = 1; ; look += 1) {
    await inTime(world, world.reconcile(), 'reconcile');
    if (look < FIRST_LOOKS) continue;
    const found = await left();
    if (found === undefined) return;
    if (look >= world.mostLooks) convict(found);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

function deletionLeft({ isDeleting, status }: LawWorld): string | undefined {
  return isDeleting ? `its deletion does not end: ${status.message}` : undefined;
}

/** What is not yet as the last good commit says. */
function whatIsLeft(world: LawWorld, now: Look): string | undefined {
  const { phase, sync, health, message, inventory } = world.status;
  if (phase !== 'Healthy' || sync !== 'Synced' || health !== 'Healthy')
    return `at the end it is ${phase}, ${sync}: ${message}`;
  let objects = 0;
  for (const name of world.names) {
    const wanted = world.isMeant(name) ? world.wanted : {};
    objects += count(wanted);
    const is = now.ours(name);
    if (!isSame(is, wanted)) return `at the end ${name} has ${shown(is)} and not ${shown(wanted)}`;
  }
  if (inventory !== objects) return `at the end ${inventory} of ${objects} objects are remembered`;
  return undefined;
}

function expectForeign(world: LawWorld, now: Look): void {
  for (const name of world.names)
    if (!now.hasForeign(name)) convict(`an object of others in ${name} was changed or deleted`);
}

/** A cluster that has something of it is in the status, so that it can be found. */
function expectRemembered(world: LawWorld, now: Look): void {
  if (world.isHome) return;
  for (const name of world.names) {
    const isKnown = world.status.clusters?.some((one) => one.name === name);
    if (count(now.ours(name)) > 0 && !isKnown) convict(`what is in ${name} is forgotten`);
  }
}

function expectNoMixture(world: LawWorld, now: Look): void {
  const { phase, sync, lastAppliedRevision } = world.status;
  if (phase === 'Healthy' && sync !== 'Synced') convict(`it is called healthy, and is ${sync}`);
  if (sync !== 'Synced') return;
  const commit = world.setOf(lastAppliedRevision) ?? {};
  for (const name of world.names) {
    const is = now.ours(name);
    if (!world.isMeant(name) || isSame(is, commit)) continue;
    convict(`it is called synced, and ${name} has ${shown(is)} and not ${shown(commit)}`);
  }
}

/** Patience is counted by the times that a timer comes: one who gets no time of a busy machine is not late. */
const TICK_MS = 50;

async function inTime<Answer>(
  { patienceMs }: LawWorld,
  work: Promise<Answer>,
  what: string,
): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  let leftMs = patienceMs;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setInterval(() => {
      leftMs -= TICK_MS;
      if (leftMs <= 0) reject(new Error(`the law: ${what} does not end`));
    }, TICK_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearInterval(timer);
  }
}

const count = (maps: Maps) => Object.keys(maps).length;
const shown = (maps: Maps) => JSON.stringify(maps);
const isSame = (one: Maps, other: Maps) =>
  JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());

function convict(what: string): never {
  throw new Error(`the law: ${what}`);
}

/**
 * @param tally what the schedules went through
 * @param begin where they happen
 */
export async function runGitopsLaw(
  runs: number,
  seed?: number,
  shrinks = true,
  tally?: Map<string, number>,
  begin?: Begin,
): Promise<void> {
  await lawOf(schedules, (schedule) => runSchedule(schedule, tally, begin))(runs, seed, shrinks);
}
