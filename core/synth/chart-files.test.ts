import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { forEach, HelmChart, type HelmChartProps, KubeObject, when } from '../tree';
import { type DeclaredValues, defineValues, value } from '../values';
import { Testing } from './testing';

// The files of a chart: what each object's is called and where it lies, and which files there are at all.

const doc = 'd';
type Props = Partial<HelmChartProps<DeclaredValues>>;
const chartWith = (fill: (chart: HelmChart) => void, props: Props = {}) => {
  const chart = new HelmChart(Testing.app(), 'shop', { description: 'd', ...props }) as HelmChart;
  fill(chart);
  return Testing.helmChart(chart);
};
const object = (scope: Construct, id: string, kind: string, more: object = {}, apiVersion = 'v1') =>
  new KubeObject(scope, id, { apiVersion, kind, metadata: { name: id.toLowerCase(), ...more } });
const templates = (files: Readonly<Record<string, string>>) =>
  Object.keys(files).filter((name) => /^(templates|crds)\/.*\.yaml$/.test(name));

test.each<[ids: readonly string[], kind: string, file: string]>([
  [['web'], 'Deployment', 'web-deployment'],
  [['Api', 'MyWeb'], 'ConfigMap', 'api-my-web-config-map'],
  [['api', 'Resource'], 'Service', 'api-service'],
  [['api', 'Default'], 'Service', 'api-service'],
  [['database-secret'], 'Secret', 'database-secret'],
  [['service'], 'Service', 'service'],
  [['budget'], 'PodDisruptionBudget', 'budget'],
  [['web', 'disruption-budget'], 'PodDisruptionBudget', 'web-disruption-budget'],
  [['webservice'], 'Service', 'webservice-service'],
  [['a_b.c--d!'], 'Secret', 'a-b-c-d-secret'],
])('an object at %j of the kind %s is in a file that says so', (ids, kind, file) => {
  const files = chartWith((chart) => {
    const scope = ids.slice(0, -1).reduce<Construct>((outer, id) => new Construct(outer, id), chart);
    new ApiObject(scope, ids.at(-1) as string, { apiVersion: 'v1', kind, metadata: { name: 'x' } });
  });
  expect(templates(files)).toEqual([`templates/${file}.yaml`]);
});

test('two objects whose files would be called alike are refused', () => {
  const fill = (chart: HelmChart) => {
    object(chart, 'a-b', 'Secret');
    object(chart, 'a.b', 'Secret');
  };
  expect(() => chartWith(fill)).toThrow(
    expect.objectContaining({
      code: 'SAME_FILE',
      where: 'shop/a.b',
      found: 'the template name a-b-secret.yaml, which shop/a-b has already',
    }),
  );
});

const CRD = 'CustomResourceDefinition';
const values = () =>
  defineValues({
    on: value.boolean({ default: true, doc }),
    names: value.list(value.dnsName({ doc }), { default: ['a'], doc }),
  });

test('a definition of resources is installed before everything else, unless values have a say in it', () => {
  const declared = values();
  const files = chartWith(
    (chart) => {
      object(chart, 'plain', CRD, {}, 'apiextensions.k8s.io/v1');
      object(chart, 'told', CRD, { labels: { on: declared.on.then('a', 'b') } }, 'apiextensions.k8s.io/v1');
      when(declared.on, () => object(chart, 'asked', CRD, {}, 'apiextensions.k8s.io/v1'));
      forEach(declared.names, (name) => {
        object(chart, 'each', CRD, { name }, 'apiextensions.k8s.io/v1');
      });
    },
    { values: declared },
  );
  expect(templates(files)).toEqual([
    'crds/plain-custom-resource-definition.yaml',
    'templates/told-custom-resource-definition.yaml',
    'templates/asked-custom-resource-definition.yaml',
    'templates/each-custom-resource-definition.yaml',
  ]);
});

test('a test of helm lies where people look for tests, another hook does not', () => {
  const hook = (of: string) => ({ annotations: { 'helm.sh/hook': of } });
  const files = chartWith((chart) => {
    object(chart, 'try', 'Pod', hook('test'));
    object(chart, 'before', 'Pod', hook('pre-install'));
    object(chart, 'noted', 'Pod', { annotations: { a: 'test' } });
  });
  expect(templates(files)).toEqual([
    'templates/tests/try-pod.yaml',
    'templates/before-pod.yaml',
    'templates/noted-pod.yaml',
  ]);
});

test('a chart has the files that it needs, and no others', () => {
  const always = [
    'Chart.yaml',
    'values.yaml',
    'ci/default-values.yaml',
    'values.schema.json',
    '.helmignore',
    'README.md',
  ];
  expect(Object.keys(chartWith(() => undefined))).toEqual([...always, 'templates/NOTES.txt']);
  const declared = values();
  const full = chartWith(
    (chart) => {
      object(chart, 'web', 'Service', { name: chart.fullname });
      chart.assert(declared.on, 'On.');
      forEach(declared.names, (name) => {
        object(chart, 'each', 'Secret', { name });
      });
    },
    {
      values: declared,
      environments: { prod: { on: true } } as never,
      trials: { one: { on: true } } as never,
    },
  );
  expect(Object.keys(full)).toEqual([
    'Chart.yaml',
    'values.yaml',
    'values-prod.yaml',
    'ci/one-values.yaml',
    'values.schema.json',
    '.helmignore',
    'README.md',
    'templates/web-service.yaml',
    'templates/each-secret.yaml',
    'templates/_helpers.tpl',
    'templates/assertions.yaml',
    'templates/NOTES.txt',
  ]);
  expect(full['.helmignore']).toContain('.git/\n');
});

test('helpers are printed that only a condition, a loop, an assertion or the name of a secret includes', () => {
  const declared = defineValues({
    names: value.list(value.dnsName({ doc }), { default: ['a'], doc }),
    login: value.secret({ doc, keys: { a: doc } }),
  });
  const helpersOf = (fill: (chart: HelmChart) => void, props: Props = {}) =>
    [...(chartWith(fill, props)['templates/_helpers.tpl'] ?? '').matchAll(/define "([^"]*)"/g)].map(
      ([, name]) => name,
    );
  expect(
    helpersOf((chart) => when(chart.helper('x', 'a').equals('a'), () => object(chart, 'o', 'Secret'))),
  ).toEqual(['shop.x']);
  expect(helpersOf((chart) => chart.assert(chart.helper('y', 'a').equals('a'), 'm'))).toEqual(['shop.y']);
  const secret = helpersOf(
    (chart) => {
      chart.assert(declared.names.isEmpty.not(), 'm');
      const { name } = chart.secretKeyRef(declared.login.key('a'));
      object(chart, 'o', 'ConfigMap', { labels: { name } });
    },
    { values: declared },
  );
  expect(secret).toContain('shop.fullname');
});

test('objects of stock charts inside are in the chart, with the whole path in their names', () => {
  const files = chartWith((chart) => {
    object(new Construct(new Chart(chart, 'stock'), 'part'), 'x', 'Secret');
  });
  expect(templates(files)).toEqual(['templates/stock-part-x-secret.yaml']);
});
