import { App } from '../../core/synth';
import {
  bytesOf,
  canonicalJson,
  Expression,
  fitsPattern,
  joinTexts,
  milliCpu,
  Node,
  text,
  treeOf,
  verbatim,
} from '../../core/template';
import { chart as chartFacts, cluster, forEach, HelmChart, KubeObject, release, when } from '../../core/tree';
import { defineValues, type Values, value } from '../../core/values';

/**
 * Every operation of expressions once, in a chart that three readers are held to: `evaluate`, helm, and the program
 * itself with literals in the place of its values.
 */

const doc = 'd';
const declarations = {
  flag: value.boolean({ default: true, doc }),
  other: value.boolean({ default: false, doc }),
  count: value.integer({ default: 3, min: 0, max: 1_000_000, doc }),
  ratio: value.number({ default: 0.5, doc }),
  any: value.string({ default: 'plain', doc }),
  word: value.string({ default: 'Web', pattern: '^[A-Za-z0-9+./-]*$', doc }),
  range: value.string({ default: '10.0.0.0/8', pattern: '^[0-9./]+$', doc }),
  memory: value.memory({ default: '512Mi', doc }),
  ports: value.list(
    value.object(
      {
        name: value.dnsName({ doc }),
        port: value.port({ default: 80, doc }),
        protocol: value.string({ default: 'TCP', doc }),
        tags: value.list(value.string({ doc }), { default: ['<a>'], doc }),
      },
      { doc },
    ),
    { default: [{ name: 'web' }], doc },
  ),
  amount: value.cpu({ default: '250m', doc }),
  mode: value.oneOf(['quiet', 'loud', 'other'], { default: 'loud', doc }),
  extra: value.objects({ default: [], doc }),
  patches: value.patches({ default: [], doc }),
  maybe: value.string({ optional: true, doc }),
  maybeCount: value.integer({ optional: true, doc }),
  maybeFlag: value.boolean({ optional: true, doc }),
  names: value.list(value.dnsName({ doc }), { default: ['b', 'a'], doc }),
  maybeNames: value.list(value.dnsName({ doc }), { optional: true, doc }),
  labels: value.map(value.string({ doc }), { default: { b: '1', a: '2' }, doc }),
  hosts: value.list(
    value.object({ name: value.dnsName({ doc }), port: value.port({ optional: true, doc }) }, { doc }),
    {
      default: [{ name: 'one', port: 80 }, { name: 'two' }],
      doc,
    },
  ),
  data: value.raw({ default: { deep: [1, 'x'] }, doc }),
};
type V = Values<typeof declarations>;

/** Values that take each operation to both of its sides. */
export const GIVEN = [
  {},
  {
    flag: false,
    other: true,
    count: 0,
    ratio: -1.25,
    any: 'Grüße, 世界 𝒳 <"\'\\{{ }}> \n: #',
    word: '1.2.3+build',
    range: '192.168.0.0/16',
    amount: '0.5',
    memory: '999999999Ti',
    ports: [
      { name: 'dns', port: 53, protocol: 'UDP', tags: [] },
      { name: 'b', tags: ['x', 'y'] },
    ],
    extra: [
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'x', labels: { a: '1e3' } },
        stringData: { '<': '{{ x }}' },
      },
      {
        apiVersion: 'example.com/v1beta1',
        kind: 'Widget',
        metadata: { name: 'x', annotations: { b: 'two\nlines <no value>' }, finalizers: ['a'] },
        spec: { number: 1_000_000, fraction: 0.1, list: [[], {}], on: true, 'no.word': 'y' },
      },
    ],
    patches: [
      {
        kind: 'Pod',
        name: 'patched',
        remove: [
          ['spec', 'containers', 'sidecar'],
          ['spec', 'containers', 'main', 'env', 'GONE'],
          ['spec', 'nowhere', 'x'],
          ['metadata', 'annotations'],
          ['spec', 'tolerations', 'no-name'],
        ],
        merge: {
          metadata: { labels: { 'a.b/c': '<no value>', added: '0777' } },
          spec: {
            priorityClassName: 'high',
            containers: [
              {
                name: 'main',
                args: [],
                env: [{ name: 'LEVEL', value: '1e3' }, { name: 'NEW' }],
                resources: {},
              },
              { name: 'late', image: 'x:{{ y }}', ports: [{ containerPort: 1_000_000 }] },
            ],
            number: 1_000_000,
            fraction: 0.1,
          },
        },
      },
      { kind: 'Pod', name: 'patched', merge: { spec: { containers: [{ name: 'late', image: 'x:2' }] } } },
      { kind: 'ConfigMap', name: 'then', merge: { result: { both: 'text', one: [1, { a: [] }] } } },
      { kind: 'ConfigMap', name: 'e-zeta', remove: [['result', 'key']] },
      { kind: 'Secret', name: 'x', merge: { stringData: { '<': 'ü' } } },
    ],
    mode: 'quiet',
    maybe: 'given',
    maybeCount: 7,
    maybeFlag: false,
    names: [],
    maybeNames: ['x', 'y'],
    labels: { zeta: 'ü', 'a.b/c': '', Alpha: 'x' },
    hosts: [{ name: 'three', port: 8080 }],
    data: { text: 'x', empty: {} },
  },
  {
    flag: true,
    other: true,
    mode: 'other',
    memory: '3k',
    ports: [],
    count: 1_000_000,
    any: '',
    maybe: '',
    names: ['one', 'two', 'three'],
    hosts: [],
  },
] as const;

