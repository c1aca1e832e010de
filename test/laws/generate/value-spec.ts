import fc from 'fast-check';
import { type Declaration, NAMES, value } from '../../../core/values';
import { checkPattern } from '../../../core/values/pattern';
import { someText } from '../../support/any-text';
import { type PatternSpec, patternSpecs, patternText } from './pattern-spec';
import { Random } from './random';
import { CPU_TEXTS } from './traps';
import { valid } from './valid';

/** Values as data, so that a generated chart can be shrunk, printed and made again. */
export type ValueSpec = TextSpec | NumberSpec | BooleanSpec | ListSpec | MapSpec | ObjectSpec | RawSpec;

/** The texts that have a type of their own. */
export const TEXT_KINDS = ['cpu', 'memory', 'image', 'duration', 'dnsName'] as const;
export type TextKind = (typeof TEXT_KINDS)[number];

export interface TextSpec {
  readonly type: 'text';
  readonly kind: 'string' | 'pattern' | 'oneOf' | TextKind;
  /** Which pattern, or the length that is allowed. */
  readonly detail: number;
  /** A pattern of its own in the place of one of the list. */
  readonly parts?: readonly PatternSpec[];
  /** Choices of its own in the place of some of the list. */
  readonly choices?: readonly string[];
}
export interface NumberSpec {
  readonly type: 'number';
  readonly kind: 'integer' | 'small' | 'big' | 'positive' | 'number' | 'port' | 'bounded';
  /** For `bounded`. */
  readonly bounds?: readonly [min: number, max: number];
}
export interface BooleanSpec {
  readonly type: 'boolean';
}
export interface ListSpec {
  readonly type: 'list';
  readonly items: ValueSpec;
  readonly minItems?: number;
}
export interface MapSpec {
  readonly type: 'map';
  readonly values: ValueSpec;
}
export interface ObjectSpec {
  readonly type: 'object';
  readonly fields: readonly FieldSpec[];
}

export interface FieldSpec {
  readonly name: string;
  readonly spec: ValueSpec;
  readonly optional: boolean;
  /** The seed of its default, where it has one. */
  readonly defaultSeed?: number;
}
export interface RawSpec {
  readonly type: 'raw';
}

/** One declared value: whether it may be absent, and the seed of its default where it has one. */
export interface Declared {
  readonly spec: ValueSpec;
  readonly presence: 'required' | 'default' | 'optional' | 'optional with default';
  readonly defaultSeed: number;
  readonly doc: string;
}

/** A pattern, and texts that it lets through. */
export const PATTERNS: readonly { readonly pattern: string; readonly texts: readonly string[] }[] = [
  { pattern: '^[a-z]+$', texts: ['a', 'yes', 'null', 'on', 'word'] },
  { pattern: '^[0-9a-fx_]*$', texts: ['', '0777', '1e3', '0x1f', '1_000', '00'] },
  {
    pattern: "^[A-Za-z0-9 _.:,/+=~^!?()|*&$%#'>-]{0,40}$",
    texts: ['', ' ', 'a: b', '# x', '- a', "it's", '%s', '*a', '1:30', '1+2+3'],
  },
  {
    pattern: '^[^<]*$',
    texts: ['', '"', '\\', 'two\nlines', '{{ x }}', 'ä', '\u0085', '\ufeff', ' \u2028 '],
  },
  { pattern: '^[a-z<>{} ]*$', texts: ['<no value>', '<', '{{', '{{ fail }}', 'no value>', ''] },
  { pattern: '^[0-9.]*m?$', texts: CPU_TEXTS },
  { pattern: '^(\\d+|v\\d+\\.\\d+)$', texts: ['0', '10', '007', 'v1.0'] },
  { pattern: '^[ -~]*$', texts: ['', '"a"', '\\', '<no value>', '{{ .x }}', "'"] },
];

const CHOICES = [
  ['a', 'b'],
  ['Always', 'Never', 'yes'],
  ['', 'null', '0777'],
  ['<no value>', '{{', 'ä'],
] as const;

export function choicesOf({ detail, choices }: TextSpec): readonly string[] {
  return choices ?? (CHOICES[detail % CHOICES.length] as readonly string[]);
}

export function patternOf({ detail }: TextSpec) {
  return PATTERNS[detail % PATTERNS.length] as (typeof PATTERNS)[number];
}

