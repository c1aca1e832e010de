import fc from 'fast-check';
import { DrydockError, type JsonObject } from '../../core/template';
import { chartOf, type Program, programs, valuesOf } from './programs/secure-service';

/** `DRYDOCK_LAW_RUNS=500` for the long run. */
const runs = Number(process.env.DRYDOCK_LAW_RUNS ?? 100);

function rendered(program: Program, as: 'written' | 'literals'): JsonObject[] | 'refused' {
  try {
    const chart = chartOf(program, as);
    return chart.render(chart.inputs({ values: as === 'written' ? valuesOf(program) : {} }), 'helm');
  } catch (error) {
    if (error instanceof DrydockError) return 'refused';
    throw error;
  }
}

test(`a service means the same with values and with the same literals (${runs} programs)`, () => {
  let equal = 0;
  fc.assert(
    fc.property(programs, (program) => {
      const written = rendered(program, 'written');
      expect(written).toEqual(rendered(program, 'literals'));
      equal += written === 'refused' ? 0 : 1;
    }),
    { numRuns: runs, seed: 7 },
  );
  // Programs that are refused on both sides prove little; they must not be all there are.
  expect(equal).toBeGreaterThan(runs / 10);
});
