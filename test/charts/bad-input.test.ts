import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { JsonPatch } from 'cdk8s';
import { App } from '../../core/synth';
import { DrydockError } from '../../core/template';
import { HelmChart, KubeObject } from '../../core/tree';
import { defineValues, value } from '../../core/values';

let folder: string;
const environment = { ...process.env };

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'drydock-bad-'));
});

afterEach(() => {
  process.env = { ...environment };
  rmSync(folder, { recursive: true, force: true });
});

const doc = 'd';
const innerValues = defineValues({ size: value.integer({ default: 1, doc }) });

function config(chart: HelmChart, id: string, name: unknown = chart.nameFor(id)): KubeObject {
  const metadata = { name: name as string };
  const size = innerValues.size.equals(1).then('one', 'more');
  const data = chart.ownDefinition ? { size } : { size: 'one' };
  return new KubeObject(chart, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
}

function inner(parent: HelmChart, id: string): HelmChart {
  const chart = new HelmChart(parent, id, { name: 'inner', description: 'd', values: innerValues });
  config(chart, 'c');
  return chart;
}

const plain = (app: App, id: string) => new HelmChart(app, id, { description: 'd' });

function umbrella(
  app: App,
  values = defineValues({ inner: value.subchart(innerValues) }),
  env = {},
): HelmChart {
  return new HelmChart(app, 'shop', { description: 'd', values, environments: { default: env } as never });
}

const good = (app: App) => inner(umbrella(app), 'inner');

/** Every file below the output folders with its content and time. */
function written(): Record<string, string> {
  const names = (readdirSync(folder, { recursive: true }) as string[]).sort();
  const files = names.filter((name) => statSync(path.join(folder, name)).isFile());
  return Object.fromEntries(
    files.map((name) => {
      const file = path.join(folder, name);
      return [name, `${statSync(file).mtimeMs} ${readFileSync(file, 'base64')}`];
    }),
  );
}

function synth(fill: (app: App) => void): void {
  const outdir = path.join(folder, 'dist', 'manifests');
  mkdirSync(outdir, { recursive: true });
  const app = new App({ outdir });
  fill(app);
  app.synth();
}

function errorOf(fill: (app: App) => void): DrydockError {
  try {
    synth(fill);
  } catch (error) {
    return error as DrydockError;
  }
  throw new Error('nothing was refused');
}

const programs: readonly (readonly [string, string, (app: App) => void])[] = [
  [
    'charts that depend on each other',
    'DEPENDENCY_CYCLE',
    (app) => {
      const [a, b] = [plain(app, 'a'), plain(app, 'b')];
      config(a, 'c').addDependency(config(b, 'c'));
      b.addDependency(a);
    },
  ],
  [
    'a chart inside itself',
    'CHART_CYCLE',
    (app) => {
      const shop = umbrella(app);
      new HelmChart(shop, 'inner', { name: 'shop', description: 'd', values: innerValues });
    },
  ],
  [
    'two objects with one identity in a chart',
    'DUPLICATE_OBJECT',
    (app) => {
      const shop = plain(app, 'shop');
      config(shop, 'a', 'same');
      config(shop, 'b', 'same');
    },
  ],
  [
    'two objects with one identity in two charts of a release',
    'DUPLICATE_OBJECT',
    (app) => {
      const shop = umbrella(app);
      config(inner(shop, 'inner'), 'a', 'same');
      const metadata = { name: 'same' };
      new KubeObject(shop, 'b', { apiVersion: 'v1', kind: 'ConfigMap', metadata });
    },
  ],
  [
    'an alias twice',
    'SUBCHART_TWICE',
    (app) => {
      const shop = umbrella(app, defineValues({ alias: value.subchart(innerValues) }) as never);
      inner(shop, 'alias');
      inner(shop, 'alias');
    },
  ],
  [
    'a value that the subchart does not have',
    'VALUES_INVALID',
    (app) => inner(umbrella(app, undefined, { inner: { sizes: 2 } }), 'inner'),
  ],
  [
    'a value of the wrong type for a subchart',
    'VALUES_INVALID',
    (app) => inner(umbrella(app, undefined, { inner: { size: 'two' } }), 'inner'),
  ],
  [
    'a release name over its limit',
    'RELEASE_NAME',
    (app) => {
      const shop = new HelmChart(app, 'shop', { description: 'd', release: 'x'.repeat(54) });
      config(shop, 'c');
    },
  ],
  [
    'an object name over its limit',
    'ASSERTION_FAILED',
    (app) => {
      const shop = new HelmChart(app, 'shop', { description: 'd', release: 'x'.repeat(53) });
      const metadata = { name: shop.nameFor('service') };
      new KubeObject(shop, 'service', { apiVersion: 'v1', kind: 'Service', metadata });
    },
  ],
];

describe('is refused with what was found and what to do, and dist is as it was:', () => {
  test.each(programs)('%s', (_, code, program) => {
    synth(good);
    const before = written();
    expect(Object.keys(before)).toContain('dist/charts/shop/charts/inner/Chart.yaml');
    const error = errorOf(program);
    expect(error).toBeInstanceOf(DrydockError);
    expect(error.code).toBe(code);
    for (const fact of [error.where, error.found, error.expected, error.remedy]) expect(fact).not.toBe('');
    expect(written()).toEqual(before);
    synth(good);
  });
});

test('names at their limits are taken', () => {
  synth((app) => {
    const shop = new HelmChart(app, 'shop', { description: 'd', release: 'x'.repeat(53) });
    config(shop, 'c');
    const metadata = { name: shop.nameFor('') };
    new KubeObject(shop, 'service', { apiVersion: 'v1', kind: 'Service', metadata });
  });
});

test('two objects of one kind and name in two namespaces, or of two groups, are two', () => {
  synth((app) => {
    const shop = plain(app, 'shop');
    for (const namespace of ['a', 'b'])
      new KubeObject(shop, namespace, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'x', namespace },
      });
    for (const apiVersion of ['v1', 'other.example.com/v1'])
      new KubeObject(shop, apiVersion.slice(0, 2), { apiVersion, kind: 'Service', metadata: { name: 'x' } });
  });
});

test('objects that the API server names are never one', () => {
  synth((app) => {
    const shop = plain(app, 'shop');
    for (const id of ['a', 'b'])
      config(shop, id).addJsonPatch(
        JsonPatch.remove('/metadata/name'),
        JsonPatch.add('/metadata/generateName', 'shop-'),
      );
  });
});

test('two objects of one identity in two versions of their group are one', () => {
  const error = errorOf((app) => {
    const shop = plain(app, 'shop');
    for (const version of ['v1', 'v1beta1']) {
      const apiVersion = `apps.example.com/${version}`;
      new KubeObject(shop, version, { apiVersion, kind: 'Thing', metadata: { name: 'x' } });
    }
  });
  expect(error.code).toBe('DUPLICATE_OBJECT');
});
