import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Chart } from 'cdk8s';
import { HelmChart, KubeObject } from '../tree';
import { defineValues, value } from '../values';
import { App, type AppProps } from './app';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'drydock-app-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const inner = defineValues({ mode: value.string({ default: 'plain', doc: 'd' }) });
const outer = defineValues({ inner: value.subchart(inner, { enabled: true }) });

function makeApp(props: AppProps = {}): App {
  return new App({ outdir: path.join(folder, 'manifests'), ...props });
}

/** A chart with one ConfigMap that shows its value. */
function addChart(scope: App | HelmChart, name: string, environments = {}): void {
  const chart = new HelmChart(scope as never, name, { description: 'd', values: inner, environments });
  const metadata = { name: chart.nameFor('c') };
  new KubeObject(chart, 'c', { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { mode: inner.mode } });
}

const manifests = () => fs.readdirSync(path.join(folder, 'manifests')).sort();
const read = (name: string) => fs.readFileSync(path.join(folder, 'manifests', name), 'utf8');

test('an umbrella without objects of its own writes no manifest; an empty chart of stock cdk8s does, as there', () => {
  const app = makeApp();
  addChart(new HelmChart(app, 'shop', { description: 'd', values: outer }) as never, 'inner');
  new Chart(app, 'empty');
  app.synth();
  expect(manifests()).toEqual([
    expect.stringMatching(/^\d+-shop-inner-\w+\.k8s\.yaml$/),
    expect.stringMatching(/^\d+-empty\.k8s\.yaml$/),
  ]);
  for (const name of manifests())
    if (!name.includes('empty')) expect(read(name)).toContain('kind: ConfigMap');
});

test('a path that is too long for the archive of a chart is an error before anything is written', () => {
  const appWith = (id: string) => {
    const app = makeApp();
    const chart = new HelmChart(app, 'shop', { description: 'd' });
    new KubeObject(chart, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } });
    return app;
  };
  expect(() => appWith('a'.repeat(85)).synth()).toThrow(
    expect.objectContaining({
      code: 'PATH_TOO_LONG',
      where: `the chart's file shop/templates/${'a'.repeat(85)}-config-map.yaml`,
      found: 'a path of 116 characters, its last part of 101',
    }),
  );
  expect(fs.readdirSync(folder)).toEqual([]);
  appWith('a'.repeat(84)).synth();
  expect(manifests()).toEqual(['shop.k8s.yaml']);
});

describe('an environment', () => {
  test('of one chart leaves those without environments as they are', () => {
    const app = makeApp({ env: 'prod' });
    addChart(app, 'shop', { prod: { mode: 'prod' }, default: { mode: 'default' } });
    addChart(app, 'hello');
    app.synth();
    expect(read('shop.k8s.yaml')).toContain('mode: prod');
    expect(read('hello.k8s.yaml')).toContain('mode: plain');
  });

  test.each([
    [
      'that no chart has',
      'prdo',
      { prod: {} },
      /^UNKNOWN_ENVIRONMENT at the App: found "prdo"; expected one of prod, dev\./,
    ],
    [
      'that a chart with others lacks',
      'dev',
      { prod: {} },
      /^UNKNOWN_ENVIRONMENT at shop: found "dev"; expected one of prod\./,
    ],
  ])('%s is refused, and nothing is written', (_, env, environments, sentence) => {
    const app = makeApp({ env });
    addChart(app, 'shop', environments);
    addChart(app, 'tool', { dev: {} });
    expect(() => app.synth()).toThrow(sentence);
    expect(fs.readdirSync(folder)).toEqual([]);
  });
});

test('given values that are wrong are told with their file', () => {
  const file = path.join(folder, 'given.json');
  fs.writeFileSync(
    file,
    JSON.stringify({ values: { shop: { moed: 'x' } }, valuesFrom: { shop: 'over.yaml' } }),
  );
  process.env.DRYDOCK_VALUES = file;
  try {
    const app = makeApp();
    addChart(app, 'shop');
    expect(() => app.synth()).toThrow(/^VALUES_INVALID at shop values with over\.yaml: /);
  } finally {
    delete process.env.DRYDOCK_VALUES;
  }
});
