import fc from 'fast-check';
import * as patterns from '../../../core/props/patterns';
import type { ScalarSpec, TreeSpec, Want } from './program';
import { CPU_TEXTS, SHARP_TEXTS, TRAP_INTEGERS, TRAP_KEYS, TRAP_NUMBERS, TRAP_TEXTS } from './traps';

/** Expressions and parts of manifests, as data: every operation, of every type, with what it can hold. */

export const index = fc.nat(20);
const trapText = fc.oneof(fc.constantFrom(...TRAP_TEXTS), fc.constantFrom(...SHARP_TEXTS));
const sharpText = fc.constantFrom(...SHARP_TEXTS).map((value): ScalarSpec => ({ x: 'static', value }));
const staticText = trapText.map((value): ScalarSpec => ({ x: 'static', value }));
const cpuText = fc.constantFrom(...CPU_TEXTS).map((value): ScalarSpec => ({ x: 'static', value }));
const memoryText = fc
  .constantFrom('512Mi', '1Gi', '999999999Ti', '64k', '999999999T', '5M', '3G', '7Ki', '1', 'Mi', '0Mi')
  .map((value): ScalarSpec => ({ x: 'static', value }));
const ref = (want: Want) => index.map((n): ScalarSpec => ({ x: 'ref', want, n }));

interface Specs {
  text: ScalarSpec;
  integer: ScalarSpec;
  number: ScalarSpec;
  boolean: ScalarSpec;
  tree: TreeSpec;
  textMap: TreeSpec;
}

type Weighted<T> = { readonly weight: number; readonly arbitrary: fc.Arbitrary<T> };

function scalars(...kinds: Weighted<ScalarSpec>[]): fc.Arbitrary<ScalarSpec> {
  return fc.oneof({ maxDepth: 3, withCrossShrink: true, depthIdentifier: 'scalar' }, ...kinds);
}

function trees(...kinds: Weighted<TreeSpec>[]): fc.Arbitrary<TreeSpec> {
  return fc.oneof({ maxDepth: 4, withCrossShrink: true, depthIdentifier: 'tree' }, ...kinds);
}

