import { placesOf } from './fresh-modules';
import { mutants } from './mutants';

test('there are at least 40 planted faults, each in another place or of another kind', () => {
  expect(mutants.length).toBeGreaterThanOrEqual(40);
  expect(new Set(mutants.map(({ file, from, to }) => `${file} ${from} ${to}`)).size).toBe(mutants.length);
});

test('each of them changes exactly one place of the source as it is', () => {
  expect(mutants.map((mutant) => `${mutant.title}: ${placesOf(mutant)}`)).toEqual(
    mutants.map(({ title }) => `${title}: 1`),
  );
});
