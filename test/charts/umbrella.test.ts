import { ApiObject, Chart, App as StockApp, Testing as StockTesting } from 'cdk8s';
import type { Construct } from 'constructs';
import { chartFiles } from '../../core/helm';
import { chartModel, Testing } from '../../core/synth';
import { DrydockError, type JsonObject, text } from '../../core/template';
import { chart as chartFacts, HelmChart, KubeObject, when } from '../../core/tree';
import { type DeclaredValues, defineValues, value } from '../../core/values';

const doc = 'd';
const registry = { registry: value.string({ default: 'docker.io', pattern: '^[a-z.]+$', doc }) };
const backendValues = defineValues({
  global: registry,
  replicas: value.integer({ default: 1, min: 1, max: 9, doc }),
  host: value.string({ pattern: '^[a-z.]+$', doc }),
  database: value.secret({ doc, keys: { url: 'Where it is' } }),
});

class Backend extends HelmChart<typeof backendValues> {
  constructor(scope: Construct, id = 'backend') {
    super(scope, id, { name: 'backend', description: 'd', values: backendValues });
    config(this, 'c', {
      image: text`${backendValues.global.registry}/backend`,
      replicas: text`${backendValues.replicas}`,
      host: backendValues.host,
      chart: chartFacts.name,
      ...this.secretKeyRef(backendValues.database.key('url')),
    });
  }
}

function config(chart: Chart, id: string, data: object): void {
  const name = chart instanceof HelmChart ? chart.nameFor(id) : id;
  new KubeObject(chart, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });
}

function shop(scope: Construct = Testing.app()): HelmChart {
  const values = defineValues({
    global: registry,
    tags: { spare: value.boolean({ default: false, doc }) },
    backend: value.subchart(backendValues, { enabled: true, values: { replicas: 3, host: 'first' } }),
    spare: value.subchart(backendValues, { tags: ['spare'] }),
  });
  const chart = new HelmChart(scope, 'shop', {
    description: 'd',
    values,
    environments: { prod: { backend: { replicas: 5 }, global: { registry: 'r.example' } } },
  });
  new Backend(chart, 'backend');
  new Backend(chart, 'spare');
  config(chart, 'own', { replicas: text`${values.backend.replicas}` });
  return chart;
}

function dataOf(objects: readonly unknown[]): Record<string, JsonObject> {
  const maps = objects as { readonly metadata: { readonly name: string }; readonly data: JsonObject }[];
  return Object.fromEntries(maps.map(({ metadata, data }) => [metadata.name, data]));
}

function codeOf(make: () => unknown): string {
  try {
    make();
    return 'none';
  } catch (error) {
    if (error instanceof DrydockError) return error.code;
    throw error;
  }
}

test('the parent has its say on the defaults of a subchart, and reads them', () => {
  expect(dataOf(Testing.synth(shop()))).toEqual({
    'shop-own': { replicas: '3' },
    'shop-backend-c': {
      image: 'docker.io/backend',
      replicas: '3',
      host: 'first',
      chart: 'backend',
      name: 'shop-backend-database',
      key: 'url',
    },
  });
});

test('an environment of the parent spans its subcharts', () => {
  const objects = dataOf(Testing.synth(shop(), { env: 'prod' }));
  expect(objects['shop-own']).toEqual({ replicas: '5' });
  expect(objects['shop-backend-c']).toMatchObject({ replicas: '5', image: 'r.example/backend' });
});

test('an alias is what the chart is called', () => {
  const values = { tags: { spare: true }, spare: { host: 'second' } };
  expect(dataOf(Testing.synth(shop(), { values }))['shop-spare-c']).toMatchObject({
    chart: 'spare',
    host: 'second',
    replicas: '1',
  });
});

test('what has to be set for a subchart has to be set where it is installed', () => {
  expect(codeOf(() => Testing.synth(shop(), { values: { tags: { spare: true } } }))).toBe('VALUES_INVALID');
  expect(codeOf(() => Testing.synth(shop(), { values: { tags: { spare: false } } }))).toBe('none');
});

test('undeclared values are refused, also for a subchart that is left out', () => {
  const wrong: JsonObject[] = [
    { backend: { replica: 2 } },
    { spare: { replica: 2 } },
    { tags: { spares: true } },
  ];
  for (const values of wrong) expect(codeOf(() => Testing.synth(shop(), { values }))).toBe('VALUES_INVALID');
  expect(codeOf(() => Testing.synth(shop(), { values: { spare: { replicas: 2 } } }))).toBe('none');
});

test('the object of a subchart is as its chart has it', () => {
  const [backend] = shop().subcharts as [HelmChart];
  expect(Testing.synth(backend)).toEqual([expect.objectContaining({ kind: 'ConfigMap' })]);
  expect(Testing.synth(backend, { values: { replicas: 7 } })).toEqual([
    expect.objectContaining({ data: expect.objectContaining({ replicas: '7' }) }),
  ]);
});

