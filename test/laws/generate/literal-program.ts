import fc from 'fast-check';

/** The values that every program of the literal law has, as they are given at installation. */
export interface LiteralValues {
  readonly flag: boolean;
  readonly other: boolean;
  readonly count: number;
  readonly port: number;
  readonly tag: string;
  readonly host: string;
  readonly path: string;
  readonly any: string;
  readonly names: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly maybe?: string;
}

export type CondSpec =
  | { readonly c: 'flag' | 'other' | 'isSet' | 'isEmpty' }
  | { readonly c: 'not'; readonly of: CondSpec }
  | { readonly c: 'and' | 'or'; readonly a: CondSpec; readonly b: CondSpec }
  | { readonly c: 'more'; readonly than: number }
  | { readonly c: 'tagIs'; readonly what: string };

export type TextSpec =
  | { readonly t: 'literal'; readonly value: string }
  | { readonly t: 'tag' | 'any' | 'maybe' | 'host' }
  | { readonly t: 'join'; readonly parts: readonly TextSpec[] }
  | { readonly t: 'count' }
  | { readonly t: 'choose'; readonly cond: CondSpec; readonly yes: TextSpec; readonly no: TextSpec };

export type LiteralObject =
  | {
      readonly o: 'kube';
      readonly texts: readonly TextSpec[];
      readonly spread: boolean;
      readonly perName?: TextSpec;
      readonly optional?: { readonly cond: CondSpec; readonly text: TextSpec };
      readonly splice: boolean;
    }
  | { readonly o: 'configMap'; readonly texts: readonly TextSpec[] }
  | {
      readonly o: 'deployment' | 'statefulSet';
      readonly replicas: 'count' | number;
      readonly port: 'value' | number;
      readonly env: TextSpec;
      readonly service: boolean;
    }
  | { readonly o: 'ingress'; readonly host: 'value' | 'literal'; readonly path: 'value' | 'literal' }
  | { readonly o: 'cronJob'; readonly arg: TextSpec }
  | {
      readonly o: 'apiObject';
      readonly text: TextSpec;
      readonly replicas: 'count' | number;
      readonly spread: 'metadata' | 'spec' | 'none';
    };

export interface LiteralProgram {
  readonly plus: '28' | '34';
  readonly objects: readonly {
    readonly object: LiteralObject;
    readonly under: readonly ({ readonly when: CondSpec } | { readonly each: true })[];
  }[];
}

const texts = [
  '',
  'a',
  'true',
  '0777',
  '<no value>',
  '{{ x }}',
  'a: b',
  'two\nlines',
  '"\'\\',
  '%s',
  'ä😀',
  ' ',
] as const;

interface Specs {
  cond: CondSpec;
  text: TextSpec;
}

const specs = fc.letrec<Specs>(
  (tie: fc.LetrecTypedTie<Specs>): fc.LetrecValue<Specs> => ({
    cond: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      fc.record({
        c: fc.constantFrom('flag' as const, 'other' as const, 'isSet' as const, 'isEmpty' as const),
      }),
      fc.record({ c: fc.constant('more' as const), than: fc.nat(5) }),
      fc.record({ c: fc.constant('tagIs' as const), what: fc.constantFrom('1e3', 'v1') }),
      fc.record({ c: fc.constant('not' as const), of: tie('cond') }),
      fc.record({ c: fc.constantFrom('and' as const, 'or' as const), a: tie('cond'), b: tie('cond') }),
    ) as fc.Arbitrary<CondSpec>,
    text: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      fc.record({
        t: fc.constantFrom(
          'tag' as const,
          'any' as const,
          'maybe' as const,
          'host' as const,
          'count' as const,
        ),
      }),
      fc.record({ t: fc.constant('literal' as const), value: fc.constantFrom(...texts) }),
      fc.record({
        t: fc.constant('join' as const),
        parts: fc.array(tie('text'), { minLength: 1, maxLength: 3 }),
      }),
      fc.record({ t: fc.constant('choose' as const), cond: tie('cond'), yes: tie('text'), no: tie('text') }),
    ) as fc.Arbitrary<TextSpec>,
  }),
);

const replicas = fc.constantFrom('count' as const, 1, 3);

const object: fc.Arbitrary<LiteralObject> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      o: fc.constant('kube' as const),
      texts: fc.array(specs.text, { maxLength: 3 }),
      spread: fc.boolean(),
      perName: fc.option(specs.text, { nil: undefined }),
      optional: fc.option(fc.record({ cond: specs.cond, text: specs.text }), { nil: undefined }),
      splice: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      o: fc.constant('configMap' as const),
      texts: fc.array(specs.text, { maxLength: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      o: fc.constantFrom('deployment' as const, 'statefulSet' as const),
      replicas,
      port: fc.constantFrom('value' as const, 80, 8080),
      env: specs.text,
      service: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      o: fc.constant('ingress' as const),
      host: fc.constantFrom('value' as const, 'literal' as const),
      path: fc.constantFrom('value' as const, 'literal' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ o: fc.constant('cronJob' as const), arg: specs.text }) },
  {
    weight: 2,
    arbitrary: fc.record({
      o: fc.constant('apiObject' as const),
      text: specs.text,
      replicas,
      spread: fc.constantFrom('metadata' as const, 'spec' as const, 'none' as const),
    }),
  },
);

export const literalPrograms: fc.Arbitrary<LiteralProgram> = fc.record({
  plus: fc.constantFrom('28' as const, '34' as const),
  objects: fc.array(
    fc.record({
      object,
      under: fc.oneof(
        fc.constant([]),
        fc.array(fc.record({ when: specs.cond }), { minLength: 1, maxLength: 2 }),
        fc.constant([{ each: true as const }]),
        specs.cond.map((when) => [{ when }, { each: true as const }]),
      ),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

const someText = fc.oneof(fc.constantFrom(...texts), fc.string({ maxLength: 8 }));

export const literalValues: fc.Arbitrary<LiteralValues> = fc.record(
  {
    flag: fc.boolean(),
    other: fc.boolean(),
    count: fc.integer({ min: 1, max: 6 }),
    port: fc.integer({ min: 1024, max: 65_535 }),
    tag: fc.constantFrom('1e3', 'v1', '0777', 'latest'),
    host: fc.constantFrom('a.example.com', 'example.org'),
    path: fc.constantFrom('/', '/a', '/a/b'),
    any: someText,
    names: fc.uniqueArray(fc.constantFrom('a', 'b', '0', 'no', 'x-y'), { maxLength: 3 }),
    labels: fc.dictionary(fc.constantFrom('a', 'b', 'y', 'x/z'), someText, { maxKeys: 3 }),
    maybe: someText,
  },
  { requiredKeys: ['flag', 'other', 'count', 'port', 'tag', 'host', 'path', 'any', 'names', 'labels'] },
);
