import { CiFixerAdminChart, CiFixerChart, HelloChart, TodoStackChart } from '../../charts';
import { App, Testing } from '../../core/synth';
import { forEach, HelmChart, KubeObject, when } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { operationsChart } from '../laws/operations';

/** The conditions that a template asks where they hold already: `if .Values.a` inside of `if .Values.a`. */
function askedTwice(template: string): string[] {
  const open: string[] = [];
  const twice: string[] = [];
  for (const [, action = ''] of template.matchAll(/\{\{-? (.*?) -?\}\}/g)) {
    const [, cond] = /^if (.*)$/.exec(action) ?? [];
    if (cond !== undefined && open.includes(cond)) twice.push(cond);
    if (/^(if|range|with|define)\b/.test(action)) open.push(cond ?? '');
    if (action === 'else') open.push(`else of ${open.pop()}`);
    if (action === 'end') open.pop();
  }
  return twice;
}

test.each([
  ['hello', () => new HelloChart(Testing.app(), 'hello')],
  ['ci-fixer', () => new CiFixerChart(Testing.app(), 'ci-fixer')],
  ['ci-fixer-admin', () => new CiFixerAdminChart(Testing.app(), 'ci-fixer-admin')],
  ['todo-app', () => new TodoStackChart(Testing.app(), 'todo-app')],
  ['every operation', operationsChart],
])('%s asks no condition where it holds already', (_, make) => {
  const files = Object.entries(Testing.helmChart(make() as HelmChart)).filter(([name]) =>
    name.includes('templates/'),
  );
  expect(files.flatMap(([name, text]) => askedTwice(text).map((cond) => `${name}: ${cond}`))).toEqual([]);
  expect(files.length).toBeGreaterThan(1);
});

test('a guard that is inside itself is printed once, and metadata that may be empty is left out without {}', () => {
  const values = defineValues({
    on: value.boolean({ default: true, doc: 'd' }),
    labels: value.map(value.string({ doc: 'd' }), { default: {}, doc: 'd' }),
    names: value.list(value.dnsName({ doc: 'd' }), { default: [], doc: 'd' }),
  });
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'd', values });
  when(values.on, () => {
    when(values.on.and(values.names.isEmpty), () => {
      new KubeObject(chart, 'config', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'config', labels: values.labels },
        data: { on: values.on.then('yes', 'no') },
      });
    });
  });
  forEach(
    values.names,
    (name) => new KubeObject(chart, 'each', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } }),
  );
  const { 'templates/config-config-map.yaml': template } = Testing.helmChart(chart);
  expect(template?.trim().split('\n')).toEqual([
    '{{- if .Values.on }}',
    '{{- if empty .Values.names }}',
    'apiVersion: v1',
    'kind: ConfigMap',
    'metadata:',
    '  name: config',
    '  {{- if not (empty .Values.labels) }}',
    '  labels:',
    '    {{- range $labelKey, $label := .Values.labels }}',
    '    {{ $labelKey | quote }}: {{ $label | quote | replace "<" "\\\\u003c" }}',
    '    {{- end }}',
    '  {{- end }}',
    'data:',
    '  "on": "yes"',
    '{{- end }}',
    '{{- end }}',
  ]);
});