test('stock cdk8s gives each chart its own objects, and none to one that is left out', () => {
  const chart = shop(new StockApp({ outdir: 'unused' }));
  const [backend, spare] = chart.subcharts as [HelmChart, HelmChart];
  expect(Object.keys(dataOf(StockTesting.synth(chart)))).toEqual(['shop-own']);
  expect(Object.keys(dataOf(StockTesting.synth(backend)))).toEqual(['shop-backend-c']);
  expect(StockTesting.synth(spare)).toEqual([]);
});

test('the folder of a subchart is the chart alone, but for whose part it is', () => {
  const umbrella = chartFiles(chartModel(shop()));
  const alone = chartFiles(chartModel(new Backend(Testing.app())));
  const folder = new Map([...umbrella].flatMap(([path, text]) => inFolder(path, text)));
  expect([...folder.keys()]).toEqual([...alone.keys()]);
  const partOf = (text = '') =>
    text.replace('app.kubernetes.io/part-of: shop', 'app.kubernetes.io/part-of: backend');
  expect([...alone.keys()].filter((path) => alone.get(path) !== partOf(folder.get(path)))).toEqual([]);
});

function inFolder(path: string, text: string): (readonly [string, string])[] {
  const folder = 'charts/backend/';
  return path.startsWith(folder) ? [[path.slice(folder.length), text]] : [];
}

test('stock charts in a subchart belong to it', () => {
  const values = defineValues({ inner: value.subchart(undefined) });
  const chart = new HelmChart(Testing.app(), 'outer', { description: 'd', values });
  const inner = new HelmChart(chart, 'inner', { description: 'd' });
  new ApiObject(new Chart(inner, 'stock'), 'x', { apiVersion: 'v1', kind: 'ConfigMap' });
  const paths = [...chartFiles(chartModel(chart)).keys()].filter((path) => path.includes('config-map'));
  expect(paths).toEqual(['charts/inner/templates/stock-x-config-map.yaml']);
});

test('a chart is handed globals that it does not know, at any depth of a group', () => {
  const child = defineValues({ global: { image: { tag: value.string({ default: 'v1', doc }) } } });
  const values = defineValues({
    global: {
      image: { tag: value.string({ default: 'v2', doc }), pull: value.string({ default: 'x', doc }) },
    },
    child: value.subchart(child),
  });
  const chart = new HelmChart(Testing.app(), 'outer', { description: 'd', values });
  config(chart, 'c', { pull: values.global.image.pull });
  config(new HelmChart(chart, 'child', { description: 'd', values: child }), 'c', {
    tag: child.global.image.tag,
  });
  expect(dataOf(Testing.synth(chart, { values: { global: { other: 'x' } } }))).toEqual({
    'outer-c': { pull: 'x' },
    'outer-child-c': { tag: 'v2' },
  });
});

