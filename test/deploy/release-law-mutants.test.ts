import type * as Law from '../../deploy/testing-only/release-law';
import { FreshModules } from '../laws/fresh-modules';
import { type DeployMutant, mutants } from './mutants';

jest.setTimeout(1_200_000);

const CASES = 400;
const SEED = 20_261_129;

/** What the law says of the engine with one fault in it; `undefined` where it sees nothing. */
async function caughtBy(mutant?: DeployMutant): Promise<string | undefined> {
  const law = new FreshModules(mutant).load('deploy/testing-only/release-law.ts') as typeof Law;
  try {
    await law.runReleaseLaw(CASES, SEED, false);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

test.each(mutants)('caught: $title', async (mutant) => {
  expect(await caughtBy(mutant)).toMatch(/./);
});

test('without a fault nothing is caught', async () => {
  expect(await caughtBy()).toBeUndefined();
});
