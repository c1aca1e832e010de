import { catchMutant } from './catch-mutant';
import { LawEngine } from './engine';
import { mutants } from './mutants';

jest.setTimeout(900_000);

/** Some that are found soon; all of them take minutes: `npm run law -- --only faults`, docs/evidence/laws.md. */
const sample = mutants.filter((_, index) => index % 8 === 1);

describe('a planted fault is caught', () => {
  let engine: LawEngine;
  beforeAll(async () => {
    engine = await LawEngine.start('helm-4');
  });
  afterAll(() => engine.stop());

  test.each(sample.map((mutant) => [mutant.title, mutant] as const))('%s', async (_, mutant) => {
    expect((await catchMutant(mutant, [engine], 1)).after).toBeDefined();
  });
});
