import { Testing } from '../../core/synth';
import { text } from '../../core/template';
import { HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { makeMember, objectsOfMember, podsOf } from '../../test/support/family';
import { Metric, Probe, SecureWorker } from '..';

// biome-ignore lint/suspicious/noExplicitAny: a test reads rendered objects as what they are
type Any = any;
const objectsOf = (more: object = {}): Any[] => objectsOfMember('SecureWorker', more);
const byKind = (objects: Any[], kind: string): Any => objects.find((one) => one.kind === kind);
const appOf = (more: object): Any => podsOf(objectsOf(more)).template.spec.containers[0];

test('a worker is a Deployment, an account and a policy, without a Service or a port', () => {
  const objects = objectsOf();
  expect(objects.map(({ kind }) => kind).sort()).toEqual(['Deployment', 'NetworkPolicy', 'ServiceAccount']);
  expect(byKind(objects, 'Deployment').spec).toMatchObject({
    replicas: 1,
    strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
  });
});

describe('liveness', () => {
  const timing = { periodSeconds: 10, timeoutSeconds: 5 };
  const start = { periodSeconds: 2, failureThreshold: 30, timeoutSeconds: 5 };

  test('is a command, which is asked until it succeeds at the start too', () => {
    const { livenessProbe, startupProbe, readinessProbe } = appOf({ liveness: Probe.exec(['w', 'alive']) });
    const exec = { command: ['w', 'alive'] };
    expect(livenessProbe).toEqual({ exec, ...timing });
    expect(startupProbe).toEqual({ exec, ...start });
    expect(readinessProbe).toBeUndefined();
  });

  test('has the timing that it is given', () => {
    const liveness = Probe.exec(['w'], { periodSeconds: 60, failureThreshold: 2 });
    const startup = Probe.exec(['s'], { failureThreshold: 9 });
    const { livenessProbe, startupProbe } = appOf({ liveness, startup });
    expect(livenessProbe).toMatchObject({ periodSeconds: 60, failureThreshold: 2, timeoutSeconds: 5 });
    expect(startupProbe).toMatchObject({ exec: { command: ['s'] }, failureThreshold: 9, periodSeconds: 2 });
    expect(appOf({ liveness, startup: false }).startupProbe).toBeUndefined();
  });

  test('is the age of a file, in words that Kubernetes passes on as they are', () => {
    const { livenessProbe } = appOf({
      liveness: { file: '/tmp/alive', maxAgeSeconds: 60 },
      writable: ['/tmp'],
    });
    const age = 'test $$(($$(date +%s) - $$(stat -c %Y "$$1"))) -le "$$2"';
    expect(livenessProbe).toEqual({
      exec: { command: ['sh', '-c', age, 'sh', '/tmp/alive', '60'] },
      ...timing,
    });
  });

  test('is none with a reason, which whoever reads the cluster finds, and which replaces no pod', () => {
    const objects = objectsOf({ liveness: { none: 'it ends with its parent' }, annotations: { a: 'b' } });
    const { metadata, spec } = byKind(objects, 'Deployment');
    expect(metadata.annotations).toEqual({
      a: 'b',
      'reason.drydock.dev/no-liveness': 'it ends with its parent',
    });
    expect(spec.template).toEqual(
      byKind(objectsOf({ liveness: { none: 'another' } }), 'Deployment').spec.template,
    );
    const [app] = spec.template.spec.containers;
    expect([app.livenessProbe, app.startupProbe]).toEqual([undefined, undefined]);
  });

  test('that gives nothing up needs no reason, and has no annotation of one', () => {
    const watched = { liveness: { file: '/tmp/alive', maxAgeSeconds: 9 }, writable: ['/tmp'] };
    expect(byKind(objectsOf(watched), 'Deployment').metadata).not.toHaveProperty('annotations');
  });
});

test('metrics take the place of CPU, unless that is asked for too', () => {
  const metricsOf = (more: object) =>
    byKind(objectsOf({ autoscaling: { maxReplicas: 9, ...more } }), 'HorizontalPodAutoscaler').spec.metrics;
  const external = Metric.external('ready', { perPod: 30, labels: { queue: 'mails' } });
  const pods = Metric.pods('jobs', { perPod: '500m' });
  const printed = {
    type: 'External',
    external: {
      metric: { name: 'ready', selector: { matchLabels: { queue: 'mails' } } },
      target: { type: 'AverageValue', averageValue: '30' },
    },
  };
  const cpu = (percent: number) => ({
    type: 'Resource',
    resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percent } },
  });
  expect(metricsOf({})).toEqual([cpu(80)]);
  expect(metricsOf({ metrics: [external] })).toEqual([printed]);
  expect(metricsOf({ metrics: [external], cpuPercent: 50 })).toEqual([cpu(50), printed]);
  expect(metricsOf({ metrics: [pods, Metric.external('lag', { total: '1k' })] })).toEqual([
    {
      type: 'Pods',
      pods: { metric: { name: 'jobs' }, target: { type: 'AverageValue', averageValue: '500m' } },
    },
    { type: 'External', external: { metric: { name: 'lag' }, target: { type: 'Value', value: '1k' } } },
  ]);
});

