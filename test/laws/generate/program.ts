import fc from 'fast-check';
import * as patterns from '../../../core/props/patterns';
import type { HelmChart } from '../../../core/tree';
import { someText } from '../../support/any-text';
import { CPU_TEXTS, SHARP_TEXTS, TRAP_INTEGERS, TRAP_KEYS, TRAP_NUMBERS, TRAP_TEXTS } from './traps';
import { chartNames, type Declared, declared, secretKeys, valueNames } from './value-spec';

/** What a reference asks for; the builder takes the nth value of that type that is in reach. */
export type Want = 'text' | 'integer' | 'number' | 'boolean';

/** An expression of a scalar, as data. */
export type ScalarSpec =
  | { readonly x: 'ref'; readonly want: Want; readonly n: number }
  | { readonly x: 'static'; readonly value: string | number | boolean }
  | { readonly x: 'concat'; readonly style: 'text' | 'template'; readonly parts: readonly ScalarSpec[] }
  | { readonly x: 'then'; readonly cond: ScalarSpec; readonly yes: ScalarSpec; readonly no: ScalarSpec }
  | { readonly x: 'orElse'; readonly want: Want; readonly n: number; readonly fallback: ScalarSpec }
  | { readonly x: 'function'; readonly how: TextMethod; readonly arg: ScalarSpec }
  | { readonly x: 'join'; readonly n: number; readonly separator: string }
  | { readonly x: 'length' | 'milliCpu'; readonly arg: ScalarSpec }
  | { readonly x: 'matches'; readonly pattern: string; readonly arg: ScalarSpec }
  | {
      readonly x: 'compare';
      readonly how: 'equals' | 'notEquals' | 'gt' | 'ge' | 'lt' | 'le' | 'contains';
      readonly left: ScalarSpec;
      readonly right: ScalarSpec;
    }
  | { readonly x: 'and' | 'or'; readonly args: readonly ScalarSpec[] }
  | { readonly x: 'not'; readonly arg: ScalarSpec }
  | { readonly x: 'isSet' | 'isEmpty'; readonly n: number }
  /** What tells a chart from plain YAML. */
  | { readonly x: 'byHelm' }
  | { readonly x: 'helper'; readonly body: ScalarSpec };

export type TextMethod = 'lower' | 'upper' | 'base64' | 'sha256' | 'shortHash' | 'labelValue';

/** A part of a manifest, as data. */
export type TreeSpec =
  | ScalarSpec
  | { readonly x: 'anything'; readonly n: number }
  | {
      readonly x: 'map';
      readonly entries: readonly (readonly [string, TreeSpec])[];
      readonly spreads: readonly number[];
    }
  | { readonly x: 'list'; readonly items: readonly TreeSpec[] }
  | { readonly x: 'splice'; readonly n: number; readonly body?: TreeSpec }
  | { readonly x: 'range'; readonly n: number; readonly body: TreeSpec }
  | { readonly x: 'if'; readonly cond: ScalarSpec; readonly yes: TreeSpec; readonly no?: TreeSpec }
  | { readonly x: 'orElseTree'; readonly n: number; readonly fallback: TreeSpec }
  | { readonly x: 'treeHelper'; readonly body: TreeSpec }
  | { readonly x: 'nothing' };

export type GuardSpec =
  | { readonly g: 'when'; readonly cond: ScalarSpec }
  | { readonly g: 'forEach'; readonly n: number };

export interface ObjectSpec {
  readonly guards: readonly GuardSpec[];
  readonly name: ScalarSpec | 'plain' | 'fullname';
  readonly labels?: TreeSpec;
  readonly annotations?: TreeSpec;
  readonly body: readonly (readonly [string, TreeSpec])[];
}

/** A whole generated chart, as data. */
export interface Program {
  /** Groups of values; those of the first stand at the top. */
  readonly groups: readonly (readonly Declared[])[];
  readonly secret: boolean;
  readonly called: Called;
  readonly objects: readonly ObjectSpec[];
  readonly assertions: readonly ScalarSpec[];
  readonly umbrella?: UmbrellaSpec;
}

