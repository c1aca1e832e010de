import fc from 'fast-check';
import type { LawEngine } from '../engine';
import { checkProgram, LawBroken } from './check-program';
import type { Given } from './given';
import type { Program } from './program';
import { programs } from './programs';
import { Tally } from './tally';
import { umbrellas } from './umbrella-program';

export interface LawRun {
  /** How many sets of values, over all charts. */
  readonly cases: number;
  readonly seed: number;
  /** @default 'charts' */
  readonly of?: 'charts' | 'umbrellas';
  /** Sets of values for each chart. @default 20 */
  readonly perChart?: number;
  /** @default - no limit */
  readonly milliseconds?: number;
  /** @default true */
  readonly shrinks?: boolean;
  readonly onProgress?: (tally: Tally) => void;
}

/** Charts between two looks at the clock. */
const ROUND = 20;

/** Holds generated charts to the Helm law until so many cases ran. Throws at the first that breaks it, made small. */
export async function runHelmLaw(engines: readonly LawEngine[], run: LawRun): Promise<Tally> {
  const {
    cases,
    seed,
    of = 'charts',
    perChart = 20,
    milliseconds = Number.POSITIVE_INFINITY,
    shrinks = true,
  } = run;
  const tally = new Tally();
  const end = Date.now() + milliseconds;
  let broken: LawBroken | undefined;
  const seeds = fc.array(fc.nat(1_000_000_000), { minLength: perChart, maxLength: perChart });
  const property = fc.asyncProperty(
    of === 'charts' ? programs : umbrellas,
    fc.noShrink(seeds),
    async (program, given) => {
      try {
        await checkProgram(program, given, engines, broken ? new Tally() : tally);
      } catch (error) {
        broken = error as LawBroken;
        throw error;
      }
    },
  );
  for (let round = 0; !broken && tally.cases < cases && Date.now() < end; round++) {
    const numRuns = Math.min(ROUND, Math.ceil((cases - tally.cases) / perChart));
    await fc.check(property, { numRuns, seed: seed + round, endOnFailure: !shrinks });
    run.onProgress?.(tally);
  }
  if (broken instanceof LawBroken) throw shrinks ? await withFewerValues(broken, engines) : broken;
  if (broken) throw broken;
  return tally;
}

/** Leaves out of the values whatever the failure does not need. */
async function withFewerValues(broken: LawBroken, engines: readonly LawEngine[]): Promise<LawBroken> {
  let best = broken;
  if (!best.given) return best;
  for (const key of Object.keys(best.given.values)) {
    const { [key]: _, ...values } = best.given?.values ?? {};
    best = (await breaks(best.program, { ...(best.given as Given), values }, engines)) ?? best;
  }
  for (const key of Object.keys(best.given?.release ?? {})) {
    const { [key as 'name']: _, ...release } = best.given?.release ?? {};
    best = (await breaks(best.program, { ...(best.given as Given), release }, engines)) ?? best;
  }
  return best;
}

async function breaks(
  program: Program,
  given: Given,
  engines: readonly LawEngine[],
): Promise<LawBroken | undefined> {
  try {
    await checkProgram(program, [given], engines, new Tally());
    return undefined;
  } catch (error) {
    return error instanceof LawBroken ? error : undefined;
  }
}
