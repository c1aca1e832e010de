import { convictionOf } from './convicted';
import { mutants } from './mutants';

jest.setTimeout(1_200_000);

const CASES = 400;
const SEED = 20_261_129;

test.each(mutants)('caught: $title', async (mutant) => {
  expect((await convictionOf(mutant, CASES, SEED))?.message).toMatch(/./);
});

test('without a fault nothing is caught', async () => {
  expect(await convictionOf(undefined, CASES, SEED)).toBeUndefined();
});
