import fc from 'fast-check';
import { DrydockError } from '../../core/template';
import type { HelmChart } from '../../core/tree';
import { LawEngine } from './engine';
import { HelmLaw } from './helm-law';
import { chartOf, type Program, programs, valuesOf } from './programs/one-shot';

jest.setTimeout(600_000);
/** `DRYDOCK_LAW_RUNS=500` for the long run. */
const runs = Number(process.env.DRYDOCK_LAW_RUNS ?? 60);

function tryChart(program: Program): HelmChart | undefined {
  try {
    return chartOf(program, 'written');
  } catch (error) {
    if (error instanceof DrydockError) return undefined;
    throw error;
  }
}

test.each(['helm-4', 'helm-3'] as const)(
  'the Helm law holds over bundles, migrations and tests with generated props, under %s',
  async (version) => {
    const engine = await LawEngine.start(version);
    const outcomes = { equal: 0, 'both refuse': 0, 'not a program': 0 };
    try {
      await fc.assert(
        fc.asyncProperty(programs, async (program) => {
          const chart = tryChart(program);
          if (!chart) {
            outcomes['not a program']++;
            return;
          }
          const law = await HelmLaw.of(chart, engine);
          outcomes[await law.expect({ values: valuesOf(program) })]++;
          await law.close();
        }),
        { numRuns: runs, seed: version === 'helm-4' ? 4 : 3 },
      );
    } finally {
      await engine.stop();
    }
    expect(outcomes.equal).toBeGreaterThan(runs / 4);
  },
);
