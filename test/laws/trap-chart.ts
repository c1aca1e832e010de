/**
 * A chart by hand that steps into each trap of Helm that the laws must see: numbers, text, absence, subcharts, hooks,
 * schema, refusals. It is input for the engine's own tests; what our printer writes never looks like this.
 */
export const trapChart: { readonly [path: string]: string } = {
  'Chart.yaml': `apiVersion: v2
name: traps
version: 1.2.3+build.4
appVersion: "0777"
description: steps into every trap
dependencies:
  - { name: worker, version: 0.1.0, condition: worker.enabled }
  - { name: cache, version: 0.1.0, alias: hot, tags: [caches] }
  - { name: cache, version: 0.1.0, alias: cold, tags: [caches], condition: cold.enabled }
  - { name: shared-lib, version: 0.1.0 }
`,
  'values.yaml': `text: plain
count: 3
ratio: 0.5
flag: true
extra: null
labels: { a: one, "y": two }
list: [x, "y"]
nested: { inner: { leaf: deep } }
script: "print('{{ .Release.Name }}')"
documents: { optional: false }
worker: { enabled: true, size: 2 }
hot: { memory: 64 }
cold: { enabled: false }
tags: { caches: true }
global: { region: here }
`,
  'values.schema.json': JSON.stringify({
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    required: ['text', 'count'],
    properties: {
      text: { type: 'string', maxLength: 20_000 },
      count: { type: 'integer', maximum: 1e21 },
      ratio: { type: 'number' },
      flag: { type: 'boolean' },
      list: { type: 'array', items: { type: 'string' } },
    },
  }),
  '.helmignore': 'ignored/\n*.bak\n',
  'templates/broken.yaml.bak': '{{ this is no template',
  'templates/ignored/broken.yaml': '{{ neither is this',
  'templates/.hidden.yaml': '{{ nor this',
  'templates/_helpers.tpl': `{{- define "traps.name" -}}
{{ .Release.Name }}-{{ .Chart.Name }}
{{- end -}}
`,
  'templates/config.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "traps.name" . }}
  namespace: {{ .Release.Namespace }}
  labels:
    {{- range $key, $value := .Values.labels }}
    {{ $key | quote }}: {{ $value | quote }}
    {{- end }}
data:
  text: {{ .Values.text | quote }}
  raw: {{ .Values.text }}
  json: {{ toJson .Values.text }}
  countQuoted: {{ .Values.count | quote }}
  kube: {{ .Capabilities.KubeVersion.Version | quote }}
  helm: {{ .Capabilities.HelmVersion.Version | quote }}
  tpl: {{ tpl .Values.script . | quote }}
  file: {{ .Files.Get "files/motd.txt" | quote }}
  upgrade: {{ .Release.IsUpgrade | quote }}
  install: {{ .Release.IsInstall | quote }}
  revision: {{ .Release.Revision | quote }}
  version: {{ .Chart.Version | quote }}
  appVersion: {{ .Chart.AppVersion }}
  missing: {{ .Values.nowhere }}
  lookedUp: {{ lookup "v1" "Secret" "default" "none" | toJson | quote }}
  has: {{ .Capabilities.APIVersions.Has "example.com/v1" | quote }}
`,
  'files/motd.txt': 'hello\n  world\n',
  'templates/numbers.yaml': `apiVersion: example.com/v1
kind: Numbers
metadata:
  name: numbers
spec:
  bare: {{ .Values.count }}
  json: {{ toJson .Values.count }}
  ratio: {{ .Values.ratio }}
  written: [1e+06, 5.0, -0.0, 0777, 0x1F, 1_000, 9007199254740993, 18446744073709551615, 1e-7]
  yes: [yes, on, y, ~, 2020-01-01, 1:30]
`,
  'templates/many.yaml': `# only a comment
---
apiVersion: v1
kind: ConfigMap
metadata: { name: first }
data:
  keep: |+
    ends with blank lines


---
{{- if .Values.documents.optional }}
apiVersion: v1
kind: ConfigMap
metadata: { name: optional }
{{- end }}
---

---
apiVersion: v1
kind: ConfigMap
metadata: { name: last }
data:
  list: {{ .Values.list | toYaml | nindent 4 }}
  keep: |+
    ends the file

`,
  'templates/hook.yaml': `apiVersion: batch/v1
kind: Job
metadata:
  name: hook
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "-5"
spec: { nested: {{ .Values.nested | toJson }} }
`,
  'templates/tests/works.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: works
  annotations: { helm.sh/hook: test }
`,
  'templates/lost-hook.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: lost
  annotations: { helm.sh/hook: no-such-hook }
`,
  'templates/guard.yaml': `{{- if eq .Values.text "fail" }}{{ fail "told to fail" }}{{ end }}
{{- if eq .Values.text "require" }}{{ required "nowhere is required" .Values.nowhere }}{{ end }}
{{- if eq .Values.text "panic" }}{{ .Values.text.deeper }}{{ end }}
`,
  'templates/NOTES.txt': 'Installed {{ .Release.Name }} in {{ .Release.Namespace }}.\n',
  'crds/thing.yaml': `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: things.example.com }
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: others.example.com }
`,
  'charts/worker/Chart.yaml': 'apiVersion: v2\nname: worker\nversion: 0.1.0\n',
  'charts/worker/values.yaml': 'size: 1\nmode: fast\n',
  'charts/worker/values.schema.json':
    '{"type":"object","properties":{"size":{"type":"integer","minimum":1},"mode":{"enum":["fast","slow"]}}}',
  'charts/worker/templates/worker.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: {{ .Release.Name }}-worker }
data: { values: {{ .Values | toJson | quote }} }
`,
  'charts/worker/templates/NOTES.txt': 'not printed',
  'charts/cache/Chart.yaml': 'apiVersion: v2\nname: cache\nversion: 0.1.0\n',
  'charts/cache/values.yaml': 'memory: 32\n',
  'charts/cache/templates/cache.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: {{ .Release.Name }}-{{ .Chart.Name }} }
data: { memory: {{ .Values.memory | quote }}, region: {{ .Values.global.region | quote }} }
`,
  'charts/shared-lib/Chart.yaml': 'apiVersion: v2\nname: shared-lib\nversion: 0.1.0\ntype: library\n',
  'charts/shared-lib/templates/_lib.tpl': '{{- define "lib.unused" -}}{{- end -}}\n',
  'charts/shared-lib/templates/not-rendered.yaml': 'kind: NotRendered\n',
};
