import type * as GitopsLaw from '../../gitops/testing-only/gitops-law';
import { FreshModules, placesOf } from '../laws/fresh-modules';
import { gitopsMutants } from './gitops-mutants';

jest.setTimeout(300_000);

/** The law of convergence sees each of these, or it is worth nothing. */
function lawWith(mutant: (typeof gitopsMutants)[number] | undefined, schedules: number): Promise<void> {
  const law = new FreshModules(mutant).load('gitops/testing-only/gitops-law.ts') as typeof GitopsLaw;
  return law.runGitopsLaw(schedules, 20_261_130, false);
}

test('each mutant changes one place of the source', () => {
  expect(gitopsMutants.length).toBeGreaterThanOrEqual(20);
  expect(gitopsMutants.map((mutant) => `${mutant.title}: ${placesOf(mutant)}`)).toEqual(
    gitopsMutants.map(({ title }) => `${title}: 1`),
  );
});

test('the source as it is holds', async () => {
  await lawWith(undefined, 10);
});

test.each(gitopsMutants.filter(({ isRare }) => !isRare))('caught: $title', async (mutant) => {
  await expect(lawWith(mutant, 120)).rejects.toThrow();
});
