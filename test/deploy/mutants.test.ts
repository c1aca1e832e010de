import { placesOf } from '../laws/fresh-modules';
import { mutants } from './mutants';

// Told in a second, to everyone who changes a line of deploy/: the law itself takes minutes on a busy machine.
test('each planted fault changes exactly one place of the source as it is', () => {
  expect(mutants.map((mutant) => `${mutant.title}: ${placesOf(mutant)}`)).toEqual(
    mutants.map(({ title }) => `${title}: 1`),
  );
});
