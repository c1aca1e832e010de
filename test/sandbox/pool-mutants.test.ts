import type * as PoolLaw from '../../sandbox/pool/testing-only/pool-law';
import { FreshModules, placesOf } from '../laws/fresh-modules';
import { mutants } from './pool-mutants';

jest.setTimeout(240_000);

const SEED = 20_261_130;

function lawWith(mutant: (typeof mutants)[number], schedules = 1_000): Promise<void> {
  const law = new FreshModules(mutant).load('sandbox/pool/testing-only/pool-law.ts') as typeof PoolLaw;
  return law.runPoolLaw(schedules, SEED, false);
}

test('there are at least 15 planted faults, and each changes one place of the source as it is', () => {
  expect(mutants.length).toBeGreaterThanOrEqual(15);
  expect(mutants.map((mutant) => `${mutant.title}: ${placesOf(mutant)}`)).toEqual(
    mutants.map(({ title }) => `${title}: 1`),
  );
});

test.each(mutants)('caught: $title', async (mutant) => {
  await expect(lawWith(mutant)).rejects.toThrow(/Property failed/);
});