type Row = (v: V) => unknown;
type MemberOfExpression = Exclude<keyof Expression<unknown>, symbol | 'toJSON'>;

/** A row for each member of `Expression`; the compiler asks for it. */
const members: Readonly<Record<MemberOfExpression, Row>> = {
  // biome-ignore lint/suspicious/noThenProperty: the name of the operation
  then: (v) => ({
    both: v.flag.then(v.count, -1),
    one: v.flag.then('--flag'),
    list: ['a', v.flag.then('b'), 'c'],
  }),
  and: (v) => v.flag.and(v.other, v.count.gt(1)),
  or: (v) => v.flag.or(v.other),
  not: (v) => v.flag.not(),
  equals: (v) => ({ text: v.any.equals('plain'), number: v.count.equals(3), two: v.any.equals(v.word) }),
  notEquals: (v) => ({ text: v.any.notEquals(''), boolean: v.flag.notEquals(v.other) }),
  gt: (v) => [v.count.gt(3), v.ratio.gt(0.5)],
  ge: (v) => [v.count.ge(3), v.ratio.ge(0.5)],
  lt: (v) => [v.count.lt(3), v.ratio.lt(0.5)],
  le: (v) => [v.count.le(3), v.ratio.le(0.5)],
  isSet: (v) => [v.maybe.isSet, v.maybeCount.isSet, v.maybeFlag.isSet, v.maybeNames.isSet],
  orElse: (v) => ({
    text: v.maybe.orElse('none'),
    number: v.maybeCount.orElse(v.count),
    flag: v.maybeFlag.orElse(true),
    list: v.maybeNames.orElse(['z']),
  }),
  isEmpty: (v) => [v.names.isEmpty, v.labels.isEmpty],
  map: (v) => ({
    texts: v.names.map((name) => text`x-${name}`),
    objects: v.hosts.map((host) => ({ name: host.name, port: host.port.orElse(443) })),
    absent: v.hosts.map((host) => ({ port: host.port })),
    mayBeNone: v.hosts.map((host) => host.port),
    optional: v.maybeNames.map((name) => text`x-${name}`),
    pairs: v.labels.map((entry, key) => ({ key, entry })),
    nested: v.names.map((name) => ({ name, all: v.labels.map((_, key) => text`${name}/${key}`) })),
  }),
  filter: (v) => ({
    list: v.names.filter((name) => name.contains('o')),
    objects: v.hosts.filter((host) => host.port.isSet),
    fields: v.hosts.filter((host) => host.port.orElse(80).gt(80)).map((host) => host.name),
    map: v.labels.filter((entry, key) => entry.notEquals('1').or(key.equals('Alpha'))),
    spread: { own: 'x', ...v.labels.filter((_, key) => key.notEquals('b')) },
    spliced: ['first', ...v.names.filter((name) => name.notEquals('b')), 'last'],
    none: v.names.filter((name) => name.equals('nobody')),
    optional: v.maybeNames.filter((name) => name.equals('x')),
    isEmpty: v.names.filter((name) => name.equals('two')).isEmpty,
    joined: v.names.filter((name) => name.notEquals('a')).join('+'),
    nested: v.names.map((name) => ({
      name,
      others: v.names.filter((other) => other.notEquals(name)).join(','),
      hosts: v.hosts.filter((host) => host.name.equals(name)).map((host) => host.name),
    })),
    twice: v.names.filter((name) => name.notEquals('a')).filter((name) => name.notEquals('b')),
  }),
  some: (v) => [
    v.names.some((name) => name.equals('one')),
    v.labels.some((entry, key) => entry.equals('').and(key.contains('/'))),
    v.flag.then(v.hosts.some((host) => host.port.isSet)),
  ],
  every: (v) => [
    v.names.every((name) => name.notEquals('b')),
    v.labels.every((entry) => entry.notEquals('1')),
  ],
  keys: (v) => ({ all: v.labels.keys, text: v.labels.keys.join(' '), first: v.labels.keys.first }),
  values: (v) => ({ all: v.labels.values, first: v.labels.values.first, text: v.labels.values.join('/') }),
  first: (v) => ({
    text: v.names.first,
    or: v.names.first.orElse('nobody'),
    isSet: v.names.first.isSet,
    field: v.hosts.map((host) => host.name).first,
    optional: v.maybeNames.first,
    list: [v.names.first, 'x'],
  }),
  join: (v) => ({
    texts: v.names.join(', '),
    numbers: v.hosts.map((host) => host.port.orElse(1_000_000)).join('-'),
    flags: v.names.map((name) => name.equals('b')).join(''),
  }),
  trimPrefix: (v) => [v.word.trimPrefix('1.'), v.any.trimPrefix('Grüße'), v.any.trimPrefix('x')],
  trimSuffix: (v) => [v.word.trimSuffix('+build'), v.any.trimSuffix('#'), v.range.trimSuffix('/8')],
  truncate: (v) => [v.word.truncate(16), text`a-${v.word}-${v.count}-and-more`.truncate(20)],
  match: (v) => ({
    text: v.mode.match({ quiet: 'error', loud: 'debug', other: v.word }),
    tree: v.mode.match({ quiet: { a: 1 }, loud: { b: v.count }, other: { c: v.names } }),
    numbers: v.mode.match({ quiet: 1, loud: v.count, other: 3 }),
  }),
  contains: (v) => [v.any.contains('x'), v.word.contains('+'), v.any.contains(v.word)],
  byteLength: (v) => v.any.byteLength,
  lower: (v) => v.word.lower(),
  upper: (v) => v.word.upper(),
  base64: (v) => v.any.base64(),
  labelValue: (v) => v.word.labelValue(),
  sha256: (v) => v.any.sha256(),
  shortHash: (v) => v.any.shortHash(),
  asString: (v) => `${v.any.asString()} and ${v.word.asString()}`,
  asPath: (v) => v.word.asPath(),
  asCidr: (v) => v.range.asCidr(),
  asNumber: (v) => [v.count.asNumber(), v.count.asNumber({ min: 0, max: 2_000_000 })],
  toString: (v) => `${v.any}:${v.count}:${v.flag}:${v.ratio}`,
};

