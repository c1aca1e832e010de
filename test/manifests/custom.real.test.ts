import { withNamespace } from '../../cluster';
import {
  ReferenceGrant,
  RolloutAnalysis,
  SecureGateway,
  SecureService,
  SecureWorker,
} from '../../constructs';
import { Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { HelmChart } from '../../core/tree';
import { withDefinition } from '../support/custom-resource';

jest.setTimeout(300_000);

/** Every object that we print for something that others have to have installed. */
function objects(): ReadonlyMap<unknown, JsonObject> {
  const chart = new HelmChart(Testing.app(), 'shop', { description: 'A shop' });
  const image = 'registry.example.com/shop:1';
  const monitor = { path: '/stats', interval: '30s', labels: { release: 'prometheus' } };
  const allowPrometheus = { namespace: 'monitoring', monitor };
  new SecureService(chart, 'web', {
    ...{ image, port: 8080, resources: 'small', allowPrometheus },
    recommendResources: true,
  });
  new SecureService(chart, 'db', {
    ...{ image, port: 5432, resources: 'small', allowPrometheus },
    storage: { path: '/data', size: '1Gi' },
  });
  new SecureWorker(chart, 'mailer', {
    ...{ image, resources: 'small', liveness: { none: 'it ends by itself' } },
    keda: {
      minReplicas: 1,
      maxReplicas: 20,
      pollingSeconds: 15,
      cooldownSeconds: 60,
      triggers: [
        {
          type: 'rabbitmq',
          metadata: { queueName: 'mails', value: '30' },
          authentication: { name: 'queue' },
        },
      ],
    },
  });
  new SecureGateway(chart, 'public', {
    className: 'istio',
    listeners: {
      https: { host: '*.example.com', secretName: 'example-tls', secretNamespace: 'certs' },
      pass: { passthrough: true, port: 8443, routesFrom: { labels: { team: 'shop' } } },
      plain: { plain: true, port: 8080, routesFrom: 'All' },
    },
    redirectPlain: true,
    infrastructureAnnotations: { 'example.com/load-balancer': 'internal' },
  });
  new ReferenceGrant(chart, 'certificates', {
    from: [{ kind: 'Gateway', namespace: 'edge' }],
    secrets: ['example-tls'],
  });
  const errors = new RolloutAnalysis(chart, 'errors', {
    prometheus: 'http://prometheus.monitoring:9090',
    metrics: {
      errors: { query: 'errors{service="{{args.service}}"}', success: 'result[0] < 0.05', count: 5 },
    },
    args: ['service'],
  });
  const analysis = { templates: [errors], args: { service: 'api' } };
  const match = [{ headerName: 'x-test', headerValue: { exact: 'yes' } }];
  new SecureService(chart, 'api', {
    ...{ image, port: 8080, resources: 'small', replicas: 4 },
    delivery: {
      canary: {
        steps: [
          ...[{ setWeight: 25 }, { pause: { duration: '5m' } }, { analysis }, { pause: {} }],
          { setHeaderRoute: { name: 'testers', match } },
        ],
        analysis,
        trafficRouting: { managedRoutes: [{ name: 'testers' }], istio: { virtualService: { name: 'api' } } },
      },
    },
  });
  new SecureService(chart, 'page', {
    ...{ image, port: 8080, resources: 'small', autoscaling: { maxReplicas: 5 } },
    delivery: {
      blueGreen: { autoPromotion: false, autoPromotionSeconds: 60, before: analysis, after: analysis },
    },
  });
  const printed = Testing.synth(chart) as JsonObject[];
  return new Map(printed.map((one) => [`${one.kind} ${(one.metadata as { name: string }).name}`, one]));
}

describe('what others define, on an API server that has their definitions', () => {
  const cluster = withDefinition('servicemonitors');
  withDefinition('podmonitors');
  withDefinition('verticalpodautoscalers');
  withDefinition('scaledobjects');
  withDefinition('gateways');
  withDefinition('httproutes');
  withDefinition('referencegrants');
  withDefinition('rollouts');
  withDefinition('analysistemplates');

  test.each<[object: string, change: readonly [string, string], why: string]>([
    ['ServiceMonitor shop-web', ['"30s"', '"30 s"'], 'interval'],
    ['PodMonitor shop-db', ['"podMetricsEndpoints"', '"endpoints"'], 'endpoints'],
    ['VerticalPodAutoscaler shop-web', ['"Off"', '"Never"'], 'updateMode'],
    ['ScaledObject shop-mailer', ['"maxReplicaCount":20', '"maxReplicaCount":"20"'], 'maxReplicaCount'],
    ['Gateway shop-public', ['"Terminate"', '"Ends"'], 'mode'],
    ['Gateway shop-public', ['"hostname":"*.example.com"', '"hostname":"*"'], 'hostname'],
    ['HTTPRoute shop-public-redirect', ['"statusCode":301', '"statusCode":200'], 'statusCode'],
    ['Rollout shop-api', ['"setWeight":25', '"setWeight":"25"'], 'setWeight'],
    ['Rollout shop-api', ['"setHeaderRoute"', '"setHeaderRoutes"'], 'setHeaderRoutes'],
    ['Rollout shop-page', ['"prePromotionAnalysis"', '"beforeAnalysis"'], 'beforeAnalysis'],
    ['AnalysisTemplate shop-errors', ['"successCondition"', '"success"'], 'success'],
    ['ReferenceGrant shop-certificates', ['"namespace":"edge"', '"namespace":"Edge"'], 'namespace'],
  ])('%s is accepted strictly; with %j in it, it is refused', async (name, [from, to], why) => {
    const object = JSON.stringify(objects().get(name));
    expect(object).toContain(from);
    await withNamespace(cluster(), async (namespace) => {
      const apply = (given: string) =>
        namespace.kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], {
          input: given,
          allowFailure: true,
        });
      expect(await apply(object)).toMatchObject({ code: 0 });
      expect((await apply(object.replace(from, to))).stderr).toContain(why);
    });
  });
});
