import type * as GateLaw from '../../gitops/testing-only/gate-law';
import { FreshModules, placesOf } from '../laws/fresh-modules';
import { gateMutants } from './gate-mutants';

jest.setTimeout(300_000);

/** The law of gates sees each of these, or it is worth nothing. */
function lawWith(mutant: (typeof gateMutants)[number] | undefined, schedules: number): Promise<void> {
  const law = new FreshModules(mutant).load('gitops/testing-only/gate-law.ts') as typeof GateLaw;
  return law.runGateLaw(schedules, 20_261_130, false);
}

test('each mutant changes one place of the source', () => {
  expect(gateMutants.map((mutant) => `${mutant.title}: ${placesOf(mutant)}`)).toEqual(
    gateMutants.map(({ title }) => `${title}: 1`),
  );
});

test('the source as it is holds', async () => {
  await lawWith(undefined, 10);
});

test.each(gateMutants)('caught: $title', async (mutant) => {
  const convicted = { cause: { message: expect.stringMatching(/^the law of gates: /) } };
  await expect(lawWith(mutant, 40)).rejects.toMatchObject(convicted);
});
