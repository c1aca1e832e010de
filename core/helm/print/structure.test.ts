import { text } from '../../template';
import { below, printed, spread, v } from './testing-only/forms';

// What people read in the templates of a chart, form by form. What the templates mean to helm is asked in test/laws.

test.each<[string, unknown, readonly string[]]>([
  [
    'on one line',
    { a: v.flag.then('x', 'no'), b: v.flag.then(v.count, -1) },
    [
      'a: {{ if .Values.flag }}x{{ else }}"no"{{ end }}',
      'b: {{ if .Values.flag }}{{ int64 .Values.count }}{{ else }}-1{{ end }}',
    ],
  ],
  [
    'with one side',
    { a: v.flag.then('x'), b: v.flag.not().then(v.port), c: 1 },
    [
      '{{- if .Values.flag }}',
      'a: x',
      '{{- end }}',
      '{{- if not .Values.flag }}',
      'b: {{ .Values.port }}',
      '{{- end }}',
      'c: 1',
    ],
  ],
  [
    'of maps and lists',
    { a: v.flag.then({ k: 'v' }, { l: 'w' }), b: v.flag.then(['a'], []) },
    [
      'a:',
      '  {{- if .Values.flag }}',
      '  k: v',
      '  {{- else }}',
      '  l: w',
      '  {{- end }}',
      'b:',
      '  {{- if .Values.flag }}',
      '  - a',
      '  {{- else }}',
      '  []',
      '  {{- end }}',
    ],
  ],
  [
    'what is known inside is not asked again',
    { a: v.flag.then({ k: v.flag.then(1, 2), l: v.flag.not().then(3), m: v.other.then(4) }), b: 1 },
    [
      '{{- if .Values.flag }}',
      'a:',
      '  k: 1',
      '  {{- if .Values.other }}',
      '  m: 4',
      '  {{- end }}',
      '{{- end }}',
      'b: 1',
    ],
  ],
  [
    'nor the opposite on the other side',
    { a: v.flag.then({ k: 1 }, { k: v.flag.then(1, 2), l: v.other }) },
    [
      'a:',
      '  {{- if .Values.flag }}',
      '  k: 1',
      '  {{- else }}',
      '  k: 2',
      '  l: {{ .Values.other }}',
      '  {{- end }}',
    ],
  ],
  [
    'what a value is instead',
    { a: v.maybe.orElse('none'), b: v.maybeCount.orElse(v.port), c: v.maybeNames.orElse(['z']) },
    [
      'a: {{ if hasKey .Values "maybe" }}{{ .Values.maybe | quote | replace "<" "\\\\u003c" }}{{ else }}none{{ end }}',
      'b: {{ if hasKey .Values "maybeCount" }}{{ .Values.maybeCount }}{{ else }}{{ .Values.port }}{{ end }}',
      'c:',
      '  {{- if hasKey .Values "maybeNames" }}',
      '  {{- toYaml .Values.maybeNames | nindent 4 }}',
      '  {{- else }}',
      '  - z',
      '  {{- end }}',
    ],
  ],
  [
    'of two values that may both be left out',
    { a: v.flag.then(v.maybe, v.maybeWord), b: 1 },
    [
      '{{- if ternary (hasKey .Values "maybe") (hasKey .Values "maybeWord") .Values.flag }}',
      'a: {{ if .Values.flag }}{{ .Values.maybe | quote | replace "<" "\\\\u003c" }}{{ else }}{{ .Values.maybeWord | quote }}{{ end }}',
      '{{- end }}',
      'b: 1',
    ],
  ],
  [
    'a map is empty where all of it is left out',
    { a: { b: v.maybe, c: v.flag.then(1) } },
    [
      'a:',
      '  {{- if or (hasKey .Values "maybe") .Values.flag }}',
      '  {{- if hasKey .Values "maybe" }}',
      '  b: {{ .Values.maybe | quote | replace "<" "\\\\u003c" }}',
      '  {{- end }}',
      '  {{- if .Values.flag }}',
      '  c: 1',
      '  {{- end }}',
      '  {{- else }}',
      '  {}',
      '  {{- end }}',
    ],
  ],
])('a choice: %s', (_what, tree, lines) => expect(below(tree)).toEqual(lines));

test.each<[string, unknown, readonly string[]]>([
  [
    'an entry that may be left out',
    ['a', v.flag.then('b'), 'c'],
    ['- a', '{{- if .Values.flag }}', '- b', '{{- end }}', '- c'],
  ],
  [
    'a map begins at its dash with a key that is sure',
    [{ k: v.maybe, l: 'x' }],
    [
      '- l: x',
      '  {{- if hasKey .Values "maybe" }}',
      '  k: {{ .Values.maybe | quote | replace "<" "\\\\u003c" }}',
      '  {{- end }}',
    ],
  ],
  [
    'a map of which no key is sure',
    [{ k: v.maybe }],
    [
      '-',
      '  {{- if hasKey .Values "maybe" }}',
      '  k: {{ .Values.maybe | quote | replace "<" "\\\\u003c" }}',
      '  {{- else }}',
      '  {}',
      '  {{- end }}',
    ],
  ],
  ['a list in a list', [['a', 'b'], [], [{ k: 1 }]], ['-', '  - a', '  - b', '- []', '-', '  - k: 1']],
  [
    'lists spread into it',
    ['a', ...v.names, ...v.texts, ...v.names.map((name) => text`x-${name}`)],
    [
      '- a',
      '{{- with .Values.names }}',
      '{{- toYaml . | nindent 2 }}',
      '{{- end }}',
      '{{- range $text := .Values.texts }}',
      '- {{ $text | quote | replace "<" "\\\\u003c" }}',
      '{{- end }}',
      '{{- range $name := .Values.names }}',
      '- "x-{{ $name }}"',
      '{{- end }}',
    ],
  ],
  [
    'nothing but what is spread',
    [...v.texts, v.flag.then('x')],
    [
      '{{- if or (not (empty .Values.texts)) .Values.flag }}',
      '{{- range $text := .Values.texts }}',
      '- {{ $text | quote | replace "<" "\\\\u003c" }}',
      '{{- end }}',
      '{{- if .Values.flag }}',
      '- x',
      '{{- end }}',
      '{{- else }}',
      '[]',
      '{{- end }}',
    ],
  ],
])('a list: %s', (_what, tree, lines) => expect(below(tree)).toEqual(lines));

