import { CiFixerAdminChart, CiFixerChart, HelloChart, TodoStackChart } from '../../charts';
import { Testing } from '../../core/synth';
import { HelmChart, KubeObject } from '../../core/tree';
import { defineValues, value } from '../../core/values';

function filesOf(Made: new (scope: never) => HelmChart): Record<string, string> {
  return Testing.helmChart(new Made(Testing.app() as never));
}

test('a Secret is waited for only where others make it, under the name that it has then', () => {
  expect(filesOf(CiFixerChart)['templates/_notes.tpl']).toContain(
    `{{- if not (eq .Values.credentials.existingSecret "") }}

Pods wait until the Secret {{ .Values.credentials.existingSecret }} is there, with the keys LLM_API_KEY, TENANTS.
See whether it is:
  kubectl --namespace {{ .Release.Namespace }} describe secret {{ .Values.credentials.existingSecret }}
{{- end }}`,
  );
});

test('what lies in another namespace, and is no workload, is listed by its kinds', () => {
  expect(filesOf(CiFixerAdminChart)['templates/NOTES.txt']).toContain(
    'kubectl --namespace {{ .Values.sandbox.namespace }} get serviceaccount,role,rolebinding,',
  );
});

test('the address is the way in that is open, and a forwarded port where none is', () => {
  expect(filesOf(HelloChart)['templates/_notes.tpl']).toBe(`{{- define "hello.notes" }}

Where it is reached:
{{- if .Values.ingress.enabled }}
  {{ if .Values.ingress.tls.enabled }}https{{ else }}http{{ end }}://{{ .Values.ingress.host }}
{{- end }}
{{- if .Values.httpRoute.enabled }}
  {{ .Values.httpRoute.host }}, through its Gateway
{{- end }}
{{- if not (or .Values.ingress.enabled .Values.httpRoute.enabled) }}
  kubectl --namespace {{ .Release.Namespace }} port-forward service/{{ printf "%s-web" (include "hello.fullname" .) }} 8080:80
{{- end }}
{{- end }}
`);
});

test('the notes of a subchart are included where it is installed', () => {
  const files = filesOf(TodoStackChart);
  expect(files['templates/NOTES.txt']).toContain('{{- include "todo-app.notes" . }}');
  expect(files['templates/_notes.tpl']).toContain(`{{- if hasKey .Subcharts "frontend" }}

frontend:
{{- include "frontend.notes" (index .Subcharts "frontend") }}
{{- end }}`);
});

test('objects of any form are read for an address, and none of them in a loop', () => {
  const values = defineValues({
    ports: value.list(value.port({ doc: 'd' }), { default: [80], doc: 'd' }),
    host: value.string({ optional: true, pattern: '^[a-z.]+$', doc: 'd' }),
  });
  const chart = new HelmChart(Testing.app(), 'odd', { description: 'd', values });
  const add = (id: string, kind: string, spec: unknown) =>
    new KubeObject(chart, id, { apiVersion: 'v1', kind, metadata: { name: id }, spec } as never);
  add('headless', 'Service', { clusterIP: 'None', ports: [{ port: 80 }] });
  add('portless', 'Service', { ports: [] });
  add('looped', 'Service', { ports: values.ports.map((port) => ({ port })) });
  add('nothing', 'Ingress', {});
  add('maybe', 'Ingress', { rules: [{ host: values.host }] });
  add('text', 'Ingress', { rules: [{ host: '{{ .Values.host }}' }], tls: [{}] });
  expect(Testing.helmChart(chart as never)['templates/_notes.tpl']).toBe(`{{- define "odd.notes" }}

Where it is reached:
{{- if hasKey .Values "host" }}
  http://{{ .Values.host }}
{{- end }}
  https://{{ "{{ .Values.host }}" }}
{{- end }}
`);
});
