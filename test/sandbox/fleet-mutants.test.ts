import type * as FleetLaw from '../../sandbox/fleet/testing-only/fleet-law';
import { FreshModules, placesOf } from '../laws/fresh-modules';
import { fleetMutants } from './fleet-mutants';

jest.setTimeout(240_000);

const SEED = 20_261_130;

function lawWith(mutant: (typeof fleetMutants)[number], schedules = 1_000): Promise<void> {
  const law = new FreshModules(mutant).load('sandbox/fleet/testing-only/fleet-law.ts') as typeof FleetLaw;
  return law.runFleetLaw(schedules, SEED, false);
}

test('there are at least 15 planted faults, and each changes one place of the source as it is', () => {
  expect(fleetMutants.length).toBeGreaterThanOrEqual(15);
  expect(fleetMutants.map((mutant) => `${mutant.title}: ${placesOf(mutant)}`)).toEqual(
    fleetMutants.map(({ title }) => `${title}: 1`),
  );
});

test.each(fleetMutants)('caught: $title', async (mutant) => {
  await expect(lawWith(mutant)).rejects.toThrow(/Property failed/);
});
