import { defineValues, definitionOf, value } from '../values';
import type { ChartModel, Subchart } from './model';
import { readme } from './readme';
import { dependenciesOf, SameNames } from './subcharts';

function modelOf(more: Partial<ChartModel> = {}): ChartModel {
  return {
    name: 'web',
    version: '1.2.3-rc.1',
    appVersion: '4',
    description: 'Serves *pages*',
    definition: definitionOf(defineValues({})),
    environments: {},
    trials: {},
    objects: [],
    secrets: [],
    assertions: [],
    subcharts: [],
    ...more,
  };
}

const inner = (key: string, more: Partial<Subchart> = {}): Subchart => ({
  key,
  model: modelOf({ name: 'db', version: '2.0.0' }),
  conditions: [],
  tags: [],
  where: `web/${key}`,
  ...more,
});

test.each([
  ['>=1.33.0-0', 'Kubernetes 1.33 or newer, Helm 3.22 or newer.'],
  ['>=1.34.0-0 <1.40.0-0', 'Kubernetes `>=1.34.0-0 <1.40.0-0`, Helm 3.22 or newer.'],
  [undefined, 'Helm 3.22 or newer.'],
])('a chart for %s says so', (kubeVersion, line) => {
  expect(readme(modelOf({ kubeVersion })).split('\n')).toContain(line);
});

test('a README says how to install the chart, and shows each value with its default or what it means without', () => {
  const definition = definitionOf(
    defineValues({
      replicas: value.integer({ default: 2, doc: 'How many | pods' }),
      host: value.dnsName({ doc: 'A host' }),
      group: {
        zone: value.string({ optional: true, doc: 'A zone' }),
        names: value.list(value.dnsName({ doc: 'N' }), { default: ['a'], doc: 'Names' }),
      },
    }),
  );
  const lines = readme(modelOf({ definition })).split('\n');
  expect(lines.slice(0, 9)).toEqual([
    '# web',
    '',
    '![Version: 1.2.3-rc.1](https://img.shields.io/badge/Version-1.2.3--rc.1-informational)',
    '',
    'Serves \\*pages\\*',
    '',
    '## Install',
    '',
    '```sh',
  ]);
  expect(lines).toContain('helm install web ./web');
  expect(lines.join('\n')).not.toContain('environments');
  const table = lines.slice(lines.indexOf('## Values') + 2);
  expect(table.slice(0, 2)).toEqual(['| value | type | default | what it does |', '|---|---|---|---|']);
  const cells = table.slice(2, -1).map((row) => row.split(/(?<!\\)\|/).map((cell) => cell.trim()));
  expect(cells.map(([, path, , shown, doc]) => [path, shown, doc])).toEqual([
    ['`replicas`', '`2`', 'How many \\| pods'],
    ['`host`', '(required)', 'A host'],
    ['`group.zone`', '(optional)', 'A zone'],
    ['`group.names`', '`["a"]`', 'Names'],
  ]);
  for (const [, , type] of cells) expect(type).not.toBe('');
});

test('a README names the files of environments, and how one is given', () => {
  expect(readme(modelOf({ environments: { prod: {}, test: {} } }))).toContain(
    '\nValues for environments: `values-prod.yaml`, `values-test.yaml`; give one with `-f`.\n',
  );
});

test('a README lists subcharts with their keys, and where they are installed', () => {
  const subcharts = [inner('db'), inner('cache', { conditions: ['cache.enabled', 'all'], tags: ['x', 'y'] })];
  expect(readme(modelOf({ subcharts }))).toContain(
    [
      '| key | chart | version | installed where | tags |',
      '|---|---|---|---|---|',
      '| `db` | db | 2.0.0 |  |  |',
      '| `cache` | db | 2.0.0 | `cache.enabled, all` | `x`, `y` |',
      '',
    ].join('\n'),
  );
  expect(readme(modelOf())).not.toContain('Subcharts');
});

test('a dependency has an alias where its key is another, and says its conditions and tags where there are any', () => {
  const subcharts = [inner('db'), inner('cache', { conditions: ['cache.enabled', 'all'], tags: ['x'] })];
  const whole = { name: 'db', version: '2.0.0', repository: '' };
  expect(dependenciesOf(modelOf({ subcharts }))).toEqual([
    whole,
    { ...whole, alias: 'cache', condition: 'cache.enabled,all', tags: ['x'] },
  ]);
});

test('two charts of one name in an umbrella are the same chart, or are refused with the file that differs', () => {
  const names = new SameNames();
  const files = (more: Record<string, string>) => new Map(Object.entries({ 'Chart.yaml': 'a', ...more }));
  names.add(inner('one'), files({}));
  names.add(inner('two'), files({}));
  names.add(inner('other', { model: modelOf({ name: 'other' }) }), files({ 'values.yaml': 'x' }));
  const differs = (file: string) =>
    expect.objectContaining({
      code: 'SUBCHART_DIFFERS',
      where: 'web/three',
      found: `a chart called "db" whose ${file} is not that of web/one`,
    });
  expect(() => names.add(inner('three'), files({ 'Chart.yaml': 'b' }))).toThrow(differs('Chart.yaml'));
  // One has a file that the other has not.
  expect(() => names.add(inner('three'), files({ 'values.yaml': 'x' }))).toThrow(differs('values.yaml'));
  expect(() => names.add(inner('three'), new Map())).toThrow(differs('Chart.yaml'));
});
