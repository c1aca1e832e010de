import fc from 'fast-check';
import { App } from '../../../core/synth';
import type { Expression, Json, JsonObject } from '../../../core/template';
import { HelmChart, type KubeManifest, KubeObject } from '../../../core/tree';
import { Declaration, mergeValues, value } from '../../../core/values';

/** What programs of our constructs are generated from: props that are absent, literals or values of the chart. */

/** One prop that a program may set, how to declare it as a value, and what it may be. */
export interface Setting<Props> {
  readonly arbitrary: fc.Arbitrary<Json>;
  readonly declare: (fallback: Json) => Declaration<unknown>;
  readonly apply: (props: Props, given: never) => void;
  /** Whether its prop takes a value that may not be set, and is then as if it were not written. */
  readonly takesOptional?: boolean;
}

export const doc = 'Generated';
export const integer = (min: number, max: number) => ({
  arbitrary: fc.integer({ min, max }),
  declare: (fallback: Json) => value.integer({ default: fallback as number, min: -10, max: 70_000, doc }),
});
export const boolean = {
  arbitrary: fc.boolean(),
  declare: (fallback: Json) => value.boolean({ default: fallback as boolean, doc }),
};
/** Texts that YAML readers and templates like to misread. */
const awkward = fc.constantFrom(
  '',
  ' ',
  'true',
  'no',
  '1e3',
  '0777',
  '0x1F',
  '1:30',
  '2001-01-01',
  '~',
  'a: b',
  '- a',
  '# x',
  '{{ .Values }}',
  '<no value>',
  '"',
  "'",
  '\\',
  'two\nlines\n',
  '\ttab',
  '%s',
  'ä€😀',
  '*a',
  '&a',
  '!x',
  '---',
  '=',
);
export const anyText = {
  arbitrary: fc.oneof(awkward, fc.string({ maxLength: 12, unit: 'grapheme-ascii' })),
  declare: (fallback: Json) => value.string({ default: fallback as string, doc }),
};
export const dns = {
  arbitrary: fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/),
  declare: (fallback: Json) => value.dnsName({ default: fallback as string, doc }),
};
export const oneOf = (...texts: string[]) => ({
  arbitrary: fc.constantFrom(...texts),
  declare: (fallback: Json) => value.string({ default: fallback as string, doc }),
});
const key = fc.stringMatching(/^[A-Za-z]([A-Za-z0-9_]{0,5}[A-Za-z0-9])?$/);
export const texts = {
  arbitrary: fc.dictionary(key, anyText.arbitrary, { maxKeys: 3 }),
  declare: (fallback: Json) => value.map(value.string({ doc }), { default: fallback as never, doc }),
};
/** What labels of objects and nodes may say. */
export const labelTexts = {
  arbitrary: fc.dictionary(key, fc.stringMatching(/^([A-Za-z0-9]([A-Za-z0-9_.-]{0,20}[A-Za-z0-9])?)?$/), {
    maxKeys: 3,
  }),
  declare: texts.declare,
};
export const raw = (...samples: Json[]) => ({
  arbitrary: fc.constantFrom(...samples),
  declare: (fallback: Json) => value.raw({ default: fallback, doc }),
});

export type Settings<Props> = Readonly<Record<string, Setting<Props>>>;

/** How one prop is given, and what is said of it at installation. */
export interface Choice {
  readonly how: 'absent' | 'literal' | 'value' | 'optional';
  readonly given: Json;
  readonly override?: Json;
}

export type Choices = Readonly<Record<string, Choice>>;

export function choicesOf(settings: Settings<never>): fc.Arbitrary<Choices> {
  return fc.record(
    Object.fromEntries(
      Object.entries(settings).map(([name, { arbitrary, takesOptional }]) => [
        name,
        fc.record(
          {
            how: fc.oneof(
              { weight: 3, arbitrary: fc.constant('absent' as const) },
              { weight: 1, arbitrary: fc.constant('literal' as const) },
              { weight: 3, arbitrary: fc.constant('value' as const) },
              { weight: takesOptional ? 2 : 0, arbitrary: fc.constant('optional' as const) },
            ),
            given: arbitrary,
            override: arbitrary,
          },
          { requiredKeys: ['how', 'given'] },
        ),
      ]),
    ),
  ) as fc.Arbitrary<Choices>;
}

/** What is given when the program's chart is installed. */
export function overridesOf(choices: Choices): JsonObject {
  return Object.fromEntries(
    Object.entries(choices).flatMap(([name, { how, override }]) =>
      isDeclared(how) && override !== undefined ? [[name, override] as const] : [],
    ),
  );
}

/** As it is written, or, for the literal law, with everything that was given as a literal. */
export type As = 'written' | 'literals';

const isDeclared = (how: Choice['how']) => how === 'value' || how === 'optional';
const isValue = ({ how }: Choice, as: As) => as === 'written' && isDeclared(how);

/** The values that a program declares. */
export function declarationsOf<Props>(
  settings: Settings<Props>,
  choices: Choices,
  as: As,
): Readonly<Record<string, Declaration<unknown>>> {
  const declared = Object.entries(choices).filter(([, choice]) => isValue(choice, as));
  return Object.fromEntries(
    declared.map(([name, { given, how }]) => {
      const declaration = (settings[name] as Setting<Props>).declare(given);
      return [name, how === 'optional' ? optional(declaration) : declaration];
    }),
  );
}

/** The same value without a default. */
function optional({ kind, shape, schema }: Declaration<unknown>): Declaration<unknown> {
  return new Declaration(kind, shape, schema, { doc, optional: true });
}

/** Settings, those of the names with a value that may not be set. */
export function withOptional<Props>(settings: Settings<Props>, names: readonly string[]): Settings<Props> {
  const entries = Object.entries(settings).map(([name, one]) => [
    name,
    { ...one, takesOptional: names.includes(name) },
  ]);
  return Object.fromEntries(entries);
}

/** The chart of a program, with its values. */
export function generatedChart(values: Readonly<Record<string, Expression<unknown>>>): HelmChart {
  return new HelmChart(new App({ outdir: 'unused' }), 'prog', {
    description: 'Generated',
    values: values as never,
  });
}

/** Sets the props as they were chosen; every value goes into one object besides, for a chart refuses unused ones. */
export function applyChoices<Props>(
  chart: HelmChart,
  props: Props,
  settings: Settings<Props>,
  choices: Choices,
  as: As,
  values: Readonly<Record<string, Expression<unknown>>>,
): void {
  const spec: Record<string, unknown> = {};
  for (const [name, choice] of Object.entries(choices)) {
    const { how, given, override } = choice;
    const isNotSet = how === 'optional' && as === 'literals' && override === undefined;
    if (how === 'absent' || isNotSet) continue;
    // As helm does: a map that is given is merged into the default one.
    const merged =
      how === 'value' && override !== undefined ? mergeValues({ it: given }, { it: override }).it : given;
    const literal = how === 'optional' ? override : merged;
    spec[name] = isValue(choice, as) ? values[name] : literal;
    (settings[name] as Setting<Props>).apply(props, spec[name] as never);
  }
  new KubeObject<KubeManifest>(chart, 'everything', {
    apiVersion: 'example.com/v1',
    kind: 'Everything',
    metadata: { name: 'everything' },
    spec,
  } as never);
}
