import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ApiObject, Chart, JsonPatch, Testing as StockTesting, YamlOutputType } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { App, Testing } from '../../../core/synth';
import { forEach, HelmChart, KubeObject, newerThanSchema, when } from '../../../core/tree';
import { defineValues, value } from '../../../core/values';
import { type Examples, on, removing } from '../example';

const doc = 'd';
const declarations = {
  flag: value.boolean({ default: true, doc }),
  motto: value.string({ default: 'x', doc }),
  names: value.list(value.dnsName({ doc }), { default: ['a', 'b'], doc }),
};
const listOfNames = () => defineValues({ names: declarations.names });
const mottos = () => defineValues({ motto: declarations.motto });
const innerValues = defineValues({ size: value.integer({ default: 1, doc }) });

const shop = (app: App, more: object = {}) => new HelmChart(app, 'shop', { description: 'd', ...more });
const config = (scope: Construct, id: string, data: object = {}, name: unknown = id) =>
  new KubeObject(scope, id, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: name as string },
    data,
  });

/** A program that fills an App, which is then written to a folder. */
const program = (what: string, fill: (app: App) => unknown) =>
  on(what, () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'drydock-refusals-'));
    return removing(folder, () => {
      const app = new App({ outdir: path.join(folder, 'manifests') });
      fill(app);
      app.synth();
    });
  });

/** A program whose chart is printed for helm. */
const printed = (
  what: string,
  fill: (chart: HelmChart, names: ReturnType<typeof listOfNames>['names']) => unknown,
) =>
  on(what, () => {
    const values = listOfNames();
    const chart = shop(Testing.app(), { values });
    fill(chart, values.names);
    return Testing.helmChart(chart);
  });

const inner = (parent: Construct, id: string, more: object = {}) => {
  const chart = new HelmChart(parent, id, { name: 'inner', description: 'd', values: innerValues, ...more });
  config(chart, 'c', { size: innerValues.size.equals(1).then('one', 'more') }, chart.nameFor('c'));
  return chart;
};
/** An umbrella with one declared subchart. */
const umbrella = (app: App, declarations: object = { inner: value.subchart(innerValues) }) =>
  shop(app, { values: defineValues(declarations as never) });

/** A construct of others that leaves its data out. */
class Dropping extends ApiObject {
  override toJson(): unknown {
    const { data: _, ...rest } = super.toJson();
    return rest;
  }
}