test.each<[string, unknown, readonly string[]]>([
  [
    'a map spread into it, whose keys are beaten',
    { own: '1', ...v.labels },
    [
      'own: "1"',
      '{{- range $labelKey, $label := (omit .Values.labels "own") }}',
      '{{ $labelKey | quote }}: {{ $label | quote | replace "<" "\\\\u003c" }}',
      '{{- end }}',
    ],
  ],
  [
    'one that is exact',
    { own: 1, ...v.ports },
    ['own: 1', '{{- with omit .Values.ports "own" }}', '{{- toYaml . | nindent 2 }}', '{{- end }}'],
  ],
  [
    'one alone',
    { ...v.ports },
    [
      '{{- if not (empty .Values.ports) }}',
      '{{- with .Values.ports }}',
      '{{- toYaml . | nindent 2 }}',
      '{{- end }}',
      '{{- else }}',
      '{}',
      '{{- end }}',
    ],
  ],
  [
    'a helper spread into it is included',
    { own: '1', ...spread({ b: 2, c: v.count }) },
    ['own: "1"', '{{- include "chart.helper" . | nindent 2 }}'],
  ],
  [
    'a helper of which a key is beaten is written out',
    { own: '1', ...spread({ own: 2, c: v.count }) },
    ['own: "1"', 'c: {{ int64 .Values.count }}'],
  ],
])('a map: %s', (_what, tree, lines) => expect(below(tree)).toEqual(lines));

test.each<[string, unknown, readonly string[]]>([
  [
    'over texts',
    v.names.map((name) => text`x-${name}`),
    [
      '{{- if not (empty .Values.names) }}',
      '{{- range $name := .Values.names }}',
      '- "x-{{ $name }}"',
      '{{- end }}',
      '{{- else }}',
      '[]',
      '{{- end }}',
    ],
  ],
  [
    'over objects with fields that may be left out',
    v.hosts.map((host) => ({ name: host.name, port: host.port.orElse(443) })),
    [
      '{{- if not (empty .Values.hosts) }}',
      '{{- range $host := .Values.hosts }}',
      '- name: {{ $host.name | quote }}',
      '  port: {{ if hasKey $host "port" }}{{ $host.port }}{{ else }}443{{ end }}',
      '{{- end }}',
      '{{- else }}',
      '[]',
      '{{- end }}',
    ],
  ],
  [
    'whose entries may be empty',
    v.hosts.map((host) => ({ port: host.port })),
    [
      '{{- if not (empty .Values.hosts) }}',
      '{{- range $host := .Values.hosts }}',
      '-',
      '  {{- if hasKey $host "port" }}',
      '  port: {{ $host.port }}',
      '  {{- else }}',
      '  {}',
      '  {{- end }}',
      '{{- end }}',
      '{{- else }}',
      '[]',
      '{{- end }}',
    ],
  ],
  [
    'over a map with its keys',
    v.labels.map((entry, key) => ({ key, entry })),
    [
      '{{- if not (empty .Values.labels) }}',
      '{{- range $labelKey, $label := .Values.labels }}',
      '- key: {{ $labelKey | quote }}',
      '  entry: {{ $label | quote | replace "<" "\\\\u003c" }}',
      '{{- end }}',
      '{{- else }}',
      '[]',
      '{{- end }}',
    ],
  ],
  [
    'in a loop, where the values of the chart begin with $',
    v.names.map((name) => ({ name, all: v.names.map((other) => text`${other}/${name}`), word: v.word })),
    [
      '{{- if not (empty .Values.names) }}',
      '{{- range $name := .Values.names }}',
      '- name: {{ $name | quote }}',
      '  all:',
      '    {{- if not (empty $.Values.names) }}',
      '    {{- range $name2 := $.Values.names }}',
      '    - "{{ $name2 }}/{{ $name }}"',
      '    {{- end }}',
      '    {{- else }}',
      '    []',
      '    {{- end }}',
      '  word: {{ $.Values.word | quote }}',
      '{{- end }}',
      '{{- else }}',
      '[]',
      '{{- end }}',
    ],
  ],
  [
    'over entries whose list has no plural for a name',
    v.env.map((one) => ({ one })),
    [
      '{{- if not (empty .Values.env) }}',
      '{{- range $item := .Values.env }}',
      '- one: {{ $item | quote }}',
      '{{- end }}',
      '{{- else }}',
      '[]',
      '{{- end }}',
    ],
  ],
])('a loop: %s', (_what, tree, lines) => expect(below(tree)).toEqual(lines));

test.each<[string, unknown]>([
  ['two maps spread into one, which may have keys in common', { ...v.labels, ...v.ports }],
])('%s is refused, for no template says it exactly', (found, tree) => {
  expect(() => printed({ r: tree })).toThrow(
    expect.objectContaining({ code: 'CANNOT_PRINT', where: 'here', found }),
  );
});
