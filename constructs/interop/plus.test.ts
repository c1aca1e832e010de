import * as kplus28 from 'cdk8s-plus-28';
import * as kplus34 from 'cdk8s-plus-34';
import { App, Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { SecureService } from '..';

const values = defineValues({ port: value.port({ default: 81, doc: 'The port of the Service' }) });

test('an Ingress, a NetworkPolicy and a RoleBinding of cdk8s-plus-34 take our service', () => {
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'test', values });
  const api = new SecureService(chart, 'api', {
    image: 'api:1',
    port: 8080,
    resources: 'small',
    servicePort: values.port,
  });
  const { service, pods, serviceAccount } = api.plus(kplus34);
  expect(service).toBeInstanceOf(kplus34.Service);
  new kplus34.Ingress(chart, 'ingress').addRule('/', kplus34.IngressBackend.fromService(service));
  new kplus34.NetworkPolicy(chart, 'policy', { selector: pods });
  const role = new kplus34.Role(chart, 'role');
  role.allowRead(kplus34.ApiResource.PODS);
  new kplus34.RoleBinding(chart, 'binding', { role }).addSubjects(serviceAccount);
  // biome-ignore lint/suspicious/noExplicitAny: a test reads rendered objects as what they are
  const objects = Testing.synth(chart, { release: { name: 'prod' } }) as any[];
  const find = (kind: string, notNamed = '') =>
    objects.find((one) => one.kind === kind && one.metadata.name !== notNamed);
  expect(find('Ingress').spec.rules[0].http.paths[0].backend.service).toEqual({
    name: 'prod-shop-api',
    port: { number: 81 },
  });
  expect(find('NetworkPolicy', 'prod-shop-api').spec.podSelector.matchLabels).toEqual({
    'app.kubernetes.io/component': 'api',
    'app.kubernetes.io/instance': 'prod',
    'app.kubernetes.io/name': 'shop',
  });
  expect(find('RoleBinding').subjects[0]).toMatchObject({ kind: 'ServiceAccount', name: 'prod-shop-api' });
  // The stand-ins for our objects print nothing themselves.
  expect(objects.filter(({ kind }: JsonObject) => kind === 'Service')).toHaveLength(1);
});

test('cdk8s-plus-28 gets objects of its own classes', () => {
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'test' });
  const api = new SecureService(chart, 'api', { image: 'api:1', port: 8080, resources: 'small' });
  const { service } = api.plus(kplus28);
  expect(service).toBeInstanceOf(kplus28.Service);
  new kplus28.Ingress(chart, 'ingress').addRule('/', kplus28.IngressBackend.fromService(service));
  const ingress = (Testing.synth(chart) as JsonObject[]).find(({ kind }) => kind === 'Ingress');
  expect(JSON.stringify(ingress)).toContain('"name":"shop-api"');
});
