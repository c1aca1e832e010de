import { type App, Chart, Testing, YamlOutputType } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Testing as OurTesting } from '../synth';
import { defineValues, value } from '../values';
import { forEach, when } from './conditions';
import { HelmChart } from './helm-chart';
import { KubeObject } from './kube-object';

/** A chart that has everything: own and foreign objects, under conditions that hold and do not, and in a loop. */
function chartIn(app: App): HelmChart {
  const values = defineValues({
    tag: value.string({ default: '1.27', doc: 'd' }),
    replicas: value.integer({ default: 3, doc: 'd' }),
    on: value.boolean({ default: true, doc: 'd' }),
    names: value.list(value.dnsName({ doc: 'd' }), { default: ['a', 'b'], doc: 'd' }),
  });
  const chart = new HelmChart(app, 'site', { description: 'd', values });
  const config = (id: string, name: never, data: object) =>
    new KubeObject(chart, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });
  new kplus.Deployment(chart, 'web', {
    replicas: values.replicas.asNumber(),
    containers: [{ image: `nginx:${values.tag}` }],
  });
  config('plain', chart.nameFor('plain') as never, { tag: values.tag });
  when(values.on, () => config('shown', 'shown' as never, {}));
  when(values.on.not(), () => config('hidden', 'hidden' as never, {}));
  forEach(values.names, (name) => config('each', name as never, { name }));
  return chart;
}

test('cdk8s Testing gives the objects for the default values', () => {
  const objects = Testing.synth(chartIn(Testing.app()));
  expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    'Deployment site-web',
    'ConfigMap site-plain',
    'ConfigMap shown',
    'ConfigMap a',
    'ConfigMap b',
  ]);
  expect(objects[0].spec).toMatchObject({
    replicas: 3,
    template: { spec: { containers: [{ image: 'nginx:1.27' }] } },
  });
  expect(objects[1].data).toEqual({ tag: '1.27' });
});

test('a file for every resource in a folder for every chart cannot leave an object out, and says so', () => {
  const app = Testing.app({ yamlOutputType: YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE });
  chartIn(app);
  expect(() => app.synth()).toThrow('GUARDED_OBJECT');
});

test('a foreign construct in a stock chart beside it is left alone', () => {
  const app = Testing.app();
  chartIn(app);
  const other = new Chart(app, 'other');
  new kplus.ConfigMap(other, 'config', { data: { number: '1.27' } });
  expect(Testing.synth(other)[0].data).toEqual({ number: '1.27' });
});

describe('a HelmChart in an App of cdk8s', () => {
  const warnings: unknown[][] = [];
  beforeEach(() => {
    warnings.length = 0;
    jest.spyOn(process, 'emitWarning').mockImplementation((...given) => {
      warnings.push(given);
    });
  });
  afterEach(() => jest.restoreAllMocks());

  test('says at synth that no Helm chart is written, and how to have one', () => {
    const app = Testing.app();
    chartIn(app);
    app.synth();
    expect(warnings).toEqual([
      [
        expect.stringMatching(/^site: .* no Helm chart.*cdk8s-drydock/),
        expect.objectContaining({ code: 'STOCK_APP' }),
      ],
    ]);
  });

  test('is silent where only objects are asked for, and in our App', () => {
    Testing.synth(chartIn(Testing.app()));
    const ours = OurTesting.app();
    chartIn(ours);
    ours.synth();
    new Chart(Testing.app(), 'stock');
    expect(warnings).toEqual([]);
  });
});
