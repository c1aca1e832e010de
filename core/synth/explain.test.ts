import { JsonPatch } from 'cdk8s';
import type { Construct } from 'constructs';
import { HelmChart, KubeObject, when } from '../tree';
import { forEach } from '../tree/conditions';
import { defineValues, value } from '../values';
import { App } from './app';
import { type ExplainedRelease, explain } from './explain';

const doc = 'd';
const shared = { registry: value.string({ default: 'docker.io', pattern: '^[a-z.]+$', doc }) };
const webValues = defineValues({
  global: shared,
  greeting: value.string({ default: 'hello', doc }),
  debug: value.boolean({ default: false, doc }),
  hosts: value.list(value.dnsName({ doc }), { default: ['a'], doc }),
});

class Web extends HelmChart<typeof webValues> {
  constructor(scope: Construct, id = 'web') {
    super(scope, id, { name: 'web', description: 'd', values: webValues });
    config(this, 'page', this.nameFor('page'), {
      greeting: webValues.greeting,
      'from.where': webValues.global.registry,
    });
    when(webValues.debug, () => config(this, 'debug', this.nameFor('debug'), {}));
    forEach(webValues.hosts, (host) => config(this, 'host', host, {}));
    this.assert(webValues.greeting.notEquals('no'), 'Say something');
  }
}

function config(chart: HelmChart, id: string, name: unknown, data: object): void {
  const metadata = { name: name as string };
  new KubeObject(chart, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
}

test('patches of whoever installs reach every object', () => {
  const values = defineValues({ patches: value.patches({ default: [], doc }) });
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'patched', { description: 'd', values });
  chart.patches(values.patches);
  config(chart, 'one', 'one', {});
  expect(explain(chart.node.root as App)[0]?.reaches).toEqual([
    { value: 'patches', target: 'ConfigMap/one', field: 'what a patch says' },
  ]);
});

function shop(): ExplainedRelease {
  const values = defineValues({
    global: shared,
    tags: { extra: value.boolean({ default: false, doc }) },
    features: { web: value.boolean({ default: true, doc }) },
    web: value.subchart(webValues, { condition: 'features.web', values: { greeting: 'welcome' } }),
    spare: value.subchart(webValues, { enabled: false, tags: ['extra'] }),
  });
  const app = new App();
  const chart = new HelmChart(app, 'shop', { description: 'd', values });
  new Web(chart);
  new Web(chart, 'spare');
  const [release, ...more] = explain(app);
  expect(more).toEqual([]);
  return release as ExplainedRelease;
}

const { values, targets, reaches } = shop();
const reachedBy = (path: string) =>
  reaches.filter((reach) => reach.value === path).map(({ target, field }) => `${target} ${field}`);

test('a value of a subchart is called what the umbrella calls it, also under an alias', () => {
  expect(reachedBy('web.greeting')).toEqual([
    'Chart/shop.web is checked: Say something',
    'ConfigMap/shop-web-page data.greeting',
  ]);
  expect(reachedBy('spare.greeting')).toEqual([
    'Chart/shop.spare is checked: Say something',
    'ConfigMap/shop-spare-page data.greeting',
  ]);
  expect(reachedBy('greeting')).toEqual([]);
});

test('a global is one value, and reaches the charts that read it', () => {
  expect(reachedBy('global.registry')).toEqual([
    'ConfigMap/shop-web-page data["from.where"]',
    'ConfigMap/shop-spare-page data["from.where"]',
  ]);
});

test('conditions and tags reach the charts that they decide over', () => {
  expect(reachedBy('features.web')).toEqual(['Chart/shop.web whether it is installed']);
  expect(reachedBy('spare.enabled')).toEqual(['Chart/shop.spare whether it is installed']);
  expect(reachedBy('tags.extra')).toEqual(['Chart/shop.spare whether it is installed']);
});

test('a condition around an object is told from one inside it', () => {
  expect(reachedBy('web.debug')).toEqual(['ConfigMap/shop-web-debug whether it is there']);
  expect(reachedBy('web.hosts')).toEqual(['ConfigMap/(shop/web/host, for each entry) how many there are']);
});

test('values have the default that counts, and are listed once', () => {
  const of = (path: string) => values.filter((one) => one.path === path).map((one) => one.default);
  expect(of('web.greeting')).toEqual(['welcome']);
  expect(of('spare.greeting')).toEqual(['hello']);
  expect(of('global.registry')).toEqual(['docker.io']);
});

test('every object and chart can be asked for', () => {
  expect(targets.map(({ name, chart }) => `${name} ${chart}`)).toEqual([
    'Chart/shop shop',
    'Chart/shop.web shop.web',
    'ConfigMap/shop-web-page shop.web',
    'ConfigMap/shop-web-debug shop.web',
    'ConfigMap/(shop/web/host, for each entry) shop.web',
    'Chart/shop.spare shop.spare',
    'ConfigMap/shop-spare-page shop.spare',
    'ConfigMap/shop-spare-debug shop.spare',
    'ConfigMap/(shop/spare/host, for each entry) shop.spare',
  ]);
});

test('a value that is a name reaches what names have to meet', () => {
  const values = defineValues({ name: value.string({ default: 'a', doc }) });
  const chart = new HelmChart(new App(), 'shop', { description: 'd', values });
  config(chart, 'named', values.name, {});
  const [release] = explain(chart.node.root as App);
  expect(release?.reaches.map(({ target, field }) => `${target} ${field}`)).toEqual([
    expect.stringMatching(/^Chart\/shop is checked: .*name/),
    'ConfigMap/a metadata.name',
  ]);
});

test('an object whose name the server makes is told without one', () => {
  const app = new App();
  const chart = new HelmChart(app, 'jobs', { description: 'd' });
  const metadata = { generateName: 'job-' } as never;
  new KubeObject(chart, 'job', { apiVersion: 'v1', kind: 'ConfigMap', metadata }).addJsonPatch(
    JsonPatch.remove('/metadata/name'),
  );
  expect(explain(app)[0]?.targets.map(({ name }) => name)).toEqual(['Chart/jobs', 'ConfigMap/(no name)']);
});
