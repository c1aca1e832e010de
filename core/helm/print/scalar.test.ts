import { text } from '../../template';
import { yamlScalar, yamlText } from './scalar';
import { below, v } from './testing-only/forms';

// What people read in the templates of a chart, form by form. What the templates mean to helm is asked in test/laws.

test.each<[string, unknown, readonly string[]]>([
  ['a word is plain', { a: 'x', b: 'a_b./-C9' }, ['a: x', 'b: a_b./-C9']],
  [
    'what some reader of YAML takes for something else is in quotes',
    { a: 'true', b: 'No', c: '12', d: '', e: 'y', f: 'null', g: 'a b', h: '-a' },
    ['a: "true"', 'b: "No"', 'c: "12"', 'd: ""', 'e: "y"', 'f: "null"', 'g: "a b"', 'h: "-a"'],
  ],
  [
    'what a template or YAML 1.1 would read is escaped',
    { a: '{{ x }}', b: '<<' },
    ['a: "\\u007b\\u007b x }}"', 'b: "\\u003c\\u003c"'],
  ],
  [
    'numbers and booleans as they are',
    { a: 1, b: false, c: 0.5, d: -3 },
    ['a: 1', 'b: false', 'c: 0.5', 'd: -3'],
  ],
  ['what is empty', { a: {}, b: [] }, ['a: {}', 'b: []']],
  [
    'a key that is no word',
    { 'a b': 1, on: 2, 'app.kubernetes.io/name': 'x' },
    ['"a b": 1', '"on": 2', 'app.kubernetes.io/name: x'],
  ],
])('a scalar that is known: %s', (_what, tree, lines) => expect(below(tree)).toEqual(lines));

test.each<[string, unknown, readonly string[]]>([
  [
    'text that may hold anything is quoted, text that is plain is too',
    { a: v.any, b: v.word },
    ['a: {{ .Values.any | quote | replace "<" "\\\\u003c" }}', 'b: {{ .Values.word | quote }}'],
  ],
  [
    'numbers whose form helm would change are converted',
    { a: v.count, b: v.port, c: v.ratio, d: v.depth },
    [
      'a: {{ int64 .Values.count }}',
      'b: {{ .Values.port }}',
      'c: {{ toJson .Values.ratio }}',
      'd: {{ int64 .Values.depth }}',
    ],
  ],
  ['a boolean and data', { a: v.flag, b: v.data }, ['a: {{ .Values.flag }}', 'b: {{ toJson .Values.data }}']],
  [
    'in a group, and in one whose name may be a method in Go',
    { a: v.deep.inner, b: v.Deep.inner },
    ['a: {{ .Values.deep.inner | quote }}', 'b: {{ index .Values "Deep" "inner" | quote }}'],
  ],
  [
    'one that may be left out',
    { a: v.maybe, b: 1 },
    [
      '{{- if hasKey .Values "maybe" }}',
      'a: {{ .Values.maybe | quote | replace "<" "\\\\u003c" }}',
      '{{- end }}',
      'b: 1',
    ],
  ],
  [
    'lists that toYaml prints exactly',
    { a: v.names, b: v.ports, c: v.hosts },
    [
      'a:',
      '  {{- toYaml .Values.names | nindent 4 }}',
      'b:',
      '  {{- toYaml .Values.ports | nindent 4 }}',
      'c:',
      '  {{- toYaml .Values.hosts | nindent 4 }}',
    ],
  ],
  [
    'lists and maps whose texts need quotes',
    { a: v.texts, b: v.labels, c: v.counts },
    [
      'a:',
      '  {{- if not (empty .Values.texts) }}',
      '  {{- range $text := .Values.texts }}',
      '  - {{ $text | quote | replace "<" "\\\\u003c" }}',
      '  {{- end }}',
      '  {{- else }}',
      '  []',
      '  {{- end }}',
      'b:',
      '  {{- if not (empty .Values.labels) }}',
      '  {{- range $labelKey, $label := .Values.labels }}',
      '  {{ $labelKey | quote }}: {{ $label | quote | replace "<" "\\\\u003c" }}',
      '  {{- end }}',
      '  {{- else }}',
      '  {}',
      '  {{- end }}',
      'c:',
      '  {{- if not (empty .Values.counts) }}',
      '  {{- range $count := .Values.counts }}',
      '  - {{ int64 $count }}',
      '  {{- end }}',
      '  {{- else }}',
      '  []',
      '  {{- end }}',
    ],
  ],
  [
    'lists that may be left out',
    { a: v.maybeNames, b: v.maybeTexts, c: 1 },
    [
      '{{- if hasKey .Values "maybeNames" }}',
      'a:',
      '  {{- toYaml .Values.maybeNames | nindent 4 }}',
      '{{- end }}',
      '{{- if hasKey .Values "maybeTexts" }}',
      'b:',
      '  {{- if not (empty .Values.maybeTexts) }}',
      '  {{- range $maybeText := .Values.maybeTexts }}',
      '  - {{ $maybeText | quote | replace "<" "\\\\u003c" }}',
      '  {{- end }}',
      '  {{- else }}',
      '  []',
      '  {{- end }}',
      '{{- end }}',
      'c: 1',
    ],
  ],
])('a value: %s', (_what, tree, lines) => expect(below(tree)).toEqual(lines));

test.each<[string, unknown, readonly string[]]>([
  [
    'of parts that are harmless in quotes',
    { a: text`${v.word}:${v.port}`, b: text`${v.flag}x${v.ratio}`, c: text`${v.count}x` },
    [
      'a: "{{ .Values.word }}:{{ .Values.port }}"',
      'b: "{{ .Values.flag }}x{{ toJson .Values.ratio }}"',
      'c: "{{ int64 .Values.count }}x"',
    ],
  ],
  [
    'of parts that may hold quotes',
    { a: text`${v.any}-${v.count}`, b: text`100%${v.any}${v.flag}${v.ratio}` },
    [
      'a: {{ printf "%s-%d" .Values.any (int64 .Values.count) | quote | replace "<" "\\\\u003c" }}',
      'b: {{ printf "100%%%s%t%s" .Values.any .Values.flag (toJson .Values.ratio) | quote | replace "<" "\\\\u003c" }}',
    ],
  ],
  [
    'beside a brace or quotes',
    { a: text`{${v.word}`, b: text`"${v.word}` },
    ['a: {{ printf "{%s" .Values.word | quote }}', 'b: {{ printf "\\"%s" .Values.word | quote }}'],
  ],
])('a text: %s', (_what, tree, lines) => expect(below(tree)).toEqual(lines));

test('text outside of a template keeps its braces, and -0 is said as a fraction, for YAML has no such integer', () => {
  expect([yamlText('{{ x }}<'), yamlText('{{ x }}<', false)]).toEqual([
    '"\\u007b\\u007b x }}\\u003c"',
    '"{{ x }}<"',
  ]);
  expect([yamlScalar(-0), yamlScalar(0), yamlScalar('a b', false)]).toEqual(['-0.0', '0', '"a b"']);
  // What some reader of YAML or of Go does not take as it is.
  expect(yamlText('\u0085\u2028\ufeff\u007f')).toBe('"\\u0085\\u2028\\ufeff\\u007f"');
});
