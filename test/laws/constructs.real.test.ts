import { countHelmLaw, FAMILIES } from './construct-laws';
import { LawEngine } from './engine';

jest.setTimeout(600_000);
/** `DRYDOCK_LAW_RUNS=500` for the long run. */
const runs = Number(process.env.DRYDOCK_LAW_RUNS ?? 60);

describe.each(['helm-4', 'helm-3'] as const)('under %s', (version) => {
  let engine: LawEngine;

  beforeAll(async () => {
    engine = await LawEngine.start(version);
  });

  afterAll(() => engine?.stop());

  test.each(FAMILIES)('the Helm law holds over %s with generated props', async (_, family) => {
    const seed = version === 'helm-4' ? 4 : 3;
    const { equal } = await countHelmLaw(family, engine, { runs, seed });
    expect(equal).toBeGreaterThan(runs / 10);
  });
});