/** Names that mean something to Go's templates, to helm, to YAML or to JavaScript. */
const SHARP_NAMES = [
  'YAML',
  'Table',
  'AsMap',
  'Encode',
  'PathValue',
  'Values',
  'Chart',
  'end',
  'if',
  'range',
  'nil',
  'true',
  'y',
  'no',
  'on',
  'null',
  'constructor',
  'toString',
  'valueOf',
  'then',
  'map',
  'length',
  'isSet',
  'orElse',
  'resolve',
  'enabled',
  'name',
  'items',
  'A',
  'a_',
];
const SHARP_FIELDS = ['my-host', 'tls.crt', 'app.kubernetes.io/name', 'a.b', 'A-', 'x/y', 'yes', 'n'];
const SHARP_KEYS = [
  'tls.crt',
  'config.json',
  'GITHUB_TOKEN',
  '0777',
  '-',
  '_',
  '.x',
  'y',
  'null',
  '1.0',
  'YAML',
  'existing.Secret',
];

/** Every name that a declaration admits, mostly those that something takes for more than a name. */
export const valueNames: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...SHARP_NAMES) },
  { weight: 2, arbitrary: fc.stringMatching(NAMES.value) },
);
const fieldNames = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...SHARP_NAMES, ...SHARP_FIELDS) },
  { weight: 2, arbitrary: fc.stringMatching(NAMES.field) },
);
export const secretKeys: fc.Arbitrary<string> = fc
  .oneof(
    { weight: 3, arbitrary: fc.constantFrom(...SHARP_KEYS) },
    { weight: 1, arbitrary: fc.stringMatching(/^[-A-Za-z0-9_.]{1,40}$/) },
  )
  .filter((key) => NAMES.secretKey.test(key) && key !== 'existingSecret');

/** Names of charts: words of YAML, of Go and of JavaScript, names that begin with one another, and the longest. */
const SHARP_CHARTS = [
  'web',
  'web-one',
  'db-0',
  'y',
  'no',
  'null',
  'true',
  'nil',
  'end',
  'with',
  'charts',
  'templates',
  'then',
  'map',
  'length',
  'valueof',
  'a--b',
  `a${'-1'.repeat(26)}`,
];

/** Every name that a chart, and so a subchart or its alias, may have. */
export const chartNames: fc.Arbitrary<string> = fc
  .oneof(
    { weight: 2, arbitrary: fc.constantFrom(...SHARP_CHARTS) },
    { weight: 3, arbitrary: fc.stringMatching(/^[a-z]([a-z0-9-]{0,51}[a-z0-9])?$/) },
  )
  .filter((name) => NAMES.chart.test(name));

const ownPattern = patternSpecs.filter((parts) => {
  try {
    checkPattern(patternText(parts), 'generated');
    return true;
  } catch {
    return false;
  }
});

const generatedText: fc.Arbitrary<ValueSpec> = fc.oneof(
  ownPattern.map((parts): ValueSpec => ({ type: 'text', kind: 'pattern', detail: 0, parts })),
  fc
    .uniqueArray(fc.oneof(fc.constant(''), someText), { minLength: 1, maxLength: 3 })
    .map((choices): ValueSpec => ({ type: 'text', kind: 'oneOf', detail: 0, choices })),
);