const others: Readonly<Record<string, Row>> = {
  verbatim: (v) => [verbatim(v.any), verbatim(v.word), verbatim('a$(b)')],
  reference: (v) => ({ ...declarationsOnly(v) }),
  'text of expressions': (v) => text`${v.any}-${v.count}-${v.flag}-${v.ratio}-${v.word}-${1}-${true}`,
  'spread map': (v) => ({ own: '1', ...v.labels, b: 'wins' }),
  'spread list': (v) => ['first', ...v.names, 'last'],
  'spread of lists that may be absent or chosen': (v) => [
    'first',
    ...v.maybeNames,
    ...v.flag.then(v.names, ['z']),
    ...v.hosts.map((host) => host.port),
  ],
  'maps of a helper in a list that may be absent, and asked about': (v) => {
    const body = { op: 'fragment', name: 'law.part', body: treeOf({ a: v.word }) } as const;
    const part = new Expression<Readonly<Record<string, string>>>(
      new Node(body, { type: 'map', values: { type: 'string', text: 'any' }, keys: 'any' }),
    );
    const parts = v.names.map(() => part) as Expression<readonly Readonly<Record<string, string>>[]>;
    return [...v.maybeNames.map(() => part), ...parts.filter((one) => one.isEmpty.not())];
  },
  'spread of a loop': (v) => ['first', ...v.names.map((name) => text`x-${name}`)],
  joinTexts: (v) => joinTexts(v.names, ', '),
  canonicalJson: (v) => {
    const body = treeOf({ z: v.count, a: [v.any, v.flag], labels: { ...v.labels } });
    const whole = { op: 'fragment', name: 'law.whole', body } as const;
    return canonicalJson(new Node(whole, { type: 'map', values: { type: 'raw' }, keys: 'any' })).sha256();
  },
  'canonicalJson of texts and of a value': (v) => {
    const helper = { op: 'fragment', name: 'law.text', body: treeOf(text`${v.any}!`) } as const;
    const inner = {
      z: treeOf(v.any),
      'a.b': treeOf(v.word),
      h: new Node(helper, { type: 'string', text: 'any' }),
    };
    const texts = canonicalJson({ inner, labels: treeOf(v.labels), c: '<' });
    return [texts, texts.sha256(), canonicalJson(treeOf(v.labels))];
  },
  bytesOf: (v) => [
    bytesOf(v.memory),
    bytesOf(v.any),
    bytesOf(v.memory).ge(bytesOf('512Mi')),
    text`${bytesOf(v.memory)}`,
  ],
  'fields with a default': (v) => ({
    whole: v.ports,
    fields: v.ports.map(({ name, port, protocol, tags }) => ({ name, port, protocol, tags })),
    kept: v.ports.filter((one) => one.port.equals(80)),
    names: v.ports.map((one) => text`${one.name}:${one.port}`).join(','),
    tags: v.ports.map((one) => one.tags.map((tag) => text`t-${tag}`)),
    some: v.ports.some((one) => one.protocol.equals('UDP')),
  }),
  milliCpu: (v) => milliCpu(v.amount),
  fitsPattern: (v) => [fitsPattern(v.any, '^[a-z]+$'), fitsPattern(v.word, '^[0-9.]*[+][a-z]+$')],
  'facts of release, chart and cluster': () => [
    release.name,
    release.namespace,
    release.revision,
    release.isInstall,
    release.isUpgrade,
    text`${chartFacts.name}-${chartFacts.version}-${chartFacts.appVersion}`,
    cluster.kubeVersion,
  ],
};

