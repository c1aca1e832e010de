import { randomBytes } from 'node:crypto';
import { killAtEveryMoment } from '../cleanup';
import { MOMENTS } from '../client';
import { killManagers } from '../pool-killed';
import type { RuntimeInstallation } from '../runtime';
import { Census } from './census';
import type { Ground } from './ground';
import type { Row } from './round';
import { runFault } from './round';

const KILLED = 'manager killed at every step';
const RACE = 'two managers race';
const TTL = 45;
const SEED = 20_261_201;

const clean = {
  ...{ toldMs: [], doubleClaims: [], ranTwice: [], orphans: [], wrongSuccesses: [], fullAgainMs: undefined },
} as const;

/** Managers that share a pool are killed at drawn moments. */
export async function killedWarm(installation: RuntimeInstallation, kills: number): Promise<Row> {
  const census = new Census(installation.cluster, installation.sandboxNamespace);
  try {
    const seen = await killManagers(installation, {
      ...{ managers: 3, kills: kills - 3, seed: SEED, warm: 2, callers: 1, longestMs: 3_000 },
    });
    await census.over(census.names);
    const { told } = seen;
    return {
      ...{ ...clean, fault: KILLED, way: 'warm', injections: seen.kills },
      saw: { 'nothing (it is gone)': seen.kills, 'others: claims that were right': told.ran },
      doubleClaims: [
        ...seen.givenTwice,
        ...seen.changedHands,
        ...Array.from({ length: told.used }, () => 'used'),
      ],
      ranTwice: census.names.filter((name) => census.podsOf(name) > 1),
      orphans: census.orphans(census.names),
      fullAgainMs: await filled(installation),
    };
  } finally {
    await census.close();
  }
}

/** One that is started when all others are gone fills its share. */
async function filled(installation: RuntimeInstallation): Promise<number | undefined> {
  const next = installation.sandboxes({ pool: { warm: 2, values: installation.run() } });
  const began = performance.now();
  try {
    await next.warmUp(120_000);
    return performance.now() - began;
  } catch {
    return undefined;
  } finally {
    await next.close();
  }
}

/** Clients of a claim, or of a Job, are stopped at each moment, and killed there. */
export async function killedClients(ground: Ground, way: 'cold' | 'job', least: number): Promise<Row> {
  const { installation, census } = ground;
  const moments = MOMENTS.filter((moment) => moment.startsWith('job:') === (way === 'job'));
  const killed: string[] = [];
  let left = 0;
  for (let round = 0; killed.length < least; round += 1) {
    // Of this pass alone: a name that comes again would have two pods.
    const prefix = `${way}-killed-${randomBytes(3).toString('hex')}-${round}`;
    const all = await killAtEveryMoment(installation, TTL, moments, prefix);
    left += all.filter(({ expiresAt }) => expiresAt !== undefined).length;
    killed.push(...all.map(({ name }) => name));
  }
  await census.over(killed);
  return {
    ...{ ...clean, fault: KILLED, way, injections: killed.length },
    saw: { 'nothing (it is gone)': killed.length, 'a Job was left': left },
    ranTwice: killed.filter((name) => census.podsOf(name) > 1),
    orphans: census.orphans(killed),
    fullAgainMs: await ground.fullAgain(),
  };
}

/** More callers than there are members, of two managers in turns. */
export async function raceForMembers(ground: Ground, injections: number): Promise<Row> {
  const own = ground.manager;
  const other = ground.another(1);
  let turn = 0;
  const manager = Object.create(own, {
    claim: {
      value: (options: object) => {
        turn += 1;
        return turn % 2 === 0 ? own.claim(options) : other.claim(options);
      },
    },
    warmUp: { value: () => own.warmUp() },
  });
  ground.manager = manager;
  try {
    const [row] = await runFault(ground, { name: RACE, ways: ['warm'], atOnce: 10 }, injections);
    return row!;
  } finally {
    ground.manager = own;
    await other.close();
  }
}

/** Two managers ask for the same name at the same moment: one has it, the other is told. */
export async function raceForNames(ground: Ground, way: 'cold' | 'job', injections: number): Promise<Row> {
  const other = ground.another(0);
  const saw: Record<string, number> = {};
  const doubleClaims: string[] = [];
  const names: string[] = [];
  const toldMs: number[] = [];
  const ask = async (from: Pick<Ground['manager'], 'claim' | 'job'>, name: string) => {
    const values = { ...ground.values({ name: RACE }), name };
    const began = performance.now();
    try {
      const made =
        way === 'job'
          ? await from.job({ values, command: ['sleep', '5'], ttl: TTL })
          : await from.claim({ values, ttl: TTL });
      await made.close();
      return 'has it';
    } catch (error) {
      return (error as { code?: string }).code ?? String(error);
    } finally {
      toldMs.push(performance.now() - began);
    }
  };
  for (let done = 0; done < injections; done += 4) {
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        const name = `${way}-race-${randomBytes(3).toString('hex')}`;
        names.push(name);
        const answers = await Promise.all([ask(ground.manager, name), ask(other, name)]);
        for (const answer of answers) saw[answer] = (saw[answer] ?? 0) + 1;
        if (answers.filter((answer) => answer === 'has it').length !== 1)
          doubleClaims.push(`${name}: ${answers}`);
      }),
    );
  }
  await ground.census.over(names);
  await other.close();
  return {
    ...{ ...clean, fault: RACE, way, injections: names.length, saw, doubleClaims, toldMs },
    ranTwice: names.filter((name) => ground.census.podsOf(name) > 1),
    orphans: ground.census.orphans(names),
    fullAgainMs: await ground.fullAgain(),
  };
}