describe('KEDA', () => {
  const keda = {
    maxReplicas: 9,
    triggers: [{ type: 'rabbitmq', metadata: { queueName: 'mails' }, authentication: { name: 'queue' } }],
  };

  test('decides in the place of `replicas`, down to none', () => {
    const objects = objectsOf({ keda });
    expect(byKind(objects, 'Deployment').spec.replicas).toBeUndefined();
    expect(byKind(objects, 'PodDisruptionBudget')).toBeUndefined();
    expect(byKind(objects, 'ScaledObject')).toMatchObject({
      apiVersion: 'keda.sh/v1alpha1',
      metadata: { name: 'shop-one' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop-one' },
        minReplicaCount: 0,
        maxReplicaCount: 9,
        pollingInterval: 30,
        cooldownPeriod: 300,
        triggers: [
          { type: 'rabbitmq', metadata: { queueName: 'mails' }, authenticationRef: { name: 'queue' } },
        ],
      },
    });
  });

  test('leaves the number to `replicas` where it is off, and brings a budget where two run', () => {
    const values = defineValues({ keda: value.boolean({ default: true, doc: 'd' }) });
    const chart = new HelmChart(Testing.app(), 'shop', { description: 'test', values });
    makeMember('SecureWorker', { replicas: 3, keda: { ...keda, enabled: values.keda } }, chart);
    const kinds = (on: boolean) => {
      const objects = Testing.synth(chart, { values: { keda: on } }) as Any[];
      const both = ['ScaledObject', 'PodDisruptionBudget'].map((kind) => byKind(objects, kind) !== undefined);
      return [byKind(objects, 'Deployment').spec.replicas, ...both];
    };
    expect(kinds(true)).toEqual([undefined, true, false]);
    expect(kinds(false)).toEqual([3, false, true]);
    expect(byKind(objectsOf({ keda: { ...keda, minReplicas: 2 } }), 'PodDisruptionBudget')).toBeDefined();
  });
});

const external = (more: object) => ({
  autoscaling: {
    maxReplicas: 2,
    metrics: [
      {
        type: 'External',
        external: { metric: { name: 'a' }, target: { type: 'Value', value: '1' }, ...more },
      },
    ],
  },
});

const trigger = { type: 'cron', metadata: { start: '0 8 * * *' } };
const scaled = (more: object) => ({ maxReplicas: 5, triggers: [trigger], ...more });

