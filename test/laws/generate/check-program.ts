import { DrydockError } from '../../../core/template';
import type { LawEngine } from '../engine';
import { HelmLaw } from '../helm-law';
import { build } from './build';
import { featuresOf } from './features';
import { type Given, givenFor } from './given';
import type { GeneratedChart, Program } from './program';
import type { Tally } from './tally';

/** A case in which the law does not hold. */
export class LawBroken extends Error {
  constructor(
    message: string,
    readonly program: Program,
    readonly given?: Given,
  ) {
    super(message);
  }
}

/** Holds one generated chart to the law, for given values or those that seeds stand for. */
export async function checkProgram(
  program: Program,
  cases: readonly (number | Given)[],
  engines: readonly LawEngine[],
  tally: Tally,
): Promise<void> {
  tally.programs++;
  const made = await lawOf(program, engines, tally);
  if (!made) return;
  const { generated, law } = made;
  try {
    tally.countFeatures(featuresOf(generated), cases.length);
    await Promise.all(
      cases.map((one) =>
        checkCase(program, typeof one === 'number' ? givenFor(generated, one) : one, law, tally),
      ),
    );
  } finally {
    await law.close();
  }
}

async function checkCase(program: Program, given: Given, law: HelmLaw, tally: Tally): Promise<void> {
  try {
    const outcome = await law.expect(given);
    tally.cases++;
    if (outcome === 'equal') tally.accepted++;
  } catch (error) {
    throw new LawBroken((error as Error).stack ?? String(error), program, given);
  }
}

/** A program that this library refuses is no case; one that it takes and cannot print is a bug. */
async function lawOf(
  program: Program,
  engines: readonly LawEngine[],
  tally: Tally,
): Promise<{ generated: GeneratedChart; law: HelmLaw } | undefined> {
  try {
    const generated = build(program);
    return { generated, law: await HelmLaw.of(generated.chart, ...engines) };
  } catch (error) {
    if (!(error instanceof DrydockError))
      throw new LawBroken((error as Error).stack ?? String(error), program);
    tally.countRefused(error.code);
    return undefined;
  }
}
