import fc from 'fast-check';

/** One part of a chart, as data: built twice, once under each App. */
export type Part =
  | {
      readonly type: 'object';
      readonly id: string;
      readonly apiVersion: string;
      readonly kind: string;
      readonly name: string | undefined;
      readonly body: Record<string, unknown>;
      readonly wrap: 'plain' | 'lazy' | 'token' | 'custom';
      readonly patches: readonly PatchModel[];
      readonly edits: readonly ('label' | 'annotation' | 'finalizer' | 'owner' | 'extra')[];
    }
  | { readonly type: 'include'; readonly id: string; readonly documents: readonly Record<string, unknown>[] }
  | { readonly type: 'helm'; readonly id: string; readonly message: string }
  | {
      readonly type: 'plus';
      readonly id: string;
      readonly version: 28 | 34;
      readonly what: 'deployment' | 'cronjob' | 'configmap';
      readonly spread: boolean;
      readonly text: string;
    }
  | { readonly type: 'group'; readonly id: string; readonly parts: readonly Part[] };

export interface PatchModel {
  readonly op: 'add' | 'replace' | 'remove' | 'copy';
  readonly value: unknown;
}

export interface ChartModel {
  readonly id: string;
  /** Inside the chart before it, if there is one. */
  readonly isNested: boolean;
  readonly namespace: string | undefined;
  readonly labels: Record<string, string>;
  readonly disableResourceNameHashes: boolean;
  readonly hasOwnToJson: boolean;
  readonly parts: readonly Part[];
}

export interface ProgramModel {
  readonly output: 0 | 1 | 2 | 3;
  readonly extension: string | undefined;
  readonly recordsMetadata: boolean;
  readonly sortsKeys: boolean;
  readonly hasResolver: boolean;
  readonly complaint: string | undefined;
  readonly charts: readonly ChartModel[];
  /** Between any two constructs of the program, by their number. */
  readonly dependencies: readonly { readonly from: number; readonly to: number }[];
}

const sometimes = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(one, { nil: undefined });
const id = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
const oddId = fc.oneof(
  { weight: 4, arbitrary: id },
  { weight: 1, arbitrary: fc.constantFrom('0', '7', 'Default', 'Resource', 'Web UI', 'ü', 'a_b') },
);
const name = fc.stringMatching(/^[a-z][a-z0-9]{0,3}$/);
/** Few, so that two objects of one program meet in a file now and then. */
const objectName = fc.oneof({ weight: 1, arbitrary: name }, { weight: 4, arbitrary: fc.constant('one') });
const text = fc.oneof(
  fc.constantFrom(
    'yes',
    '8080',
    '1e3',
    '',
    ' padded ',
    'a: b',
    '# no',
    'two\nlines\n',
    '{{ .Values.x }}',
    'ünï',
    "it's",
  ),
  fc.stringMatching(/^[a-zA-Z0-9./:_-]{1,20}$/),
  fc.string({ maxLength: 20 }),
);
const leaf = fc.oneof(text, fc.integer(), fc.double({ noNaN: true }), fc.boolean(), fc.constant(null));
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(name, text), tie('tree'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const body = fc.dictionary(fc.constantFrom('spec', 'data', 'rules', 'type', 'x'), tree, {
  maxKeys: 3,
  noNullPrototype: true,
});

const kind = fc.constantFrom('ConfigMap', 'ConfigMap', 'ConfigMap', 'Deployment', 'CronJob', 'Thing');
const patch: fc.Arbitrary<PatchModel> = fc.record({
  op: fc.constantFrom('add', 'replace', 'remove', 'copy'),
  value: tree,
});

const object: fc.Arbitrary<Part> = fc.record({
  type: fc.constant('object' as const),
  id: oddId,
  apiVersion: fc.constantFrom('v1', 'apps/v1', 'example.com/v1beta1'),
  kind,
  name: sometimes(objectName),
  body,
  wrap: fc.constantFrom('plain', 'plain', 'lazy', 'token', 'custom'),
  patches: fc.array(patch, { maxLength: 2 }),
  edits: fc.uniqueArray(fc.constantFrom('label', 'annotation', 'finalizer', 'owner', 'extra'), {
    maxLength: 3,
  }),
});

const included = fc.record({
  apiVersion: fc.constant('v1'),
  kind,
  metadata: fc.record({ name }),
  data: tree,
});
const include: fc.Arbitrary<Part> = fc.record({
  type: fc.constant('include' as const),
  id,
  documents: fc.uniqueArray(included, {
    minLength: 1,
    maxLength: 3,
    selector: (one) => one.kind + one.metadata.name,
  }),
});
const plus: fc.Arbitrary<Part> = fc.record({
  type: fc.constant('plus' as const),
  id,
  version: fc.constantFrom(28, 34),
  what: fc.constantFrom('deployment', 'cronjob', 'configmap'),
  spread: fc.boolean(),
  text,
});
const helm: fc.Arbitrary<Part> = fc.record({ type: fc.constant('helm' as const), id, message: text });

function parts(withHelm: boolean): fc.Arbitrary<readonly Part[]> {
  const one = fc.oneof(
    { weight: 60, arbitrary: object },
    { weight: 25, arbitrary: plus },
    // Rare, because each of them starts processes; often enough to be counted.
    { weight: 4, arbitrary: include },
    ...(withHelm ? [{ weight: 3, arbitrary: helm }] : []),
  );
  const group: fc.Arbitrary<Part> = fc.record({
    type: fc.constant('group' as const),
    id,
    parts: fc.array(one, { maxLength: 3 }),
  });
  return fc.array(fc.oneof({ weight: 5, arbitrary: one }, { weight: 1, arbitrary: group }), { maxLength: 4 });
}

/** Programs as people write them, and odder ones. `withHelm` adds the construct that runs helm. */
export function programs(withHelm: boolean): fc.Arbitrary<ProgramModel> {
  const chart: fc.Arbitrary<ChartModel> = fc.record({
    id: oddId,
    isNested: fc.nat(3).map((number) => number === 0),
    namespace: sometimes(name),
    labels: fc.dictionary(name, fc.stringMatching(/^[a-z0-9]{1,6}$/), { maxKeys: 2, noNullPrototype: true }),
    disableResourceNameHashes: fc.boolean(),
    hasOwnToJson: fc.nat(5).map((number) => number === 0),
    parts: parts(withHelm),
  });
  return fc.record({
    output: fc.constantFrom(0, 1, 1, 2, 3),
    extension: sometimes(fc.constantFrom('.yaml', '.yml')),
    recordsMetadata: fc.boolean(),
    sortsKeys: fc.nat(4).map((number) => number > 0),
    hasResolver: fc.boolean(),
    complaint: fc.nat(7).map((number) => (number === 0 ? 'this is not allowed' : undefined)),
    charts: fc.array(chart, { minLength: 1, maxLength: 4 }),
    dependencies: fc.array(fc.record({ from: fc.nat(40), to: fc.nat(40) }), { maxLength: 2 }),
  });
}
