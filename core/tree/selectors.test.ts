import { Chart, Cron } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { App, Testing } from '../synth';
import type { JsonObject } from '../template';
import { defineValues, value } from '../values';
import { forEach } from './conditions';
import { HelmChart } from './helm-chart';
import { INSTANCE, withoutIdleAddress } from './selectors';

function exposed(scope: Chart): void {
  const deployment = new kplus.Deployment(scope, 'web', {
    containers: [{ image: 'nginx:1', portNumber: 80 }],
  });
  deployment.exposeViaService();
}

test('two releases of a chart of cdk8s-plus constructs select their own pods', () => {
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'site', { description: 'd' });
  exposed(chart);
  const selected = (release: string) => {
    const objects = chart.render(chart.inputs({ release: { name: release } })) as JsonObject[];
    const [deployment, service] = objects.map(({ spec }) => spec as Record<string, never>);
    const { selector, template } = deployment as never as {
      selector: { matchLabels: object };
      template: { metadata: { labels: object } };
    };
    expect(selector.matchLabels).toEqual(template.metadata.labels);
    expect((service as never as { selector: object }).selector).toEqual(selector.matchLabels);
    return selector.matchLabels as Record<string, string>;
  };
  expect(selected('one')[INSTANCE]).toBe('one');
  expect(selected('two')[INSTANCE]).toBe('two');
});

test('a stock chart is left as it is', () => {
  const app = new App({ outdir: 'unused' });
  const chart = new Chart(app, 'site');
  exposed(chart);
  expect(JSON.stringify(chart.toJson())).not.toContain(INSTANCE);
});

const names = defineValues({
  names: value.list(value.dnsName({ doc: 'd' }), { default: ['a', 'b'], doc: 'd' }),
});

function looped(make: (scope: Chart, name: string) => void): HelmChart {
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'site', { description: 'd', values: names });
  forEach(names.names, (name) => make(chart, name.asString()));
  return chart;
}

const container = { containers: [{ image: 'busybox:1' }] };

test.each([
  [
    'CronJob',
    (scope: Chart, name: string) =>
      new kplus.CronJob(scope, 'job', { metadata: { name }, schedule: Cron.hourly(), ...container }),
  ],
  ['Job', (scope: Chart, name: string) => new kplus.Job(scope, 'job', { metadata: { name }, ...container })],
  ['Pod', (scope: Chart, name: string) => new kplus.Pod(scope, 'pod', { metadata: { name }, ...container })],
])('a %s, which selects nothing, may be in a loop', (kind, make) => {
  const objects = Testing.synth(looped(make)) as JsonObject[];
  expect(objects).toMatchObject([
    { kind, metadata: { name: 'a' } },
    { kind, metadata: { name: 'b' } },
  ]);
});

test.each([
  [
    'Deployment',
    (scope: Chart, name: string) => new kplus.Deployment(scope, 'web', { metadata: { name }, ...container }),
  ],
  [
    'Service',
    (scope: Chart, name: string) => {
      const pod = new kplus.Pod(scope, 'pod', {
        metadata: { name },
        containers: [{ image: 'x:1', portNumber: 80 }],
      });
      new kplus.Service(scope, 'service', { metadata: { name }, selector: pod, ports: [{ port: 80 }] });
    },
  ],
  [
    'NetworkPolicy',
    (scope: Chart, name: string) => {
      const pod = new kplus.Pod(scope, 'pod', { metadata: { name }, ...container });
      new kplus.NetworkPolicy(scope, 'policy', { metadata: { name }, selector: pod });
    },
  ],
])('a %s in a loop would select the pods of all entries, and is refused', (_, make) => {
  expect(() => Testing.synth(looped(make))).toThrow(expect.objectContaining({ code: 'SELECTOR_IN_LOOP' }));
});

test('what nothing selects by is no difference between a loop and its entries written out, a selector is', () => {
  const address = { 'cdk8s.io/metadata.addr': 'chart-each-c8' };
  const idle = { kind: 'CronJob', spec: { template: { metadata: { labels: { ...address, app: 'a' } } } } };
  expect(withoutIdleAddress(idle)).toEqual({
    kind: 'CronJob',
    spec: { template: { metadata: { labels: { app: 'a' } } } },
  });
  const selected = { kind: 'Service', spec: { selector: address } };
  expect(withoutIdleAddress(selected)).toEqual(selected);
});
