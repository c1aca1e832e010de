import { lawOf } from '../../kube/testing-only/law-of';
import { type GateRound, type GateSchedule, gateSchedules } from './gate-schedule';
import { GateWorld, PLACES } from './gate-world';

/**
 * Gates: whatever is answered, killed and away, no cluster gets a commit while a gate before it is not open, or before those of
 * the wave before; nothing goes back but what a gate has refused by a number, and then everywhere; and once all is well the commit goes all
 * the way, or the next one where it was taken back.
 */

/** Runs one schedule to its end. Throws with what is wrong. */
export async function runGateSchedule(schedule: GateSchedule, tally?: Map<string, number>): Promise<void> {
  const world = await GateWorld.start(schedule);
  try {
    for (const round of schedule.rounds) {
      for (const one of namesOf(round)) tally?.set(one, (tally.get(one) ?? 0) + 1);
      await hold(world, schedule, round);
    }
    await goesOn(world);
  } finally {
    await world.close();
  }
}

function namesOf({ says, push, away, killed }: GateRound): readonly string[] {
  return [
    ...says.map((said) => `a gate answers: ${said}`),
    ...(push ? ['push'] : []),
    ...(away === undefined ? [] : ['cluster-away']),
    ...(killed === undefined ? [] : ['killed']),
  ];
}

async function hold(world: GateWorld, schedule: GateSchedule, round: GateRound): Promise<void> {
  world.begin(round);
  const { killed, looks } = round;
  const all = [
    ...(killed === undefined ? [] : [() => world.killed(killed)]),
    ...Array(looks).fill(() => world.look()),
  ];
  for (const [index, look] of all.entries()) {
    const before = PLACES.map((place) => world.versionIn(place));
    await look();
    for (const [at, place] of PLACES.entries()) expectStep(world, schedule, place, at, before);
    if (index > 0 || killed === undefined) expectSaid(world);
  }
}

function expectStep(
  world: GateWorld,
  { rollback, isHasty }: GateSchedule,
  place: string,
  index: number,
  before: readonly number[],
): void {
  const [was, is] = [before[index]!, world.versionIn(place)];
  if (is > was) {
    if (!world.isOpenBefore(place)) convict(`${place} got commit ${is} through a gate that is not open`);
    const isAhead = before.slice(0, index).some((one) => one !== is);
    if (isAhead) convict(`${place} got commit ${is} before the waves before it`);
  }
  if (is < was && !(rollback && isHasty && world.refused.has(was)))
    convict(`${place} went back from commit ${was}, which no gate has refused`);
}

function expectSaid(world: GateWorld): void {
  const { phase, sync, conditions = [], message } = world.status;
  const versions = PLACES.map((place) => world.versionIn(place));
  const isEverywhere = versions.every((one) => one === world.version);
  if ((phase === 'Healthy' || sync === 'Synced') && !isEverywhere)
    convict(`it is called ${phase} and ${sync}, and the clusters have ${versions}`);
  const isThere = !PLACES.some((place) => world.isAway(place));
  const ready = conditions.find(({ type }) => type === 'Ready');
  if (ready?.reason === 'RolledBack' && isThere && versions.includes(world.version))
    convict(`commit ${world.version} is called taken back, and the clusters have ${versions}: ${message}`);
}

async function goesOn(world: GateWorld): Promise<void> {
  world.calm();
  // What was taken back is not tried again.
  if (world.status.clusters?.some(({ rolledBack }) => rolledBack)) world.push();
  for (const _place of [...PLACES, 'and one more']) await world.look();
  const { phase, sync, gate, conditions = [], message } = world.status;
  const versions = PLACES.map((place) => world.versionIn(place));
  if (phase !== 'Healthy' || sync !== 'Synced') convict(`at the end it is ${phase}, ${sync}: ${message}`);
  if (versions.some((one) => one !== world.version)) convict(`at the end the clusters have ${versions}`);
  // A merge patch takes out what is null.
  if ((gate ?? undefined) !== undefined || conditions.some(({ type }) => type === 'Gate'))
    convict('at the end a gate is said to hold something back');
}

function convict(what: string): never {
  throw new Error(`the law of gates: ${what}`);
}

export const runGateLaw = lawOf(gateSchedules, runGateSchedule);
