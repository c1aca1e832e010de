import { Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { HelmChart } from '../../core/tree';
import { defineValues } from '../../core/values';
import { SecureService } from '../secure-service/secure-service';
import { exposureProps, exposureValues } from './exposure-values';
import { serviceProps } from './service-props';
import { serviceValues } from './service-values';

// biome-ignore lint/suspicious/noExplicitAny: a test reads rendered objects as what they are
type Any = any;

const image = { repository: 'registry.example.com/shop', tag: '1.4.2' };
const values = defineValues({
  ...serviceValues({ image, resources: { cpu: '300m', memory: '300Mi' } }),
  ...exposureValues({ host: 'shop.example.com' }),
});

function objectsOf(given: JsonObject = {}): Any[] {
  const chart = new HelmChart(Testing.app(), 'shop', { description: 'A shop', values });
  new SecureService(chart, 'web', { port: 8080, ...serviceProps(values), ...exposureProps(values) });
  return Testing.synth(chart, { values: given }) as JsonObject[];
}
const find = (objects: Any[], kind: string) => objects.find((one) => one.kind === kind);
const podOf = (objects: Any[]) => find(objects, 'Deployment').spec.template;

test('with the defaults of the values, a service is what it is without them', () => {
  const chart = new HelmChart(Testing.app(), 'shop', { description: 'A shop' });
  const resources = { cpu: '300m', memory: '300Mi' };
  new SecureService(chart, 'web', { image: `${image.repository}:${image.tag}`, port: 8080, resources });
  const plain = Testing.synth(chart) as Any[];
  const given = objectsOf();
  // Kubernetes' own timing is written out where a value sets it.
  const withoutTimes = (json: unknown) =>
    JSON.stringify(json)
      .replace(/"(initialDelay|timeout)Seconds":\d+,?|"(failureThreshold|periodSeconds)":\d+,?/g, '')
      .replaceAll(',}', '}');
  expect(withoutTimes(given)).toBe(withoutTimes(plain));
});

test.each<[string, JsonObject, (objects: Any[]) => unknown, unknown]>([
  ['replicas', { replicas: 4 }, (all) => find(all, 'Deployment').spec.replicas, 4],
  [
    'a digest, which decides',
    { image: { digest: `sha256:${'a'.repeat(64)}` } },
    (all) => podOf(all).spec.containers[0].image,
    `registry.example.com/shop:1.4.2@sha256:${'a'.repeat(64)}`,
  ],
  [
    'imagePullSecrets',
    { imagePullSecrets: ['a'] },
    (all) => podOf(all).spec.imagePullSecrets,
    [{ name: 'a' }],
  ],
  [
    'resources',
    { resources: { cpu: '1', cpuLimit: '2', memory: '1Gi', ephemeralStorage: '2Gi' } },
    (all) => podOf(all).spec.containers[0].resources,
    {
      requests: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '2Gi' },
      limits: { cpu: '2', memory: '1Gi', 'ephemeral-storage': '2Gi' },
    },
  ],
  [
    'autoscaling',
    { autoscaling: { enabled: true, minReplicas: 3, maxReplicas: 7, cpuPercent: 60 } },
    (all) => {
      const spec = find(all, 'HorizontalPodAutoscaler')?.spec;
      return spec && [spec.minReplicas, spec.maxReplicas, spec.metrics[0].resource.target.averageUtilization];
    },
    [3, 7, 60],
  ],
  ['podAnnotations', { podAnnotations: { a: 'b' } }, (all) => podOf(all).metadata.annotations, { a: 'b' }],
  ['nodeSelector', { nodeSelector: { disk: 'ssd' } }, (all) => podOf(all).spec.nodeSelector, { disk: 'ssd' }],
  [
    'tolerations',
    { tolerations: [{ key: 'gpu', operator: 'Exists', effect: 'NoSchedule' }] },
    (all) => podOf(all).spec.tolerations,
    [{ key: 'gpu', operator: 'Exists', effect: 'NoSchedule' }],
  ],
  ['affinity', { affinity: { podAffinity: {} } }, (all) => podOf(all).spec.affinity, { podAffinity: {} }],
  [
    'the timing of a probe',
    { probes: { readiness: { timeoutSeconds: 9 } } },
    (all) => podOf(all).spec.containers[0].readinessProbe.timeoutSeconds,
    9,
  ],
])('%s', (_, given, read, expected) => {
  expect(read(objectsOf())).not.toEqual(expected);
  expect(read(objectsOf(given))).toEqual(expected);
});

const policyOf = (given: JsonObject) => find(objectsOf(given), 'NetworkPolicy').spec.ingress;
const allowed = (namespace: string, podSelector: object = {}) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
  podSelector,
});

test.each(['ingress', 'httpRoute'])(
  'the way in through %s lets in the controller that the values name: its pods by label, nodes and load balancers by range',
  (way) => {
    const given = {
      enabled: true,
      controllerNamespace: 'edge',
      controllerLabels: { app: 'proxy' },
      controllerRanges: ['10.1.0.0/16', 'fd00::/8'],
    };
    const ports = [{ port: 8080, protocol: 'TCP' }];
    expect(policyOf({})).toEqual([]);
    expect(policyOf({ [way]: given })).toEqual([
      { from: [allowed('edge', { matchLabels: { app: 'proxy' } })], ports },
      { from: [{ ipBlock: { cidr: '10.1.0.0/16' } }, { ipBlock: { cidr: 'fd00::/8' } }], ports },
    ]);
    expect(policyOf({ [way]: { enabled: true, controllerNamespace: 'edge' } })).toEqual([
      { from: [allowed('edge', { matchLabels: {} })], ports },
    ]);
  },
);

test('an Ingress has TLS unless told otherwise, and the annotations that it is given', () => {
  const ingress = {
    enabled: true,
    className: 'traefik',
    annotations: { 'cert-manager.io/cluster-issuer': 'le' },
  };
  expect(find(objectsOf({ ingress }), 'Ingress')).toMatchObject({
    metadata: { annotations: ingress.annotations },
    spec: { ingressClassName: 'traefik', tls: [{ hosts: ['shop.example.com'], secretName: 'shop-tls' }] },
  });
  expect(find(objectsOf({ ingress: { enabled: true } }), 'Ingress').metadata.annotations).toBeUndefined();
});

test('a route belongs to a listener of a Gateway, of this namespace unless another one is named', () => {
  const route = (gateway: JsonObject) =>
    find(objectsOf({ httpRoute: { enabled: true, gateway } }), 'HTTPRoute').spec.parentRefs;
  expect(route({})).toEqual([{ name: 'gateway', namespace: 'default', sectionName: 'https' }]);
  expect(route({ name: 'edge', namespace: 'infra', listener: 'tls' })).toEqual([
    { name: 'edge', namespace: 'infra', sectionName: 'tls' },
  ]);
});

test.each<[string, JsonObject]>([
  ['/image/tag', { image: { tag: 'a b' } }],
  ['/image/digest', { image: { digest: 'sha256:1' } }],
  ['/imagePullSecrets/0', { imagePullSecrets: ['A'] }],
  ['/tolerations/0', { tolerations: [{ effect: 'Never' }] }],
  ['/ingress/controllerRanges/0', { ingress: { controllerRanges: ['10.0.0.0'] } }],
  ['/probes/liveness/periodSeconds', { probes: { liveness: { periodSeconds: 0 } } }],
])('what cannot be at %s is refused', (path, given) => {
  expect(() => objectsOf(given)).toThrow(path.slice(1).replaceAll('/', '.').replace(/\.0$/, ''));
});
