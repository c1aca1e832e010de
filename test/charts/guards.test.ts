import {
  CiFixerAdminChart,
  CiFixerChart,
  GitopsControllerChart,
  HelloChart,
  TodoStackChart,
} from '../../charts';
import { filled, nonEmptyMap } from '../../constructs/condition';
import { App, Testing } from '../../core/synth';
import { forEach, HelmChart, KubeObject, release, when } from '../../core/tree';
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
  ['jujutsu-gitops-controller', () => new GitopsControllerChart(Testing.app())],
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

describe('what is passed through as it was given', () => {
  const label = value.string({ pattern: '^[A-Za-z0-9]*$', doc: 'd' });
  const values = defineValues({
    nodeSelector: value.map(label, { default: {}, doc: 'd' }),
    more: value.map(label, { optional: true, doc: 'd' }),
    names: value.list(value.dnsName({ doc: 'd' }), { default: [], doc: 'd' }),
    annotations: value.map(value.string({ doc: 'd' }), { default: {}, doc: 'd' }),
  });
  /** The lines of a template below its metadata. */
  function printed(rest: object): string[] {
    const chart = new HelmChart(Testing.app(), 'shop', { description: 'd', values });
    new KubeObject(chart, 'a', { apiVersion: 'v1', kind: 'Thing', metadata: { name: 'a' }, ...rest });
    // A declared value has to reach something.
    const { more, nodeSelector, names, annotations } = values;
    chart.assert(more.isSet.or(nodeSelector.isEmpty, names.isEmpty, annotations.isEmpty), 'none is filled');
    const lines = Testing.helmChart(chart)['templates/a-thing.yaml']?.trim().split('\n') ?? [];
    return lines.slice(lines.indexOf('  name: a') + 1);
  }
  const passed = (key: string, path = key) => [
    `{{- with .Values.${path} }}`,
    `${key}:`,
    '  {{- toYaml . | nindent 2 }}',
    '{{- end }}',
  ];

  test('a map whose texts the schema bounds is one `with` and one `toYaml`, left out where it is empty', () => {
    expect(printed({ nodeSelector: filled(values.nodeSelector) })).toEqual(passed('nodeSelector'));
    expect(printed({ nodeSelector: nonEmptyMap({ ...values.nodeSelector }) })).toEqual([
      '{{- if not (empty .Values.nodeSelector) }}',
      'nodeSelector:',
      ...['  {{- with .Values.nodeSelector }}', '  {{- toYaml . | nindent 2 }}', '  {{- end }}'],
      '{{- end }}',
    ]);
  });

  test('a map that is there where it is given, empty or not, is no `with`', () => {
    expect(printed({ more: values.more })).toEqual([
      '{{- if hasKey .Values "more" }}',
      'more:',
      '  {{- toYaml .Values.more | nindent 2 }}',
      '{{- end }}',
    ]);
  });

  test('beside entries of the program, without those that win over it', () => {
    expect(printed({ spec: { ...values.nodeSelector, zone: 'a' } })).toEqual([
      ...['spec:', '  zone: a', '  {{- with omit .Values.nodeSelector "zone" }}'],
      ...['  {{- toYaml . | nindent 2 }}', '  {{- end }}'],
    ]);
    expect(printed({ hosts: ['a', ...values.names] })).toEqual([
      ...['hosts:', '  - a', '  {{- with .Values.names }}', '  {{- toYaml . | nindent 2 }}', '  {{- end }}'],
    ]);
  });

  test('a map of any text is printed entry by entry, since toYaml loses some texts', () => {
    expect(printed({ annotations: filled(values.annotations) })).toEqual([
      '{{- if not (empty .Values.annotations) }}',
      'annotations:',
      '  {{- range $annotationKey, $annotation := .Values.annotations }}',
      '  {{ $annotationKey | quote }}: {{ $annotation | quote | replace "<" "\\\\u003c" }}',
      '  {{- end }}',
      '{{- end }}',
    ]);
  });
});

test('a chart does not ask whether helm installs it; what plain YAML alone has is left out', () => {
  const chart = new HelmChart(Testing.app(), 'shop', { description: 'd' });
  const byHelm = release.service.equals('Helm');
  const metadata = { name: 'a' };
  when(byHelm, () => new KubeObject(chart, 'a', { apiVersion: 'v1', kind: 'Thing', metadata }));
  when(byHelm.not(), () => new KubeObject(chart, 'b', { apiVersion: 'v1', kind: 'Thing', metadata }));
  new KubeObject(chart, 'c', {
    ...{ apiVersion: 'v1', kind: 'Thing', metadata: { name: 'c' } },
    ...{ by: byHelm.then('helm', 'hand'), hand: byHelm.not().then('yes') },
  });
  const files = Testing.helmChart(chart);
  expect(files['templates/a-thing.yaml']).not.toContain('{{');
  expect(files['templates/c-thing.yaml']).toBe(
    'apiVersion: v1\nkind: Thing\nmetadata:\n  name: c\nby: helm\n',
  );
  expect(Testing.synth(chart)).toEqual([
    expect.objectContaining({ metadata: { name: 'a' } }),
    expect.objectContaining({ metadata: { name: 'c' }, by: 'hand', hand: 'yes' }),
  ]);
});