/** From zero to zero, over zero and beyond what helm prints without an exponent. */
const bound = fc.oneof(
  fc.constantFrom(0, 1, -1, 999_999, 1_000_000, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
  fc.maxSafeInteger(),
);
const boundedNumber: fc.Arbitrary<ValueSpec> = fc
  .tuple(bound, bound)
  .map(
    ([a, b]): ValueSpec => ({ type: 'number', kind: 'bounded', bounds: [Math.min(a, b), Math.max(a, b)] }),
  );

const textSpec: fc.Arbitrary<ValueSpec> = fc.record({
  type: fc.constant('text' as const),
  kind: fc.constantFrom(
    'string' as const,
    'string' as const,
    'pattern' as const,
    'pattern' as const,
    'oneOf' as const,
    ...TEXT_KINDS,
  ),
  detail: fc.nat(12),
});
const numberSpec: fc.Arbitrary<ValueSpec> = fc.record({
  type: fc.constant('number' as const),
  kind: fc.constantFrom(
    'integer' as const,
    'small' as const,
    'big' as const,
    'positive' as const,
    'number' as const,
    'port' as const,
  ),
});

const defaultSeed = fc.option(fc.nat(1_000_000), { nil: undefined, freq: 2 });

const { spec } = fc.letrec<{ spec: ValueSpec }>((tie) => ({
  spec: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    { weight: 5, arbitrary: textSpec },
    { weight: 2, arbitrary: generatedText },
    { weight: 3, arbitrary: numberSpec },
    { weight: 1, arbitrary: boundedNumber },
    { weight: 2, arbitrary: fc.constant<ValueSpec>({ type: 'boolean' }) },
    { weight: 1, arbitrary: fc.constant<ValueSpec>({ type: 'raw' }) },
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant('list' as const),
        items: tie('spec'),
        minItems: fc.option(fc.constant(1), { nil: undefined, freq: 6 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ type: fc.constant('map' as const), values: tie('spec') }) },
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant('object' as const),
        fields: fc.uniqueArray(
          fc.record({ name: fieldNames, spec: tie('spec'), optional: fc.boolean(), defaultSeed }),
          {
            minLength: 1,
            maxLength: 3,
            selector: ({ name }) => name,
          },
        ),
      }),
    },
  ),
}));

export const declared: fc.Arbitrary<Declared> = fc.record({
  spec,
  presence: fc.constantFrom(
    'default' as const,
    'default' as const,
    'required' as const,
    'optional' as const,
    'optional' as const,
    'optional with default' as const,
  ),
  defaultSeed: fc.nat(1_000_000),
  doc: someText,
});

/** The declaration that a spec stands for. */
export function declare({ spec, presence, defaultSeed, doc }: Declared): Declaration<unknown> {
  const options = {
    doc,
    ...(presence.startsWith('optional') ? { optional: true as const } : {}),
    ...(presence.endsWith('default') ? { default: valid(spec, new Random(defaultSeed)) as never } : {}),
  };
  return declaration(spec, options as never);
}

/** A whole object has no default inside of another; its fields have. */
export function hasDefault({ defaultSeed: seed, spec: { type } }: FieldSpec): boolean {
  return seed !== undefined && type !== 'object';
}

const inner = { doc: 'Generated' };

function declaration(spec: ValueSpec, options: never): Declaration<unknown> {
  switch (spec.type) {
    case 'text':
      return textDeclaration(spec, options);
    case 'number':
      return numberDeclaration(spec, options);
    case 'boolean':
      return value.boolean(options);
    case 'raw':
      return value.raw(options);
    case 'list':
      return value.list(declaration(spec.items, inner as never), {
        ...(options as object),
        minItems: spec.minItems,
      } as never);
    case 'map':
      return value.map(declaration(spec.values, inner as never), options);
    case 'object':
      return value.object(
        Object.fromEntries(
          spec.fields.map((field) => [
            field.name,
            declaration(field.spec, {
              ...inner,
              ...(field.optional ? { optional: true } : {}),
              ...(hasDefault(field)
                ? { default: valid(field.spec, new Random(field.defaultSeed ?? 0)) }
                : {}),
            } as never),
          ]),
        ),
        options,
      );
  }
}

function textDeclaration(spec: TextSpec, options: never): Declaration<unknown> {
  switch (spec.kind) {
    case 'string':
      return value.string(
        spec.detail > 9 ? ({ ...(options as object), maxLength: 12, minLength: 1 } as never) : options,
      );
    case 'pattern':
      return value.string({
        ...(options as object),
        pattern: spec.parts ? patternText(spec.parts) : patternOf(spec).pattern,
      } as never);
    case 'oneOf':
      return value.oneOf(choicesOf(spec), options);
    default:
      return value[spec.kind](options);
  }
}

function numberDeclaration({ kind, bounds = [0, 0] }: NumberSpec, options: never): Declaration<unknown> {
  const given = options as object;
  switch (kind) {
    case 'integer':
      return value.integer(options);
    case 'small':
      return value.integer({ ...given, min: 0, max: 100 } as never);
    case 'big':
      return value.integer({ ...given, min: -10, max: 5_000_000_000 } as never);
    case 'positive':
      return value.integer({ ...given, min: 1, max: 5_000_000_000 } as never);
    case 'bounded':
      return value.integer({ ...given, min: bounds[0], max: bounds[1] } as never);
    case 'number':
      return value.number(options);
    case 'port':
      return value.port(options);
  }
}
