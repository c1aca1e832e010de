import fc from 'fast-check';
import { type Maps, type Schedule, type Step, schedules } from './gitops-schedule';
import { LawWorld } from './law-world';

/**
 * Convergence: whatever was pushed, edited, deleted, killed and away, once it is quiet every cluster is what the last good
 * commit says; nothing of others was ever touched, a bad commit took nothing away, where objects are is never forgotten, and
 * no mixture of two commits was called synced.
 */

/** For what hangs, not for what is slow on a busy machine. */
const PATIENCE_MS = 10_000;

/** Runs one schedule to its end. Throws with what is wrong. */
export async function runSchedule(schedule: Schedule, tally?: Map<string, number>): Promise<void> {
  const world = await LawWorld.start(schedule);
  try {
    for (const step of schedule.steps) {
      tally?.set(step.what, (tally.get(step.what) ?? 0) + 1);
      await hold(world, step);
    }
    await becomeQuiet(world);
  } finally {
    await world.close();
  }
}

async function hold(world: LawWorld, step: Step): Promise<void> {
  const before = world.names.map((name) => [name, world.ours(name)] as const);
  await inTime(world.step(step), step.what);
  expectForeign(world);
  expectRemembered(world);
  if (!['reconcile', 'killed', 'stuck', 'push-bad'].includes(step.what) || world.isDeleting) return;
  for (const [name, maps] of before) {
    // A commit has at least one, so all of them go only where the cluster is no longer meant.
    const isGone = count(maps) > 0 && count(world.ours(name)) === 0;
    if (isGone && (world.isMeant(name) || !world.isAnyMeant)) convict(`all that was in ${name} is gone`);
  }
  if (step.what === 'reconcile') expectNoMixture(world);
}

async function becomeQuiet(world: LawWorld): Promise<void> {
  world.calm();
  if (world.isDeleting) await looks(world, 4);
  if (world.isDeleting) convict(`its deletion does not end: ${world.status.message}`);
  if (world.isHeadBad) world.push({ ...world.wanted });
  await looks(world, 4);
  expectForeign(world);
  const { phase, sync, health, message, inventory } = world.status;
  if (phase !== 'Healthy' || sync !== 'Synced' || health !== 'Healthy')
    convict(`at the end it is ${phase}, ${sync}: ${message}`);
  let objects = 0;
  for (const name of world.names) {
    const wanted = world.isMeant(name) ? world.wanted : {};
    objects += count(wanted);
    if (!isSame(world.ours(name), wanted))
      convict(`at the end ${name} has ${shown(world.ours(name))} and not ${shown(wanted)}`);
  }
  if (inventory !== objects) convict(`at the end ${inventory} of ${objects} objects are remembered`);
}

async function looks(world: LawWorld, times: number): Promise<void> {
  for (let look = 0; look < times; look += 1) await inTime(world.reconcile(), 'reconcile');
}

function expectForeign(world: LawWorld): void {
  for (const name of world.names)
    if (!world.hasForeign(name)) convict(`an object of others in ${name} was changed or deleted`);
}

/** A cluster that has something of it is in the status, so that it can be found. */
function expectRemembered(world: LawWorld): void {
  if (world.isHome) return;
  for (const name of world.names) {
    const isKnown = world.status.clusters?.some((one) => one.name === name);
    if (count(world.ours(name)) > 0 && !isKnown) convict(`what is in ${name} is forgotten`);
  }
}

function expectNoMixture(world: LawWorld): void {
  const { phase, sync, lastAppliedRevision } = world.status;
  if (phase === 'Healthy' && sync !== 'Synced') convict(`it is called healthy, and is ${sync}`);
  if (sync !== 'Synced') return;
  const commit = world.setOf(lastAppliedRevision);
  for (const name of world.names) {
    if (!world.isMeant(name) || isSame(world.ours(name), commit ?? {})) continue;
    convict(`it is called synced, and ${name} has ${shown(world.ours(name))} and not ${shown(commit ?? {})}`);
  }
}

async function inTime<Answer>(work: Promise<Answer>, what: string): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the law: ${what} does not end`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const count = (maps: Maps) => Object.keys(maps).length;
const shown = (maps: Maps) => JSON.stringify(maps);
const isSame = (one: Maps, other: Maps) =>
  JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());

function convict(what: string): never {
  throw new Error(`the law: ${what}`);
}

/** @param tally what the schedules went through */
export async function runGitopsLaw(
  runs: number,
  seed?: number,
  shrinks = true,
  tally?: Map<string, number>,
): Promise<void> {
  const how = { numRuns: runs, ...(seed === undefined ? {} : { seed }), endOnFailure: !shrinks };
  await fc.assert(
    fc.asyncProperty(schedules, (schedule) => runSchedule(schedule, tally)),
    how,
  );
}
