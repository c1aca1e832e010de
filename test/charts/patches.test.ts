import { Testing } from '../../core/synth';
import { text } from '../../core/template';
import { forEach, HelmChart, KubeObject, when } from '../../core/tree';
import { defineValues, value } from '../../core/values';

/** What a chart prints for the patches of whoever installs it; what they do is asked of helm in test/laws. */

const doc = 'd';

function printed(): Readonly<Record<string, string>> {
  const values = defineValues({
    patches: value.patches({ default: [], doc }),
    isOn: value.boolean({ default: true, doc }),
    teams: value.list(value.dnsName({ doc }), { default: [], doc }),
  });
  const chart = new HelmChart(Testing.app(), 'shop', { description: 'd', values });
  chart.patches(values.patches);
  const configMap = (id: string, name: unknown = id) =>
    new KubeObject(chart, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } } as never);
  configMap('fixed');
  when(values.isOn, () => configMap('maybe'));
  forEach(values.teams, (team) => configMap('team', text`team-${team}`));
  new KubeObject(chart, 'definition', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
  });
  return Testing.helmChart(chart);
}

test('each object is a helper that the patches go through, under the name of the chart', () => {
  const files = printed();
  expect(files['templates/fixed-config-map.yaml']).toBe(
    [
      '{{- define "shop.object.fixed-config-map" }}',
      'apiVersion: v1',
      'kind: ConfigMap',
      'metadata:',
      '  name: fixed',
      '{{- end }}',
      '{{- include "shop.patched" (list (include "shop.object.fixed-config-map" .) .Values.patches) }}',
      '',
    ].join('\n'),
  );
  const helpers = files['templates/_patches.tpl'] ?? '';
  const names = [...helpers.matchAll(/define "([^"]*)"/g)].map(([, name]) => name);
  expect(names).toEqual(expect.arrayContaining(['shop.patched', 'shop.called', 'shop.merge', 'shop.remove']));
  for (const [, name] of helpers.matchAll(/include "([^"]*)"/g)) expect(names).toContain(name);
  expect(helpers).toContain('(dict "containers" "name"');
  expect(helpers).not.toMatch(/CHART|NAMED/);
  // A definition is installed before all others, and is not patched.
  expect(files['crds/definition.yaml']).not.toContain('{{');
});

test('a patch of no object that is installed with these values is told: each is known where it is there', () => {
  const lines = (printed()['templates/patches.yaml'] ?? '').split('\n');
  expect(lines.slice(0, 9)).toEqual([
    '{{- $known := list }}',
    '{{- $known = append $known "ConfigMap/fixed" }}',
    '{{- if .Values.isOn }}',
    '{{- $known = append $known "ConfigMap/maybe" }}',
    '{{- end }}',
    '{{- range $team := .Values.teams }}',
    '{{- $known = append $known (printf "ConfigMap/%s" (printf "team-%s" $team)) }}',
    '{{- end }}',
    '{{- range $patch := .Values.patches }}',
  ]);
  expect(lines.join('\n')).toContain(
    'fail (printf "patches: a patch of %s, which this chart does not install',
  );
});
