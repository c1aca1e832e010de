import { Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { App } from '../synth';
import type { JsonObject } from '../template';
import { HelmChart } from './helm-chart';
import { INSTANCE } from './selectors';

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
