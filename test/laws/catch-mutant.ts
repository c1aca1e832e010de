import type { LawEngine } from './engine';
import { FreshModules } from './fresh-modules';
import type * as Runner from './generate/run-helm-law';
import type { Mutant } from './mutants';

export interface Caught {
  readonly mutant: Mutant;
  /** How many cases passed before one did not; `undefined` where all passed. */
  readonly after?: number;
  /** The first line of what was found. */
  readonly by?: string;
}

/** Runs the law on a printer or an `evaluate` with one fault in it. */
export async function catchMutant(
  mutant: Mutant,
  engines: readonly LawEngine[],
  seed: number,
): Promise<Caught> {
  const { runHelmLaw } = new FreshModules(mutant).load('test/laws/generate/run-helm-law.ts') as typeof Runner;
  let after = 0;
  try {
    await runHelmLaw(engines, {
      cases: 6_000,
      seed,
      of: mutant.of,
      shrinks: false,
      onProgress: ({ cases }) => {
        after = cases;
      },
    });
    return { mutant };
  } catch (error) {
    return { mutant, after, by: (error as Error).message.split('\n')[0] };
  }
}
