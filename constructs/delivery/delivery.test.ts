import { Testing } from '../../core/synth';
import { HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { chart, objectsOf, REQUIRED } from '../../test/support/one-service';
import { ConstructError, type Delivery, RolloutAnalysis, SecureService } from '..';

// biome-ignore lint/suspicious/noExplicitAny: a test reads rendered objects as what they are
type Any = any;
const byKind = (objects: readonly object[], kind: string): Any =>
  (objects as Any[]).find((one) => one.kind === kind);
const CANARY: Delivery = {
  canary: { steps: [{ setWeight: 25 }, { pause: { duration: '10m' } }, { setWeight: 50 }, { pause: {} }] },
};
const names = (objects: readonly object[]) =>
  (objects as Any[]).map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();

test('a canary is a Rollout in the place of the Deployment, with the very same pods but for what tells versions apart', () => {
  const objects = objectsOf({ delivery: CANARY, replicas: 4 });
  const rollout = byKind(objects, 'Rollout');
  expect(names(objects)).toEqual([
    ...['NetworkPolicy shop-api', 'PodDisruptionBudget shop-api', 'Rollout shop-api'],
    ...['Service shop-api', 'ServiceAccount shop-api'],
  ]);
  expect(rollout.apiVersion).toBe('argoproj.io/v1alpha1');
  const { spec } = byKind(objectsOf({ replicas: 4 }), 'Deployment');
  const told = JSON.parse(
    JSON.stringify(spec.template).replace('pod-template-hash', 'rollouts-pod-template-hash'),
  );
  expect(rollout.spec).toEqual({
    ...{ replicas: 4, selector: spec.selector, template: told },
    strategy: {
      canary: {
        steps: [{ setWeight: 25 }, { pause: { duration: '10m' } }, { setWeight: 50 }, { pause: {} }],
        ...{ maxUnavailable: 0, maxSurge: 1 },
      },
    },
  });
});

test('an autoscaler decides how many pods a Rollout has, and nobody else', () => {
  const objects = objectsOf({ delivery: CANARY, autoscaling: { maxReplicas: 9 }, recommendResources: true });
  expect(byKind(objects, 'Rollout').spec).not.toHaveProperty('replicas');
  const target = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'shop-api' };
  expect(byKind(objects, 'HorizontalPodAutoscaler').spec.scaleTargetRef).toEqual(target);
  expect(byKind(objects, 'VerticalPodAutoscaler').spec.targetRef).toEqual(target);
});

test('blue-green has a Service for a look at the new version, which is opened to nobody outside', () => {
  const objects = objectsOf({
    delivery: { blueGreen: { autoPromotion: false, after: { templates: ['errors'] } } },
    ...{ nodePort: { port: 30_080 }, serviceAnnotations: { 'example.com/lb': 'public' } },
    allowPrometheus: { namespace: 'monitoring', monitor: {} },
  });
  const services = (objects as Any[]).filter(({ kind }) => kind === 'Service');
  expect(services.map(({ metadata, spec }) => [metadata.name, spec.type, metadata.annotations])).toEqual([
    ['shop-api', 'NodePort', { 'example.com/lb': 'public' }],
    ['shop-api-preview', 'ClusterIP', undefined],
  ]);
  expect(byKind(objects, 'Rollout').spec.strategy.blueGreen).toEqual({
    ...{ activeService: 'shop-api', previewService: 'shop-api-preview', autoPromotionEnabled: false },
    scaleDownDelaySeconds: 30,
    postPromotionAnalysis: { templates: [{ templateName: 'errors' }] },
  });
  // By the Services it would read each pod twice.
  expect(names(objects)).toContain('PodMonitor shop-api');
});

test('traffic that a router divides has a Service for each of the two, and may go by a header', () => {
  const trafficRouting = { managedRoutes: [{ name: 'testers' }], istio: { virtualService: { name: 'api' } } };
  const match = [{ headerName: 'x-test', headerValue: { exact: 'yes' } }];
  const steps = [{ setHeaderRoute: { name: 'testers', match } }, { pause: {} }];
  const objects = objectsOf({ delivery: { canary: { steps, trafficRouting } } });
  expect(names(objects)).toEqual(expect.arrayContaining(['Service shop-api', 'Service shop-api-canary']));
  expect(byKind(objects, 'Rollout').spec.strategy.canary).toMatchObject({
    ...{ stableService: 'shop-api', canaryService: 'shop-api-canary', trafficRouting, steps },
  });
});