/** What is called what, and what a chart says of itself: anything that a declaration admits. */
export interface Called {
  readonly values: readonly string[];
  readonly groups: readonly string[];
  readonly secretKeys: readonly string[];
  /** The subcharts, by their place, and behind those what each is called the second time. */
  readonly charts: readonly string[];
  readonly description: string;
  readonly version: string;
  readonly appVersion: string;
  readonly environments: readonly string[];
  /** The start of the ids of constructs. */
  readonly id: string;
}

/** What a chart has besides values and objects of its own. */
export interface UmbrellaSpec {
  /** The globals that it declares; the nth of all charts are of one type. */
  readonly globals: readonly (Declared | undefined)[];
  /** The defaults of its tags. */
  readonly tags: readonly boolean[];
  readonly subcharts: readonly SubchartSpec[];
}

export interface SubchartSpec {
  readonly program: Program;
  /** Made twice: under its name and under an alias, each with options of its own. */
  readonly uses: readonly SubchartUse[];
}

export interface SubchartUse {
  readonly enabled?: boolean;
  /** Booleans of the parent, and those of the subchart, to be found by their numbers. */
  readonly conditions: readonly number[];
  readonly tags: readonly number[];
  /** The seed of what the parent has in place of the subchart's defaults. */
  readonly overrides?: number;
}

/** Declared values in groups of any depth. */
export interface DeclaredTree {
  readonly [name: string]: Declared | DeclaredTree;
}

/** A program as a chart, with what a generator of values has to know. */
export interface GeneratedChart {
  readonly chart: HelmChart;
  readonly declared: DeclaredTree;
  /** None where it has no secret. */
  readonly secretKeys: readonly string[];
  readonly tags: readonly string[];
  readonly subcharts: readonly GeneratedSubchart[];
}

export interface GeneratedSubchart {
  readonly key: string;
  readonly hasEnabled: boolean;
  readonly generated: GeneratedChart;
  /** The chart outside of every umbrella. */
  readonly alone: () => GeneratedChart;
}

export function isDeclared(member: Declared | DeclaredTree): member is Declared {
  return 'spec' in member && 'presence' in member;
}

const index = fc.nat(20);
const trapText = fc.oneof(fc.constantFrom(...TRAP_TEXTS), fc.constantFrom(...SHARP_TEXTS));
const sharpText = fc.constantFrom(...SHARP_TEXTS).map((value): ScalarSpec => ({ x: 'static', value }));
const staticText = trapText.map((value): ScalarSpec => ({ x: 'static', value }));
const cpuText = fc.constantFrom(...CPU_TEXTS).map((value): ScalarSpec => ({ x: 'static', value }));
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

const specs = fc.letrec<Specs>((tie: fc.LetrecTypedTie<Specs>): fc.LetrecValue<Specs> => {
  const boolean = tie('boolean');
  const chosen = (one: fc.Arbitrary<ScalarSpec>): fc.Arbitrary<ScalarSpec> =>
    fc.record({ x: fc.constant('then' as const), cond: boolean, yes: one, no: one });
  const filled = (want: Want, fallback: fc.Arbitrary<ScalarSpec>): fc.Arbitrary<ScalarSpec> =>
    fc.record({ x: fc.constant('orElse' as const), want: fc.constant(want), n: index, fallback });
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
      { weight: 1, arbitrary: fc.record({ x: fc.constant('join' as const), n: index, separator: trapText }) },
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
      { weight: 1, arbitrary: fc.record({ x: fc.constant('length' as const), arg: tie('text') }) },
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
                }),
              },
            ),
            { maxLength: 4 },
          ),
        }),
      },
      { weight: 3, arbitrary: fc.record({ x: fc.constant('range' as const), n: index, body: tie('tree') }) },
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