export const specs = fc.letrec<Specs>((tie: fc.LetrecTypedTie<Specs>): fc.LetrecValue<Specs> => {
  const boolean = tie('boolean');
  const chosen = (one: fc.Arbitrary<ScalarSpec>): fc.Arbitrary<ScalarSpec> =>
    fc.record({ x: fc.constant('then' as const), cond: boolean, yes: one, no: one });
  const filled = (want: Want, fallback: fc.Arbitrary<ScalarSpec>): fc.Arbitrary<ScalarSpec> =>
    fc.record({ x: fc.constant('orElse' as const), want: fc.constant(want), n: index, fallback });
  const keep = fc.option(boolean, { nil: undefined });
  const first = (want: Want): fc.Arbitrary<ScalarSpec> =>
    fc.record({ x: fc.constant('first' as const), want: fc.constant(want), n: index, keep });
  const anyScalar: fc.Arbitrary<ScalarSpec> = fc.oneof(
    { weight: 4, arbitrary: tie('text') },
    { weight: 2, arbitrary: tie('integer') },
    { weight: 1, arbitrary: tie('number') },
    { weight: 1, arbitrary: boolean },
  );
  const pair = (
    one: fc.Arbitrary<ScalarSpec>,
    hows: readonly ['equals', ...('notEquals' | 'gt' | 'ge' | 'lt' | 'le' | 'contains')[]],
  ) =>
    fc.record({ x: fc.constant('compare' as const), how: fc.constantFrom(...hows), left: one, right: one });
  return {
    text: scalars(
      { weight: 6, arbitrary: ref('text') },
      { weight: 2, arbitrary: staticText },
      {
        weight: 4,
        arbitrary: fc.record({
          x: fc.constant('concat' as const),
          style: fc.constantFrom('text' as const, 'template' as const),
          parts: fc.array(
            fc.oneof({ weight: 4, arbitrary: anyScalar }, { weight: 1, arbitrary: sharpText }),
            { minLength: 1, maxLength: 4 },
          ),
        }),
      },
      { weight: 2, arbitrary: chosen(tie('text')) },
      { weight: 2, arbitrary: filled('text', tie('text')) },
      {
        weight: 2,
        arbitrary: fc.record({
          x: fc.constant('function' as const),
          how: fc.constantFrom(
            'lower' as const,
            'upper' as const,
            'base64' as const,
            'sha256' as const,
            'shortHash' as const,
            'labelValue' as const,
          ),
          arg: tie('text'),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ x: fc.constant('join' as const), n: index, separator: trapText, keep }),
      },
      { weight: 1, arbitrary: first('text') },
      {
        weight: 1,
        arbitrary: fc.record({
          x: fc.constant('affix' as const),
          how: fc.constantFrom('trimPrefix' as const, 'trimSuffix' as const),
          by: fc.oneof(trapText, fc.constantFrom('a', '0', 'e', 'web', '-', '.')).filter((by) => by !== ''),
          arg: tie('text'),
          isWorn: fc.boolean(),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom(16, 17, 20, 63).chain((max) =>
          fc.record({
            x: fc.constant('truncate' as const),
            max: fc.constant(max),
            arg: tie('text'),
            longer: fc.oneof(fc.constant(0), fc.integer({ min: max - 12, max })),
          }),
        ),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          x: fc.constant('match' as const),
          n: index,
          texts: fc.array(tie('text'), { minLength: 1, maxLength: 3 }),
        }),
      },
      { weight: 1, arbitrary: fc.record({ x: fc.constant('helper' as const), body: tie('text') }) },
    ),
    integer: scalars(
      { weight: 5, arbitrary: ref('integer') },
      {
        weight: 1,
        arbitrary: fc.constantFrom(...TRAP_INTEGERS).map((value): ScalarSpec => ({ x: 'static', value })),
      },
      { weight: 1, arbitrary: chosen(tie('integer')) },
      { weight: 1, arbitrary: filled('integer', tie('integer')) },
      { weight: 1, arbitrary: first('integer') },
      {
        weight: 2,
        // Of a value as often as of anything: only a value is counted at installation.
        arbitrary: fc.record({ x: fc.constant('length' as const), arg: fc.oneof(ref('text'), tie('text')) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          x: fc.constant('milliCpu' as const),
          arg: fc.oneof(tie('text'), chosen(cpuText)),
        }),
      },
    ),
    number: scalars(
      { weight: 4, arbitrary: ref('number') },
      {
        weight: 1,
        arbitrary: fc.constantFrom(...TRAP_NUMBERS).map((value): ScalarSpec => ({ x: 'static', value })),
      },
      { weight: 1, arbitrary: tie('integer') },
      {
        weight: 1,
        arbitrary: fc.record({
          x: fc.constant('bytesOf' as const),
          arg: fc.oneof(tie('text'), chosen(memoryText)),
        }),
      },
      { weight: 1, arbitrary: chosen(tie('number')) },
      { weight: 1, arbitrary: filled('number', tie('number')) },
    ),
    boolean: scalars(
      { weight: 4, arbitrary: ref('boolean') },
      { weight: 2, arbitrary: pair(tie('text'), ['equals', 'notEquals', 'contains']) },
      { weight: 2, arbitrary: pair(tie('number'), ['equals', 'notEquals', 'gt', 'ge', 'lt', 'le']) },
      { weight: 1, arbitrary: pair(boolean, ['equals', 'notEquals']) },
      {
        weight: 1,
        arbitrary: fc.record({
          x: fc.constant('matches' as const),
          pattern: fc.constantFrom(...Object.values(patterns)),
          arg: tie('text'),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          x: fc.constantFrom('and' as const, 'or' as const),
          args: fc.array(boolean, { minLength: 1, maxLength: 3 }),
        }),
      },
      { weight: 2, arbitrary: fc.record({ x: fc.constant('not' as const), arg: boolean }) },
      {
        weight: 3,
        arbitrary: fc.record({ x: fc.constantFrom('isSet' as const, 'isEmpty' as const), n: index }),
      },
      { weight: 1, arbitrary: filled('boolean', boolean) },
      {
        weight: 2,
        arbitrary: fc.record({
          x: fc.constantFrom('some' as const, 'every' as const),
          n: index,
          cond: boolean,
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ x: fc.constant('nothingKept' as const), n: index, keep: boolean }),
      },
      { weight: 1, arbitrary: fc.constant<ScalarSpec>({ x: 'byHelm' }) },
    ),
    tree: trees(
      { weight: 4, arbitrary: index.map((n): TreeSpec => ({ x: 'anything', n })) },
      { weight: 4, arbitrary: anyScalar },
      { weight: 1, arbitrary: fc.constant<TreeSpec>({ x: 'nothing' }) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(...TRAP_NUMBERS, true).map((value): TreeSpec => ({ x: 'static', value })),
      },
      {
        weight: 5,
        arbitrary: fc.record({
          x: fc.constant('map' as const),
          entries: fc.array(fc.tuple(fc.constantFrom(...TRAP_KEYS), tie('tree')), { maxLength: 4 }),
          spreads: fc.oneof(
            { weight: 5, arbitrary: fc.constant([] as number[]) },
            { weight: 3, arbitrary: fc.array(index, { minLength: 1, maxLength: 1 }) },
            { weight: 1, arbitrary: fc.array(index, { minLength: 2, maxLength: 2 }) },
          ),
        }),
      },
      {
        weight: 4,
        arbitrary: fc.record({
          x: fc.constant('list' as const),
          items: fc.array(
            fc.oneof(
              { weight: 4, arbitrary: tie('tree') },
              {
                weight: 1,
                arbitrary: fc.record({
                  x: fc.constant('splice' as const),
                  n: index,
                  body: fc.option(tie('tree'), { nil: undefined }),
                  keep,
                }),
              },
            ),
            { maxLength: 4 },
          ),
        }),
      },
      {
        weight: 3,
        arbitrary: fc.record({ x: fc.constant('range' as const), n: index, body: tie('tree'), keep }),
      },
      { weight: 2, arbitrary: fc.record({ x: fc.constant('kept' as const), n: index, keep: boolean }) },
      {
        weight: 1,
        arbitrary: fc.record({ x: fc.constantFrom('keys' as const, 'values' as const), n: index }),
      },
      {
        weight: 4,
        arbitrary: fc.record({
          x: fc.constant('if' as const),
          cond: boolean,
          yes: tie('tree'),
          no: fc.option(tie('tree'), { nil: undefined }),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ x: fc.constant('orElseTree' as const), n: index, fallback: tie('tree') }),
      },
      { weight: 1, arbitrary: fc.record({ x: fc.constant('treeHelper' as const), body: tie('textMap') }) },
    ),
    textMap: fc.record({
      x: fc.constant('map' as const),
      entries: fc.array(
        fc.tuple(
          fc.constantFrom('a', 'y', 'app.kubernetes.io/name', '0777', 'x-y'),
          fc.oneof(
            { weight: 3, arbitrary: tie('text') as fc.Arbitrary<TreeSpec> },
            {
              weight: 1,
              arbitrary: fc.record({ x: fc.constant('if' as const), cond: boolean, yes: tie('text') }),
            },
          ),
        ),
        { maxLength: 3 },
      ),
      spreads: fc.oneof(
        { weight: 2, arbitrary: fc.constant([] as number[]) },
        { weight: 1, arbitrary: fc.tuple(fc.constant(-1)) },
      ),
    }),
  };
});