test('an analysis asks Prometheus, once with nothing wrong unless it says more, and is named where it is used', () => {
  const shop = chart();
  const errors = new RolloutAnalysis(shop, 'errors', {
    prometheus: 'http://prometheus.monitoring:9090',
    metrics: { errors: { query: 'errors{service="{{args.service}}"}', success: 'result[0] < 0.05' } },
    args: ['service'],
  });
  const analysis = { templates: [errors, 'latency'], args: { service: 'api' } };
  new SecureService(shop, 'api', { ...REQUIRED, delivery: { canary: { steps: [{ analysis }], analysis } } });
  const objects = Testing.synth(shop) as object[];
  expect(byKind(objects, 'AnalysisTemplate')).toMatchObject({
    metadata: { name: 'shop-errors', labels: { 'app.kubernetes.io/component': 'errors' } },
    spec: {
      args: [{ name: 'service' }],
      metrics: [
        {
          ...{
            name: 'errors',
            count: 1,
            interval: '1m',
            failureLimit: 0,
            successCondition: 'result[0] < 0.05',
          },
          provider: {
            prometheus: {
              address: 'http://prometheus.monitoring:9090',
              query: 'errors{service="{{args.service}}"}',
            },
          },
        },
      ],
    },
  });
  const used = {
    templates: [{ templateName: 'shop-errors' }, { templateName: 'latency' }],
    args: [{ name: 'service', value: 'api' }],
  };
  expect(byKind(objects, 'Rollout').spec.strategy.canary).toMatchObject({
    ...{ steps: [{ analysis: used }], analysis: used },
  });
});

test('a value says the weight, and how many pods are on top', () => {
  const values = defineValues({
    weight: value.integer({ default: 20, doc: 'd' }),
    surge: value.string({ default: '25%', pattern: '^[0-9]+%$', doc: 'd' }),
  });
  const shop = new HelmChart(Testing.app(), 'shop', { description: 'test', values });
  new SecureService(shop, 'api', {
    ...REQUIRED,
    delivery: { canary: { steps: [{ setWeight: values.weight }, { pause: {} }], maxSurge: values.surge } },
  });
  expect(byKind(Testing.synth(shop) as object[], 'Rollout').spec.strategy.canary).toMatchObject({
    ...{ maxSurge: '25%', steps: [{ setWeight: 20 }, { pause: {} }] },
  });
});

const storage = { path: '/data', size: '1Gi' };
const route = { setHeaderRoute: { name: 'a' } };
test.each<readonly [prop: string, wrong: object, right: object]>([
  ['delivery', { delivery: CANARY, storage }, { delivery: CANARY }],
  ['delivery', { delivery: CANARY, updateStrategy: { maxSurge: 2 } }, { updateStrategy: { maxSurge: 2 } }],
  ['delivery', { delivery: {} }, { delivery: { blueGreen: {} } }],
  ['delivery.blueGreen', { delivery: { ...CANARY, blueGreen: {} } }, { delivery: CANARY }],
  ['delivery.canary.steps', { delivery: { canary: { steps: [] } } }, { delivery: CANARY }],
  [
    'delivery.canary.steps[0]',
    { delivery: { canary: { steps: [route] } } },
    { delivery: { canary: { steps: [route], trafficRouting: { istio: {} } } } },
  ],
  [
    'delivery.canary.steps[0].setWeight',
    { delivery: { canary: { steps: [{ setWeight: 101 }] } } },
    { delivery: { canary: { steps: [{ setWeight: 100 }] } } },
  ],
  [
    'delivery.canary.steps[0].pause.duration',
    { delivery: { canary: { steps: [{ pause: { duration: '10 min' } }] } } },
    { delivery: { canary: { steps: [{ pause: { duration: '10m' } }] } } },
  ],
  [
    'delivery.blueGreen.before.templates',
    { delivery: { blueGreen: { before: { templates: [] } } } },
    { delivery: { blueGreen: { before: { templates: ['a'] } } } },
  ],
])('%s of %j is refused, and %j is taken', (prop, wrong, right) => {
  const refused = () => objectsOf(wrong);
  expect(refused).toThrow(ConstructError);
  expect(refused).toThrow(` ${prop}: found`);
  objectsOf(right);
});

test.each<readonly [prop: string, wrong: object, right: object]>([
  ['prometheus', { prometheus: 'prometheus:9090' }, { prometheus: 'http://prometheus:9090' }],
  ['prometheus', { prometheus: 'http://user:word@prometheus' }, { prometheus: 'https://prometheus' }],
  [
    'metrics.errors.success',
    { metrics: { errors: { query: 'q' } } },
    { metrics: { errors: { query: 'q', success: 's' } } },
  ],
  ['args[0]', { args: ['a b'] }, { args: ['a-b'] }],
])('%s of an analysis with %j is refused, and with %j taken', (prop, wrong, right) => {
  const enough = { prometheus: 'http://p', metrics: { errors: { query: 'q', success: 's' } } };
  const make = (more: object) => new RolloutAnalysis(chart(), 'errors', { ...enough, ...more });
  expect(() => make(wrong)).toThrow(` ${prop}: found`);
  make(right);
});
