import fc from 'fast-check';
import { someText } from '../../support/any-text';
import { PATCHES } from './given-patches';
import { type Called, type GuardSpec, MAX_SUBCHARTS, type ObjectSpec, type Program } from './program';
import { index, specs } from './specs';
import { chartNames, declared, secretKeys, valueNames } from './value-spec';

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
const TAKEN = ['parse', 'global', 'tags', 'nameOverride', 'fullnameOverride', 'credentials', 'law', PATCHES];

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
  isPatched: fc.nat(3).map((n) => n === 0),
});

/** Charts of an umbrella: smaller ones, since there are several. */
export const smallPrograms: fc.Arbitrary<Omit<Program, 'umbrella'>> = fc.record({
  groups: fc.array(fc.array(declared, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 }),
  secret: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.boolean() }),
  called,
  objects: fc.array(objectSpec, { minLength: 1, maxLength: 2 }),
  assertions,
  isPatched: fc.nat(7).map((n) => n === 0),
});