describe('refuses', () => {
  const withSubchart = (values: DeclaredValues, fill: (chart: HelmChart) => void) =>
    codeOf(() => {
      const app = Testing.app();
      fill(new HelmChart(app, 'shop', { description: 'd', values }));
      app.synth();
    });
  const one = () => defineValues({ backend: value.subchart(backendValues, { values: { host: 'h' } }) });

  test('nothing, where all is well', () => {
    expect(withSubchart(one(), (chart) => new Backend(chart))).toBe('none');
  });

  test('a chart that its parent does not declare', () => {
    expect(withSubchart(one(), (chart) => new Backend(chart, 'backends'))).toBe('SUBCHART_UNDECLARED');
  });

  test('a declared chart that is never made', () => {
    expect(withSubchart(one(), () => undefined)).toBe('SUBCHART_MISSING');
  });

  test('an alias twice', () => {
    expect(withSubchart(one(), (chart) => [new Backend(chart), new Backend(chart)])).toBe('SUBCHART_TWICE');
    const elsewhere = (chart: HelmChart) => [new Backend(chart), new Backend(new Chart(chart, 'inner'))];
    expect(withSubchart(one(), elsewhere)).toBe('SUBCHART_TWICE');
  });

  test('a chart with other values than its parent declares', () => {
    const values = defineValues({ backend: value.subchart(undefined) });
    expect(withSubchart(values, (chart) => new Backend(chart))).toBe('SUBCHART_VALUES');
  });

  test('two charts of one name that differ', () => {
    const values = defineValues({ a: value.subchart(undefined), b: value.subchart(undefined) });
    const make = (chart: HelmChart, contents: readonly string[]) =>
      contents.forEach((text, index) => {
        const inner = new HelmChart(chart, index === 0 ? 'a' : 'b', { name: 'same', description: 'd' });
        config(inner, 'c', { text });
      });
    expect(withSubchart(values, (chart) => make(chart, ['x', 'y']))).toBe('SUBCHART_DIFFERS');
    expect(withSubchart(values, (chart) => make(chart, ['x', 'x']))).toBe('none');
  });

  test('a chart inside itself', () => {
    const values = defineValues({ backend: value.subchart(undefined) });
    class Endless extends HelmChart {
      constructor(scope: Construct, id: string) {
        super(scope, id, { name: 'endless', description: 'd', values });
        new Endless(this, 'backend');
      }
    }
    expect(codeOf(() => new Endless(Testing.app(), 'endless'))).toBe('CHART_CYCLE');
  });

  test('a release whose name holds those of two charts with objects that are called alike', () => {
    const given = (name: string, values: JsonObject = {}, isThere = true) => ({
      release: { name },
      values: { tags: { spare: isThere }, spare: { host: 'x', ...values } },
    });
    const outcome = (...release: Parameters<typeof given>) =>
      codeOf(() => Testing.synth(shop(), given(...release)));
    expect(outcome('backend-spare')).toBe('ASSERTION_FAILED');
    expect(outcome('backend')).toBe('none');
    expect(outcome('backend-spare', { fullnameOverride: 'other' })).toBe('none');
    expect(outcome('x', { fullnameOverride: 'x-backend' })).toBe('ASSERTION_FAILED');
    // One that is left out takes no name.
    expect(outcome('backend-spare', {}, false)).toBe('none');
    expect(outcome('x', { fullnameOverride: 'x-backend' }, false)).toBe('none');
  });

  test('the same of an umbrella that is used under two names', () => {
    const inner = defineValues({ leaf: value.subchart(undefined) });
    const other = { values: { leaf: { fullnameOverride: 'other' } } };
    const values = defineValues({ a: value.subchart(inner), b: value.subchart(inner, other) });
    const alike = defineValues({ a: value.subchart(inner), b: value.subchart(inner) });
    const make = (chart: HelmChart, id: string) => {
      const middle = new HelmChart(chart, id, { name: 'middle', description: 'd', values: inner });
      config(middle, 'c', {});
      config(new HelmChart(middle, 'leaf', { description: 'd' }), 'c', {});
    };
    expect(withSubchart(values, (chart) => ['a', 'b'].map((id) => make(chart, id)))).toBe('none');
    expect(withSubchart(alike, (chart) => ['a', 'b'].map((id) => make(chart, id)))).toBe('ASSERTION_FAILED');
  });

  test('one object in two charts', () => {
    const values = defineValues({ a: value.subchart(undefined), b: value.subchart(undefined) });
    const make = (chart: HelmChart, names: readonly string[]) =>
      names.forEach((name, index) => {
        const inner = new HelmChart(chart, index === 0 ? 'a' : 'b', { description: 'd' });
        new KubeObject(inner, 'c', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
      });
    expect(withSubchart(values, (chart) => make(chart, ['x', 'x']))).toBe('DUPLICATE_OBJECT');
    expect(withSubchart(values, (chart) => make(chart, ['x', 'y']))).toBe('none');
  });

  test('an alias in a chart that is used twice', () => {
    const innerValues = defineValues({ alias: value.subchart(undefined) });
    const both = () => defineValues({ a: value.subchart(innerValues), b: value.subchart(innerValues) });
    const make = (chart: HelmChart, id: string, name: string) => {
      const inner = new HelmChart(chart, id, { name: 'outer', description: 'd', values: innerValues });
      new HelmChart(inner, 'alias', { name, description: 'd' });
    };
    expect(withSubchart(both(), (chart) => ['a', 'b'].map((id) => make(chart, id, 'inner')))).toBe(
      'ALIAS_IN_ALIAS',
    );
    expect(withSubchart(both(), (chart) => ['a', 'b'].map((id) => make(chart, id, 'alias')))).toBe('none');
  });

  test('a chart under a condition, and a value of the parent in a subchart', () => {
    const v = defineValues({
      flag: value.boolean({ default: true, doc }),
      backend: value.subchart(backendValues, { values: { host: 'h' } }),
    });
    expect(withSubchart(v, (chart) => when(v.flag, () => new Backend(chart)))).toBe('VALUE_OF_ANOTHER_CHART');
    expect(withSubchart(v, (chart) => config(new Backend(chart), 'x', { flag: text`${v.flag}` }))).toBe(
      'VALUE_OF_ANOTHER_CHART',
    );
  });

  test('a chart two levels down with the name of a value, for helm reads both into one map', () => {
    const make = (key: string, member: object) => {
      const inner = defineValues({ size: value.integer({ default: 1, doc }) });
      const middle = defineValues({ [key]: value.subchart(inner, {}) });
      const outer = defineValues({ middle: value.subchart(middle as DeclaredValues, {}), ...member });
      const chart = new HelmChart(Testing.app(), 'outer', { description: 'd', values: outer });
      config(chart, 'c', { size: text`${(outer as never as { size: number }).size ?? 1}` });
      const between = new HelmChart(chart, 'middle', { description: 'd', values: middle });
      config(new HelmChart(between, key, { description: 'd', values: inner }), 'c', {
        size: text`${inner.size}`,
      });
      return Testing.helmChart(chart);
    };
    const size = value.integer({ default: 1, doc });
    expect(codeOf(() => make('size', { size }))).toBe('VALUE_NAME');
    expect(Object.keys(make('other', { size }))).toContain('charts/middle/charts/other/values.yaml');
  });

  test('a global that no chart reads', () => {
    const values = defineValues({
      global: { ...registry, other: value.string({ default: 'x', doc }) },
      backend: value.subchart(backendValues, { values: { host: 'h' } }),
    });
    expect(withSubchart(values, (chart) => new Backend(chart))).toBe('VALUE_UNUSED');
  });

  test('conditions and tags that are not declared', () => {
    const flags = { flag: value.boolean({ default: true, doc }), size: value.integer({ default: 1, doc }) };
    const declare = (options: object) => () =>
      defineValues({ ...flags, backend: value.subchart(undefined, options) });
    expect(codeOf(declare({ condition: 'flag' }))).toBe('none');
    expect(codeOf(declare({ condition: ['flag', 'flags'] }))).toBe('SUBCHART_CONDITION');
    expect(codeOf(declare({ condition: 'size' }))).toBe('SUBCHART_CONDITION');
    expect(codeOf(declare({ tags: ['web'] }))).toBe('SUBCHART_TAG');
  });

  test('names that helm gives another meaning', () => {
    expect(codeOf(() => defineValues({ global: value.string({ default: 'x', doc }) } as never))).toBe(
      'VALUE_NAME',
    );
    expect(codeOf(() => defineValues({ tags: { web: value.string({ default: 'x', doc }) } }))).toBe(
      'VALUE_NAME',
    );
    expect(codeOf(() => defineValues({ Back_end: value.subchart(undefined) }))).toBe('VALUE_NAME');
    expect(codeOf(() => defineValues({ group: { backend: value.subchart(undefined) } }))).toBe('VALUE_NAME');
  });

  test('a value of a subchart that does not exist, with the one that was meant', () => {
    const declare = () => value.subchart(backendValues, { values: { replica: 2 } as never });
    expect(declare).toThrow(/replica: found a value that is not declared.*Did you mean replicas\?/s);
  });

  test('a secret of a subchart in an environment', () => {
    const values = one();
    const make = (given: object) => () =>
      new HelmChart(Testing.app(), 'shop', {
        description: 'd',
        values,
        environments: { prod: { backend: { database: given } } },
      });
    expect(codeOf(make({ url: 'x' }))).toBe('SECRET_IN_ENVIRONMENT');
    expect(codeOf(make({ existingSecret: 'mine' }))).toBe('none');
  });
});

test('plain files of an umbrella hold what is installed', () => {
  const app = Testing.app();
  shop(app);
  app.synth();
  expect(app.synthYaml()).toContain('shop-backend-c');
  expect(app.synthYaml()).not.toContain('shop-spare-c');
});

test('a chart in a chart in a chart has the files that it has alone, but for what it is a part of', () => {
  const middleValues = defineValues({ backend: value.subchart(backendValues) });
  const outerValues = defineValues({ middle: value.subchart(middleValues) });
  const outer = new HelmChart(Testing.app(), 'outer', { description: 'd', values: outerValues });
  const middle = new HelmChart(outer, 'middle', { description: 'd', values: middleValues });
  new Backend(middle);
  const folder = 'charts/middle/charts/backend/';
  const inside = Object.entries(Testing.helmChart(outer)).filter(([path]) => path.startsWith(folder));
  const partOf = /(?<=app\.kubernetes\.io\/part-of: )\S+/g;
  const alone = Testing.helmChart(new Backend(Testing.app()));
  expect(alone['templates/_helpers.tpl']?.match(partOf)).toEqual(['backend']);
  expect(Object.fromEntries(inside)['charts/middle/charts/backend/templates/_helpers.tpl']).toContain(
    'part-of: outer',
  );
  const withoutWhole = (files: Iterable<[string, string]>) =>
    new Map([...files].map(([path, text]) => [path.replace(folder, ''), text.replace(partOf, '')]));
  expect(withoutWhole(inside)).toEqual(withoutWhole(Object.entries(alone)));
});
