import type * as Law from '../../deploy/testing-only/release-law';
import type { Planted } from '../laws/fresh-modules';
import { FreshModules } from '../laws/fresh-modules';

/** What the law of releases, on the model, says of the engine with one fault in it; `undefined` where it sees nothing. */
export async function convictionOf(
  mutant: Planted | undefined,
  cases: number,
  seed: number,
): Promise<Error | undefined> {
  const law = new FreshModules(mutant).load('deploy/testing-only/release-law.ts') as typeof Law;
  try {
    await law.runReleaseLaw(cases, seed, false);
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
