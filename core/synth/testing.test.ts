import fs from 'node:fs';
import path from 'node:path';
import { ApiObject, Testing as Cdk8sTesting, Chart } from 'cdk8s';
import { HelmChart, KubeObject } from '../tree';
import { defineValues, value } from '../values';
import { Testing } from './testing';

const values = defineValues({ greeting: value.string({ default: 'hello', doc: 'What it says' }) });

function greeting(app = Testing.app()): HelmChart {
  const chart = new HelmChart(app, 'web', { description: 'says something', values });
  new KubeObject(chart, 'config', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: chart.fullname },
    data: { greeting: values.greeting },
  });
  return chart;
}

test('cdk8s Testing and ours give the same objects of a chart under our App', () => {
  const chart = new Chart(Testing.app(), 'plain');
  new ApiObject(chart, 'config', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } });
  expect(Testing.synth(chart)).toEqual(Cdk8sTesting.synth(chart));
  expect(Testing.synth(chart)).toMatchInlineSnapshot(`
    [
      {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
          "name": "a",
        },
      },
    ]
  `);
});

test('cdk8s Testing gives the objects of a HelmChart for the default values, ours for any', () => {
  const chart = greeting();
  expect(Cdk8sTesting.synth(chart)).toMatchObject([
    { metadata: { name: 'web' }, data: { greeting: 'hello' } },
  ]);
  expect(Testing.synth(chart, { values: { greeting: 'moin' } })).toMatchObject([
    { data: { greeting: 'moin' } },
  ]);
});

test('each App of Testing has folders of its own, charts included', () => {
  const apps = [Testing.app(), Testing.app()];
  for (const app of apps) {
    greeting(app);
    app.synth();
    expect(fs.existsSync(path.join(app.chartsOutdir, 'web', 'Chart.yaml'))).toBe(true);
  }
  expect(new Set(apps.map(({ outdir }) => outdir)).size).toBe(2);
  expect(new Set(apps.map(({ chartsOutdir }) => chartsOutdir)).size).toBe(2);
  for (const { outdir } of apps) fs.rmSync(path.dirname(outdir), { recursive: true });
});

test('the files of a chart are those that synth writes', () => {
  const app = Testing.app();
  const chart = greeting(app);
  app.synth();
  const files = Testing.helmChart(chart);
  const folder = path.join(app.chartsOutdir, 'web');
  expect(Object.keys(files).sort()).toEqual(
    (fs.readdirSync(folder, { recursive: true }) as string[])
      .filter((name) => fs.statSync(path.join(folder, name)).isFile())
      .sort(),
  );
  for (const [name, text] of Object.entries(files))
    expect(text).toBe(fs.readFileSync(path.join(folder, name), 'utf8'));
  expect(Object.values(files).join('')).toMatch(/greeting: .*\{\{ .*\.Values\.greeting/);
});
