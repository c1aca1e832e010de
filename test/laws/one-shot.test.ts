import fc from 'fast-check';
import { DrydockError, type JsonObject } from '../../core/template';
import { chartOf, type Program, programs, valuesOf } from './programs/one-shot';

/** `DRYDOCK_LAW_RUNS=500` for the long run. */
const runs = Number(process.env.DRYDOCK_LAW_RUNS ?? 100);

function rendered(program: Program, as: 'written' | 'literals'): JsonObject[] | 'refused' {
  try {
    const chart = chartOf(program, as);
    const values = as === 'written' ? valuesOf(program) : {};
    // As helm installs it, so that the test of the release is there.
    return chart.render(chart.inputs({ values, release: { service: 'Helm' } }), 'helm');
  } catch (error) {
    if (error instanceof DrydockError) return 'refused';
    throw error;
  }
}

test(`bundle, migration and test mean the same with values and with the same literals (${runs} programs)`, () => {
  const kinds = new Map<unknown, number>();
  fc.assert(
    fc.property(programs, (program) => {
      const written = rendered(program, 'written');
      expect(written).toEqual(rendered(program, 'literals'));
      if (written === 'refused') return;
      for (const { kind } of written) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }),
    { numRuns: runs, seed: 7 },
  );
  // Programs that are refused on both sides prove little; they must not be all there are.
  for (const kind of ['ConfigMap', 'Job', 'Pod', 'NetworkPolicy'])
    expect([kind, kinds.get(kind)]).toEqual([kind, expect.any(Number)]);
  expect(kinds.get('Pod')).toBeGreaterThan(runs / 4);
});
