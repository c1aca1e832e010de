import * as kplus from 'cdk8s-plus-28';
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

test('a policy follows a port that is a value, and an account that is one keeps its rights', () => {
  const values = defineValues({
    port: value.port({ default: 8080, doc: 'Where it listens' }),
    account: value.dnsName({ default: 'reader', doc: 'As whom it calls' }),
  });
  const chart = new HelmChart(Testing.app(), 'shop', { description: 'd', values });
  const labels = { app: 'web' };
  new kplus.k8s.KubeService(chart, 'service', {
    spec: {
      selector: labels,
      ports: [{ port: 80, targetPort: kplus.k8s.IntOrString.fromNumber(values.port.asNumber()) }],
    },
  });
  new kplus.k8s.KubePod(chart, 'web', {
    metadata: { labels },
    spec: { serviceAccountName: values.account.asString(), containers: [{ name: 'web', image: 'web:1' }] },
  });
  new kplus.k8s.KubeRoleBinding(chart, 'binding', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
    subjects: [{ kind: 'ServiceAccount', name: values.account.asString() }],
  });
  const { findings } = harden(chart);
  expect(findings.map(({ rule }) => rule)).toContain('token');
  const objects = Testing.synth(chart, { values: { port: 9090 } }) as Any[];
  const of = (kind: string) => objects.find((one) => one.kind === kind);
  expect(of('NetworkPolicy').spec.ingress).toEqual([{ ports: [{ port: 9090, protocol: 'TCP' }] }]);
  expect(of('Pod').spec.serviceAccountName).toBe('reader');
  expect(of('Pod').spec.automountServiceAccountToken).toBeUndefined();
  expect(of('Pod').spec.securityContext.runAsNonRoot).toBe(true);
  expect(Object.values(Testing.helmChart(chart)).join('\n')).toContain('.Values.account');
});
