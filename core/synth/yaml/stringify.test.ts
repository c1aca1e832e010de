import { Yaml } from 'cdk8s';
import fc from 'fast-check';
import { isPlainText } from './plain-text';
import { stringifyYaml } from './stringify';

const runs = Number(process.env.DRYDOCK_FUZZ_RUNS ?? 400);

/** What trips YAML printers: words, numbers, dates, indicators, white space at either end, several lines. */
const oddText = fc.oneof(
  fc.constantFrom(
    ...[
      '',
      'y',
      'No',
      'on',
      'NULL',
      '~',
      '<<',
      '=',
      '.',
      '..',
      '...',
      '---',
      '--- a',
      '%a',
      '-',
      '- a',
      '-a',
      '?',
    ],
    ...[
      '? a',
      '?a',
      ':',
      ': a',
      'a:',
      'a: b',
      'a:b',
      'a #b',
      'a#b',
      '#a',
      '&a',
      '*a',
      '!a',
      '|',
      '>',
      "'",
      '"',
    ],
    ...[
      '0',
      '-0',
      '+1',
      '007',
      '0o7',
      '0x1F',
      '0b1',
      '1_000',
      '1e3',
      '1.',
      '.5',
      '.inf',
      '-.INF',
      '.nan',
      '12e03',
    ],
    ...[
      '1:30',
      '1:30.5',
      '190:20:30',
      '2001-12-14',
      '2001-12-14t21:59:43.10-05:00',
      '1.2.3',
      '10.0.0.1',
      '1d',
      '9b',
    ],
    ...[
      ' a',
      'a ',
      '\ta',
      'a\t',
      'a\n',
      '\na',
      'a\nb',
      'a\n\n',
      '\n',
      ' \n',
      'a\n b',
      'a \nb',
      '  a\nb',
      'a\n---\nb',
    ],
    ...[
      'a\n...',
      'a\r\nb',
      '\u0000',
      '\u0085',
      '\u2028',
      '\ud800',
      'ü',
      '😀',
      'a\\b',
      '\\n',
      `'a' "b"`,
      `a 'b'`,
    ],
    ...[
      '{a}',
      '[a]',
      '{{ .Values.a }}',
      'true ',
      'null\n',
      '@a',
      '`a`',
      'a,b',
      ',a',
      '__proto__',
      'constructor',
    ],
  ),
  fc.string({
    unit: fc.constantFrom(...'ab01 -:#?.\n\t"\'{}[]&*!|>%@,_/+~=\\exZT'.split('')),
    maxLength: 12,
  }),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.stringMatching(/^[a-z0-9.:/_-]{1,30}$/),
  fc.stringMatching(/^[A-Za-z0-9 .,:#(){}'"-]{0,200}$/),
);

const oddNumber = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(0, -0, 1e21, 1e300, 0.1, 2 ** 53, -1));
const leaf = fc.oneof(oddText, oddText, oddNumber, fc.boolean(), fc.constantFrom(null, undefined, 12n));

const { tree } = fc.letrec<{ tree: unknown; map: Record<string, unknown>; list: unknown[] }>((tie) => ({
  tree: fc.oneof({ depthSize: 'medium' }, leaf, leaf, tie('map'), tie('list')),
  map: fc.dictionary(fc.oneof(oddText, fc.constantFrom('a', 'b', 'c')), tie('tree'), { maxKeys: 4 }),
  list: fc.array(tie('tree'), { maxLength: 4 }),
}));

const manifest = fc.record({
  apiVersion: fc.constantFrom('v1', 'apps/v1'),
  kind: fc.constantFrom('ConfigMap', 'Deployment'),
  metadata: fc.dictionary(fc.constantFrom('name', 'labels', 'annotations'), tree),
  data: fc.dictionary(oddText, oddText),
  spec: tree,
});

test('prints the bytes of the library, for any documents', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(manifest, tree), { maxLength: 3 }), (documents) => {
      expect(stringifyYaml(documents)).toBe(Yaml.stringify(...documents));
    }),
    { numRuns: runs },
  );
});

test('prints the bytes of the library for one text, as value, item and key, at any depth', () => {
  fc.assert(
    fc.property(oddText, fc.integer({ min: 0, max: 3 }), (text, depth) => {
      let document: object = { value: text, items: [text, [text], { a: text }], [text]: { [text]: text } };
      for (let level = 0; level < depth; level += 1) document = { level: document };
      expect(stringifyYaml([document])).toBe(Yaml.stringify(document));
    }),
    { numRuns: runs },
  );
});

test('prints an object that occurs twice as the library does, with an anchor', () => {
  const shared = { a: 1 };
  const document = { first: shared, second: shared };
  expect(stringifyYaml([document])).toBe(Yaml.stringify(document));
  expect(stringifyYaml([document])).toContain('&a1');
});

test.each([
  ['a Date', { at: new Date(0) }],
  ['a Map', { map: new Map([['a', 1]]) }],
  ['an object with toJSON', { value: { toJSON: () => 'text' } }],
  ['an object without a prototype', { value: Object.assign(Object.create(null), { a: 1 }) }],
  ['a list with holes', { list: new Array(2) }],
  ['a deep tree', Array.from({ length: 150 }).reduce<object>((inner) => ({ inner }), {})],
  ['a very long key', { ['k'.repeat(1_100)]: 1 }],
])('leaves %s to the library', (_what, document) => {
  expect(stringifyYaml([document])).toBe(Yaml.stringify(document));
});

test.each([
  'yes',
  'No',
  'NULL',
  'e0',
  'E-1',
  '8080',
  '0x1f',
  '1_0',
  '12:30',
  '1.5',
  '1.e3',
  '2001-01-01',
  'a: b',
  'a #b',
  'a:',
  'a ',
  '',
])('does not take %j for plain', (text) => {
  expect(isPlainText(text)).toBe(false);
  expect(stringifyYaml([{ text }])).toBe(Yaml.stringify({ text }));
});

test.each(['nginx:1.27', 'app.kubernetes.io/name', '500m', '10.0.0.1', '/bin/sh', 'a b (c)', 'Deployment'])(
  'takes %s for plain, so that the fast path is taken at all',
  (text) => {
    expect(isPlainText(text)).toBe(true);
  },
);