/** Constructs of one program, and the charts of an umbrella. */
export const treeExamples: Examples = {
  ALIAS_IN_ALIAS: program('an alias in a chart that is used twice', (app) => {
    const plain = defineValues({ alias: value.subchart(undefined) });
    const outer = umbrella(app, { a: value.subchart(plain), b: value.subchart(plain) });
    for (const id of ['a', 'b']) {
      const twice = new HelmChart(outer, id, { name: 'outer', description: 'd', values: plain });
      new HelmChart(twice, 'alias', { name: 'inner', description: 'd' });
    }
  }),
  ASSERTION_FAILED: program('a name that is too long with the name of the release', (app) => {
    const chart = shop(app, { release: 'x'.repeat(53) });
    new KubeObject(chart, 'service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: chart.nameFor('service') },
    });
  }),
  PATCH_REFUSED: program('a patch of an object that the release does not have', (app) => {
    const values = defineValues({ patches: value.patches({ default: [], doc: 'd' }) });
    const chart = new HelmChart(app, 'shop', {
      description: 'd',
      values,
      environments: { default: { patches: [{ kind: 'Deployment', name: 'web' }] } },
    });
    chart.patches(values.patches);
    config(chart, 'a', {});
  }),
  CANNOT_PRINT: printed('a question to entries with a key that may be left out', (chart, names) =>
    config(chart, 'a', {
      is: names.map((name) => ({ name: name.equals('x').then(name) })).isEmpty,
    }),
  ),
  CHART_CYCLE: program('a chart inside itself', (app) => inner(umbrella(app), 'inner', { name: 'shop' })),
  CHART_NAME: program('a chart name in upper case', (app) => shop(app, { name: 'Shop' })),
  DEPENDENCY_CYCLE: program('charts that depend on each other', (app) => {
    const [a, b] = ['a', 'b'].map((id) => new HelmChart(app, id, { description: 'd' })) as [
      HelmChart,
      HelmChart,
    ];
    a.addDependency(b);
    b.addDependency(a);
  }),
  DEPENDENCY_OUTSIDE_OF_CHART: program('a dependency of what is in no chart', (app) => {
    new Construct(app, 'lone').node.addDependency(config(shop(app), 'a'));
  }),
  DUPLICATE_OBJECT: program('two objects of one name', (app) => {
    const chart = shop(app);
    config(chart, 'a', {}, 'same');
    config(chart, 'b', {}, 'same');
  }),
  ENTRY_OUTSIDE_LOOP: printed('the entry of a loop, kept and used outside of it', (chart, names) => {
    let kept: unknown;
    forEach(names, (name) => {
      kept = name;
      config(chart, 'each', {}, name);
    });
    config(chart, 'after', { kept });
  }),
  GUARDED_OBJECT: on('an object under `when`, and an App of stock cdk8s that asks each object', () => {
    const app = StockTesting.app({ yamlOutputType: YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE });
    const values = defineValues({ flag: value.boolean({ default: true, doc }) });
    const chart = new HelmChart(app, 'shop', { description: 'd', values });
    when(values.flag, () => config(chart, 'a'));
    app.synth();
  }),
  HELPER_BODY: printed('a list as the body of a helper', (chart, names) =>
    chart.helper('names', names as never),
  ),
  MISSING_REASON: program('a newer Kubernetes, named without a reason', (app) =>
    newerThanSchema(config(shop(app), 'a'), { reason: ' ' }),
  ),
  NAMESPACE_NOT_KEPT: printed(
    'a Namespace of cdk8s-plus in a chart',
    (chart) => new kplus.Namespace(chart, 'boxes'),
  ),
  NO_CHART: program('a value in a chart of cdk8s', (app) =>
    config(new Chart(app, 'plain'), 'a', { motto: mottos().motto }),
  ),
  NO_OBJECT: program(
    'an object without kind',
    (app) => new KubeObject(shop(app), 'a', { apiVersion: 'v1', metadata: { name: 'a' } } as never),
  ),
  PATCH_PATH: program('a patch of a path that is not there', (app) =>
    config(shop(app), 'a').addJsonPatch(JsonPatch.remove('/spec/missing')),
  ),
  RELEASE_NAME: program('a release name that helm does not take', (app) =>
    config(shop(app, { release: 'Shop_1' }), 'a'),
  ),
  SELECTOR_IN_LOOP: printed('a Deployment of cdk8s-plus in a loop', (chart, names) =>
    forEach(names, (name) => {
      new kplus.Deployment(chart, 'web', {
        metadata: { name: name as never },
        containers: [{ image: 'web:1', securityContext: { user: 10001 } }],
      });
    }),
  ),
  SUBCHART_DIFFERS: program('two charts of one name that differ', (app) => {
    const outer = umbrella(app, { a: value.subchart(undefined), b: value.subchart(undefined) });
    for (const id of ['a', 'b']) {
      const same = new HelmChart(outer, id, { name: 'same', description: 'd' });
      config(same, 'c', { id }, same.nameFor('c'));
    }
  }),
  SUBCHART_MISSING: program('a subchart that is declared and never made', (app) => umbrella(app)),
  SUBCHART_TWICE: program('one subchart made twice', (app) => {
    const outer = umbrella(app);
    inner(outer, 'inner');
    inner(new Chart(outer, 'more'), 'inner');
  }),
  SUBCHART_UNDECLARED: program('a chart that its parent does not declare', (app) =>
    inner(umbrella(app), 'iner'),
  ),
  SUBCHART_VALUES: program('a chart with other values than its parent declares', (app) =>
    inner(umbrella(app, { inner: value.subchart(undefined) }), 'inner'),
  ),
  VALUE_LOST: program('an expression that a construct of others dropped', (app) => {
    const values = mottos();
    const manifest = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a' },
      data: { motto: values.motto },
    };
    new Dropping(shop(app, { values }), 'a', manifest);
  }),
  VALUE_OF_ANOTHER_CHART: program('a value of another chart', (app) =>
    config(shop(app), 'a', { motto: mottos().motto }),
  ),
  VALUE_UNUSED: program('a value that nothing reads', (app) => shop(app, { values: innerValues })),
};
