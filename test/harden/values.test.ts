import { Testing } from '../../core/synth';
import { HelmChart, KubeObject, when } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { harden } from '../../harden';

// biome-ignore lint/suspicious/noExplicitAny: objects as Kubernetes has them
type Any = any;

test('a HelmChart with values: literals are hardened, values stay values, a policy is under the same condition', () => {
  const app = Testing.app();
  const values = defineValues({
    memory: value.string({ default: '1Gi', doc: 'Memory' }),
    on: value.boolean({ default: false, doc: 'Whether' }),
  });
  const chart = new HelmChart(app, 'shop', { description: 'd', values });
  when(
    values.on,
    () =>
      new KubeObject(chart, 'web', {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web' },
        spec: {
          selector: { matchLabels: { app: 'web' } },
          template: {
            metadata: { labels: { app: 'web' } },
            spec: {
              containers: [{ name: 'web', image: 'web:1', resources: { limits: { memory: values.memory } } }],
            },
          },
        },
      }),
  );
  harden(chart);
  const files = Testing.helmChart(chart);
  const text = Object.values(files).join('\n');
  expect(text).toContain('.Values.memory');
  const [web, policy] = Testing.synth(chart, { values: { memory: '2Gi', on: true } }) as Any[];
  expect(web.spec.template.spec.containers[0].resources).toEqual({
    requests: { cpu: '250m', memory: '2Gi', 'ephemeral-storage': '1Gi' },
    limits: { memory: '2Gi', 'ephemeral-storage': '1Gi' },
  });
  expect(policy.kind).toBe('NetworkPolicy');
  expect(Testing.synth(chart)).toEqual([]);
});