const guard: fc.Arbitrary<GuardSpec> = fc.oneof(
  fc.record({ g: fc.constant('when' as const), cond: specs.boolean }),
  fc.record({ g: fc.constant('forEach' as const), n: index }),
);

const objectSpec: fc.Arbitrary<ObjectSpec> = fc.record({
  guards: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: fc.array(guard, { maxLength: 3 }) },
  ),
  name: fc.oneof(
    { weight: 3, arbitrary: fc.constant('plain' as const) },
    { weight: 2, arbitrary: fc.constant('fullname' as const) },
    { weight: 1, arbitrary: specs.text },
  ),
  labels: fc.option(specs.textMap, { nil: undefined, freq: 3 }),
  annotations: fc.option(specs.textMap, { nil: undefined, freq: 3 }),
  body: fc.array(fc.tuple(fc.constantFrom('spec', 'data', 'y', 'status', 'template'), specs.tree), {
    minLength: 1,
    maxLength: 3,
  }),
});

const assertions = fc.oneof(
  { weight: 6, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.tuple(specs.boolean) },
);

/** Names that the generator itself gives, or that mean something at the top of all values. */
const TAKEN = ['parse', 'global', 'tags', 'nameOverride', 'fullnameOverride', 'credentials', 'law'];

/** How many subcharts a chart has at most, each made at most twice. */
export const MAX_SUBCHARTS = 2;

const called: fc.Arbitrary<Called> = fc
  .record({
    values: fc.uniqueArray(
      valueNames.filter((name) => !TAKEN.includes(name)),
      { minLength: 8, maxLength: 8 },
    ),
    secretKeys: fc.uniqueArray(secretKeys, { minLength: 2, maxLength: 2 }),
    charts: fc.uniqueArray(
      chartNames.filter((name) => !TAKEN.includes(name)),
      { minLength: 2 * MAX_SUBCHARTS, maxLength: 2 * MAX_SUBCHARTS },
    ),
    description: someText,
    version: fc.constantFrom(
      '1.2.3-rc.1+build.5',
      '0.0.0',
      '10.20.30',
      '1.0.0--.a',
      '1.0.0+0777',
      '1.0.0-0.x-y',
    ),
    appVersion: fc.oneof(
      fc.constantFrom('1+2+3', '1e3', '0777', 'yes', '2026-11-29', '1_000', '1.0', 'null'),
      fc.stringMatching(/^[A-Za-z0-9]([-A-Za-z0-9_.+]{0,61}[A-Za-z0-9])?$/),
    ),
    environments: fc.uniqueArray(
      fc.oneof(
        fc.constantFrom('prod', 'constructor', 'x.y', '0', 'a..b'),
        fc.stringMatching(/^[a-z0-9]([-a-z0-9_.]{0,20}[a-z0-9])?$/),
      ),
      { maxLength: 2 },
    ),
    id: fc.oneof({ weight: 2, arbitrary: fc.constant('object-') }, { weight: 1, arbitrary: someText }),
  })
  // Values and subcharts of a chart are entries of one map.
  .filter(({ values, charts }) => !charts.some((name) => values.includes(name)))
  .map(({ values, ...rest }) => ({ ...rest, values: values.slice(0, 6), groups: values.slice(6) }));

/** Charts that declare and use everything that there is. */
export const programs: fc.Arbitrary<Program> = fc.record({
  groups: fc.array(fc.array(declared, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 3 }),
  secret: fc.boolean(),
  called,
  objects: fc.array(objectSpec, { minLength: 1, maxLength: 4 }),
  assertions,
});

/** Charts of an umbrella: smaller ones, since there are several. */
export const smallPrograms: fc.Arbitrary<Omit<Program, 'umbrella'>> = fc.record({
  groups: fc.array(fc.array(declared, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 }),
  secret: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.boolean() }),
  called,
  objects: fc.array(objectSpec, { minLength: 1, maxLength: 2 }),
  assertions,
});