test.each<[place: string, code: string, wrong: object, right: object]>([
  ['liveness', 'PROP_MISSING', { liveness: undefined }, { liveness: { none: 'x' } }],
  ['liveness', 'PROP_INVALID', { liveness: false }, { liveness: Probe.exec(['w']) }],
  ['liveness.none', 'PROP_INVALID', { liveness: { none: ' ' } }, { liveness: { none: 'why' } }],
  [
    'liveness.ask.httpGet.port',
    'PROP_INVALID',
    { liveness: Probe.http('/health') },
    { liveness: Probe.http('/health', { port: 8080 }) },
  ],
  [
    'liveness.ask.tcpSocket.port',
    'PROP_INVALID',
    { liveness: Probe.tcp() },
    { liveness: Probe.tcp({ port: 1 }) },
  ],
  [
    'startup.ask.tcpSocket.port',
    'PROP_INVALID',
    { startup: Probe.tcp() },
    { startup: Probe.tcp({ port: 1 }) },
  ],
  ['startup', 'PROP_INVALID', { startup: true }, { startup: false }],
  [
    'liveness.file',
    'PROP_INVALID',
    { liveness: { file: '/tmp/alive', maxAgeSeconds: 9 } },
    { liveness: { file: '/tmp/alive', maxAgeSeconds: 9 }, writable: ['/tmp/'] },
  ],
  [
    'liveness.file',
    'PROP_INVALID',
    { liveness: { file: '/tmpalive', maxAgeSeconds: 9 }, writable: ['/tmp'] },
    { liveness: { file: '/tmpalive', maxAgeSeconds: 9 }, allowWritableRoot: true },
  ],
  [
    'liveness.maxAgeSeconds',
    'PROP_INVALID',
    { liveness: { file: '/tmp/alive', maxAgeSeconds: 0 }, writable: ['/tmp'] },
    { liveness: { file: '/tmp/alive', maxAgeSeconds: 1 }, writable: ['/tmp'] },
  ],
  [
    'autoscaling.maxReplicas',
    'SCALING_RANGE',
    { autoscaling: { maxReplicas: 1 } },
    { autoscaling: { maxReplicas: 2 } },
  ],
  [
    'keda.maxReplicas',
    'SCALING_RANGE',
    { keda: scaled({ minReplicas: 6 }) },
    { keda: scaled({ minReplicas: 5 }) },
  ],
  ['keda.triggers', 'PROP_INVALID', { keda: scaled({ triggers: [] }) }, { keda: scaled({}) }],
  [
    'keda.triggers[0].type',
    'PROP_INVALID',
    { keda: scaled({ triggers: [{ ...trigger, type: 'A B' }] }) },
    { keda: scaled({}) },
  ],
  [
    'keda.triggers[0].metadata.length',
    'PROP_INVALID',
    { keda: scaled({ triggers: [{ ...trigger, metadata: { length: 5 } }] }) },
    { keda: scaled({ triggers: [{ ...trigger, metadata: { length: '5' } }] }) },
  ],
  [
    'keda',
    'PROP_INVALID',
    { keda: scaled({}), autoscaling: { maxReplicas: 2 } },
    { keda: scaled({}), autoscaling: { maxReplicas: 2, enabled: false } },
  ],
  [
    'autoscaling.metrics[0].external.metric.name',
    'PROP_INVALID',
    external({ metric: { name: 'a/b' } }),
    external({ metric: { name: 'a.b' } }),
  ],
  ...['.', '..'].map((name): [string, string, object, object] => [
    'autoscaling.metrics[0].external.metric.name',
    'PROP_INVALID',
    external({ metric: { name } }),
    external({ metric: { name: `${name}a` } }),
  ]),
  [
    'autoscaling.metrics[0].external.target.value',
    'QUANTITY_INVALID',
    external({ target: { type: 'Value', value: '0' } }),
    external({ target: { type: 'Value', value: '500m' } }),
  ],
  [
    'autoscaling.metrics[0].external.target.type',
    'PROP_INVALID',
    external({ target: { type: 'Value', averageValue: '1' } }),
    external({ target: { type: 'AverageValue', averageValue: '1' } }),
  ],
  [
    'autoscaling.metrics[0].type',
    'PROP_INVALID',
    { autoscaling: { maxReplicas: 2, metrics: [{ ...Metric.pods('a', { perPod: 1 }), type: 'External' }] } },
    { autoscaling: { maxReplicas: 2, metrics: [Metric.pods('a', { perPod: 1 })] } },
  ],
  [
    'dnsConfig.nameservers[0]',
    'PROP_INVALID',
    { dnsConfig: { nameservers: ['dns'] } },
    { dnsConfig: { nameservers: ['fd00::a', '10.0.0.10'] } },
  ],
  [
    'dnsConfig.searches[0]',
    'PROP_INVALID',
    { dnsConfig: { searches: ['A.b'] } },
    { dnsConfig: { searches: ['a.b', '_c.d'] } },
  ],
  [
    'dnsConfig.options[0].name',
    'PROP_MISSING',
    { dnsConfig: { options: [{}] } },
    { dnsConfig: { options: [{ name: 'ndots' }] } },
  ],
  [
    'hostAliases[0].ip',
    'PROP_INVALID',
    { hostAliases: [{ ip: '10.0.0.1/32', hostnames: ['db'] }] },
    { hostAliases: [{ ip: '10.0.0.1', hostnames: ['db'] }] },
  ],
  ['replicas', 'SCALING_RANGE', { replicas: -1 }, { replicas: 0 }],
  ['probes', 'PROP_UNKNOWN', { probes: {} }, {}],
])('refuses %s (%s)', (place, code, wrong, right) => {
  expect(() => makeMember('SecureWorker', wrong)).toThrow(
    expect.objectContaining({ code, where: `shop/one ${place}` }),
  );
  expect(() => makeMember('SecureWorker', right)).not.toThrow();
});

test('the age of the file may be a value, and is asked when the chart is installed', () => {
  const values = defineValues({
    age: value.integer({ default: 60, doc: 'd' }),
    why: value.string({ default: 'x', doc: 'd' }),
  });
  const chart = new HelmChart(Testing.app(), 'shop', { description: 'test', values });
  new SecureWorker(chart, 'one', {
    image: 'a:1',
    resources: 'small',
    writable: ['/tmp'],
    liveness: { file: '/tmp/alive', maxAgeSeconds: values.age },
    podAnnotations: { why: text`${values.why}` },
  });
  const synth = (age: number) => podsOf(Testing.synth(chart, { values: { age } }) as never).template.spec;
  expect(synth(90).containers[0].livenessProbe.exec.command.at(-1)).toBe('90');
  expect(() => synth(0)).toThrow(/liveness\.maxAgeSeconds/);
});
