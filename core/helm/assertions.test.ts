import { Expression, NODE, Node, type Tree, treeOf } from '../template';
import { defineValues, VALUES_HERE, value } from '../values';
import { assertionsTemplate } from './assertions';
import { helpersFile, helpersIn } from './helpers';

const doc = 'd';
const v = defineValues({
  flag: value.boolean({ default: true, doc }),
  count: value.integer({ default: 3, min: 0, max: 10, doc }),
  word: value.dnsName({ default: 'web', doc }),
});
const linesOf = (...assertions: Parameters<typeof assertionsTemplate>[0]) =>
  assertionsTemplate(assertions, 'web')?.split('\n').slice(0, -1);

test('an assertion fails with its message where its condition does not hold, and prints nothing else', () => {
  expect(
    linesOf(
      { cond: v.count.gt(2)[NODE], message: 'more than "2"' },
      { cond: v.flag[NODE], message: 'a flag' },
    ),
  ).toEqual([
    '{{- if not (gt (int64 .Values.count) 2) }}',
    '{{- fail "more than \\"2\\"" }}',
    '{{- end }}',
    '{{- if not .Values.flag }}',
    '{{- fail "a flag" }}',
    '{{- end }}',
  ]);
});

test('a chart without assertions has no file for them', () => {
  expect(assertionsTemplate([], 'web')).toBeUndefined();
});

test('an assertion between subcharts holds only where all of them are installed, each asked for in the one around it', () => {
  const cond = v.flag[NODE];
  const check = ['{{- if not .Values.flag }}', '{{- fail "m" }}', '{{- end }}'];
  expect(linesOf({ cond, message: 'm', between: [['db']] })).toEqual([
    '{{- if hasKey .Subcharts "db" }}',
    ...check,
    '{{- end }}',
  ]);
  expect(linesOf({ cond, message: 'm', between: [['db', 'cache', 'a'], ['web']] })).toEqual([
    '{{- if and (hasKey .Subcharts "db") (hasKey (index .Subcharts "db").Subcharts "cache") ' +
      '(hasKey (index (index .Subcharts "db").Subcharts "cache").Subcharts "a") (hasKey .Subcharts "web") }}',
    ...check,
    '{{- end }}',
  ]);
  expect(linesOf({ cond, message: 'm', between: [[]] })).toEqual(check);
});

test('a message that names values says where they are in an umbrella', () => {
  const [, fail] = linesOf({ cond: v.flag[NODE], message: `set ${VALUES_HERE}word` }) ?? [];
  expect(fail).toBe(
    `{{- fail (replace ${JSON.stringify(VALUES_HERE)} (join "." (append (rest (splitList "/charts/" ` +
      `(trimSuffix "/templates" .Template.BasePath))) "")) ${JSON.stringify(`set ${VALUES_HERE}word`)}) }}`,
  );
});

const helper = (name: string, body: unknown) =>
  new Expression<string>(
    new Node({ op: 'fragment', name, body: treeOf(body) }, { type: 'string', text: 'plain' }),
  );
const fileOf = (...trees: readonly unknown[]) =>
  helpersFile(
    helpersIn(
      trees.map((tree) => treeOf(tree) as Tree),
      'web',
    ),
    'web',
  );

test('helpers are there once, the ones that others use first, and give text without YAML around it', () => {
  const inner = helper('web.name', v.word);
  const outer = helper('web.full', v.flag.then(inner, 'fixed'));
  expect(fileOf({ a: outer, b: [inner, outer] })).toBe(
    [
      '{{- define "web.name" -}}',
      '{{- .Values.word }}',
      '{{- end }}',
      '',
      '{{- define "web.full" -}}',
      '{{- if .Values.flag }}',
      '{{- include "web.name" . }}',
      '{{- else }}',
      '{{- "fixed" }}',
      '{{- end }}',
      '{{- end }}',
      '',
    ].join('\n'),
  );
});

test('a helper that is a map is YAML', () => {
  expect(fileOf({ a: helper('web.labels', { app: v.word, n: v.count }) })).toBe(
    [
      '{{- define "web.labels" -}}',
      'app: {{ .Values.word | quote }}',
      '"n": {{ .Values.count }}',
      '{{- end }}',
      '',
    ].join('\n'),
  );
});

test('trees without helpers have none, and two helpers of one name have to be the same', () => {
  expect(helpersIn([treeOf({ a: v.word })], 'web').size).toBe(0);
  const same = () => fileOf(helper('web.a', 'x'), helper('web.a', 'x'));
  expect(same).not.toThrow();
  expect(() => fileOf(helper('web.a', 'x'), helper('web.a', 'y'))).toThrow(
    'two helpers of web are called web.a',
  );
});
