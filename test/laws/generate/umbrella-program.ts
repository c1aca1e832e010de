import fc from 'fast-check';
import {
  MAX_SUBCHARTS,
  type Program,
  type SubchartSpec,
  type SubchartUse,
  type UmbrellaSpec,
} from './program';
import { smallPrograms } from './programs';
import { type Declared, declared } from './value-spec';

/** Charts in charts: with globals, tags, conditions and aliases, two deep. */

const index = fc.nat(20);

const use: fc.Arbitrary<SubchartUse> = fc.record({
  enabled: fc.option(fc.boolean(), { nil: undefined, freq: 3 }),
  conditions: fc.oneof(
    { weight: 3, arbitrary: fc.constant([] as number[]) },
    { weight: 2, arbitrary: fc.array(index, { minLength: 1, maxLength: 2 }) },
  ),
  tags: fc.oneof(
    { weight: 2, arbitrary: fc.constant([] as number[]) },
    { weight: 2, arbitrary: fc.array(index, { minLength: 1, maxLength: 2 }) },
  ),
  overrides: fc.option(index, { nil: undefined }),
});

/** Of every four globals two are deeper in groups, where helm copies less than one thinks. */
export const GLOBALS = ['region', 'zone', 'deep.name', 'deep.inner.count'] as const;

const globalTypes = fc.tuple(declared, declared, declared, declared);

function globalsOf(types: readonly Declared[]): fc.Arbitrary<readonly (Declared | undefined)[]> {
  const one = ({ spec }: Declared) =>
    fc.option(
      declared.map(({ presence, defaultSeed, doc }) => ({
        spec,
        // For a chart that is installed alone, no other chart gives it.
        presence: presence === 'required' ? ('default' as const) : presence,
        defaultSeed,
        doc,
      })),
      { nil: undefined, freq: 2 },
    );
  return fc.tuple(...types.map(one));
}

function parts(types: readonly Declared[], depth: number): fc.Arbitrary<UmbrellaSpec> {
  return fc.record({
    globals: globalsOf(types),
    tags: fc.array(fc.boolean(), { maxLength: 2 }),
    subcharts:
      depth === 0
        ? fc.constant([])
        : fc.array(subchart(types, depth - 1), {
            minLength: depth === 2 ? 1 : 0,
            maxLength: MAX_SUBCHARTS,
          }),
  });
}

function subchart(types: readonly Declared[], depth: number): fc.Arbitrary<SubchartSpec> {
  return fc.record({
    program: programWith(types, depth),
    // Not often twice where there may be subcharts: aliases in aliases are refused.
    uses: fc.oneof(
      { weight: depth === 0 ? 1 : 4, arbitrary: fc.tuple(use) },
      { weight: 1, arbitrary: fc.tuple(use, use) },
    ),
  });
}

function programWith(types: readonly Declared[], depth: number): fc.Arbitrary<Program> {
  return fc
    .tuple(smallPrograms, parts(types, depth))
    .map(([program, umbrella]) => ({ ...program, umbrella }));
}

/** Umbrellas of one to four subcharts, some of which have subcharts of their own. */
export const umbrellas: fc.Arbitrary<Program> = globalTypes.chain((types) => programWith(types, 2));
