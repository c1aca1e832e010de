import { SecureService } from '../../../constructs';
import type { App } from '../../../core/synth';
import { text } from '../../../core/template';
import { HelmChart } from '../../../core/tree';
import { defineValues, value } from '../../../core/values';

const values = defineValues({
  replicas: value.integer({ default: 2, min: 1, max: 20, doc: 'How many pods run' }),
  tag: value.string({ default: '1.0.0', pattern: '^[a-z0-9.]+$', doc: 'Tag of the image' }),
  host: value.string({ default: 'api.example.com', pattern: '^[a-z.]+$', doc: 'Host name' }),
});

export function backend(app: App): HelmChart {
  const chart = new HelmChart(app, 'backend', { description: 'The backend', values });
  new SecureService(chart, 'api', {
    image: text`registry.example.com/api:${values.tag}`,
    port: 8080,
    resources: 'small',
    replicas: values.replicas,
    writable: ['/tmp'],
    ingress: { host: values.host },
    allowPlainIngress: true,
  });
  return chart;
}