function declarationsOnly({ parse: _, ...values }: V): object {
  return values;
}

/** The chart of all operations, an object for each. */
export function operationsChart(): HelmChart {
  const values = defineValues(declarations);
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'law', { description: 'd', values });
  const make = (id: string, result: unknown, name: unknown = id) =>
    new KubeObject(chart, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, result });
  const helper = chart.helper('greeting', text`hello ${values.word}`);
  const rows = { ...members, ...others, helper: () => [helper, text`${helper}!`] };
  for (const [title, row] of Object.entries(rows)) make(dashed(title), row(values));
  chart.extraObjects(values.extra);
  chart.patches(values.patches);
  new KubeObject(chart, 'patched', patchedPod(values));
  when(values.flag, () => make('when', values.count));
  when(values.flag.not().or(values.maybe.isSet), () => make('when-not', values.maybe));
  forEach(values.names, (name) => make(`each-${name}`, text`of ${name}`, text`each-${name}`));
  forEach(values.labels, (entry, key) =>
    make(`entry-${key}`.replace(/[/.]/g, '-'), { key, entry }, text`e-${key}`),
  );
  return chart;
}

/** What patches are put into: lists of named entries, texts that helm has to quote, numbers. */
function patchedPod(values: V) {
  const main = {
    name: 'main',
    args: ['a', values.any],
    env: [
      { name: 'LEVEL', value: values.any },
      { name: 'GONE', value: '' },
      { name: 'KEPT', value: values.maybe },
    ],
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'patched',
      labels: { ...values.labels },
      annotations: { odd: 'x\u0085\u007f<no value>' },
    },
    spec: {
      containers: [main, { name: 'sidecar', image: 'x' }],
      tolerations: [{ key: 'a' }],
      count: values.count,
      ratio: values.ratio,
      data: values.data,
    },
  } as const;
}

function dashed(title: string): string {
  return title.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replace(/\W+/g, '-');
}
