import { readFileSync } from 'node:fs';
import {
  HelmTest,
  Migration,
  Probe,
  RolloutAnalysis,
  SecureGateway,
  SecureService,
  type SecureServiceProps,
  SecureWorker,
} from '../constructs';
import { App, Testing } from '../core/synth';
import { HelmChart } from '../core/tree';
import { type Member, objectsOfMember } from '../test/support/family';
import { pages } from './api-reference';
import { Doors } from './documented';

const documented = new Doors(['constructs/index.ts']).documentedIn('constructs/index.ts');

test.each(pages().map(([{ title, file }, page]) => [title, file, page] as const))(
  'the reference of %s is the one that the comments give today (mend: npx tsx scripts/api-reference.ts)',
  (_, file, page) => {
    expect(readFileSync(file, 'utf8')).toBe(page);
  },
);

type Given = Readonly<Record<string, unknown>>;

const REQUIRED = { image: 'app:1', port: 8080, resources: { cpu: '1', memory: '1Gi' }, replicas: 2 } as const;

function service(more: Partial<SecureServiceProps>): unknown {
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'chart', { description: 'test' });
  new SecureService(chart, 'api', { ...REQUIRED, ...more });
  return Testing.synth(chart);
}

function migration(more: Given): unknown {
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'chart', { description: 'test' });
  new Migration(chart, 'migrate', { image: 'app:1', command: ['go'], ...more });
  return Testing.synth(chart);
}

function worker(more: Given): unknown {
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'chart', { description: 'test' });
  new SecureWorker(chart, 'work', { image: 'app:1', resources: 'small', liveness: { none: 'why' }, ...more });
  return Testing.synth(chart);
}

function analysis(more: Given): unknown {
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'chart', { description: 'test' });
  const metrics = { errors: { query: 'q', success: 's' } };
  new RolloutAnalysis(chart, 'errors', { prometheus: 'http://prometheus', metrics, ...more });
  return Testing.synth(chart);
}

/** A member of the family that ends, or that runs on every node. */
const member = (name: Member) => (more: Given) => objectsOfMember(name, more);

function helmTest(more: Given): unknown {
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'chart', { description: 'test' });
  new HelmTest(chart, 'ask', { image: 'app:1', command: ['go'], ...more });
  return Testing.synth(chart, { release: { service: 'Helm' } });
}

function gateway(more: Given): unknown {
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'chart', { description: 'test' });
  new SecureGateway(chart, 'edge', {
    className: 'istio',
    listeners: { https: { secretName: 'tls' } },
    ...more,
  });
  return Testing.synth(chart);
}

/** What is rendered with some props of an interface given, and everything else as it is by default. */
const renderings: Readonly<Record<string, (given: Given) => unknown>> = {
  Autoscaling: (given) => service({ autoscaling: { maxReplicas: 5, ...given } }),
  ApiServerAddress: (given) => service({ allowApiServer: { ...given } }),
  DisruptionBudget: (given) => service({ disruptionBudget: { ...given } }),
  EgressRange: (given) => service({ egress: [{ cidr: '10.0.0.0/8', port: 1, ...given }] }),
  AnalysisMetric: (given) => analysis({ metrics: { errors: { query: 'q', success: 's', ...given } } }),
  BlueGreenDelivery: (given) => service({ delivery: { blueGreen: { ...given } } }),
  CanaryDelivery: (given) => service({ delivery: { canary: { steps: [{ pause: {} }], ...given } } }),
  DeliveryProps: service,
  RolloutAnalysisProps: analysis,
  AgentProps: member('SecureAgent'),
  AgentUpdate: (given) => member('SecureAgent')({ updateStrategy: { ...given } }),
  ContainerProps: service,
  CronProps: member('SecureCron'),
  EscapeProps: service,
  FromConfigMap: (given) => service({ env: { A: { configMapName: 'a', key: 'b', ...given } } }),
  GatewayListener: (given) => gateway({ listeners: { https: { secretName: 'tls', ...given } } }),
  HelmTestProps: helmTest,
  HttpRouteOptions: (given) =>
    service({ httpRoute: { host: 'a', gateway: { name: 'g' }, controllerNamespace: 'n', ...given } }),
  IngressOptions: (given) => service({ allowPlainIngress: true, ingress: { host: 'a', ...given } }),
  IngressTls: (given) => service({ ingress: { host: 'a', tls: { secretName: 's', ...given } } }),
  HostPath: (given) => member('SecureAgent')({ hostPaths: [{ path: '/a', reason: 'why', ...given }] }),
  JobProps: member('SecureCron'),
  KedaScaling: (given) =>
    worker({ keda: { maxReplicas: 2, triggers: [{ type: 'cpu', metadata: {} }], ...given } }),
  LoadBalancerOptions: (given) => service({ loadBalancer: { ...given } }),
  LooseningProps: service,
  MigrationProps: migration,
  MonitorOptions: (given) => service({ allowPrometheus: { namespace: 'n', monitor: { ...given } } }),
  MeasuredProps: member('SecureAgent'),
  NetworkProps: service,
  OutgoingProps: service,
  PodProps: service,
  NodePortOptions: (given) => service({ nodePort: { port: 30_000, ...given } }),
  OneShotAccount: (given) => migration({ serviceAccount: { ...given } }),
  OneShotProps: migration,
  ExtraPort: (given) => service({ ports: { metrics: { port: 9090, ...given } } }),
  Probes: (given) => service({ probes: { ...given } }),
  Resources: (given) => service({ resources: { cpu: '1', memory: '1Gi', ...given } }),
  ServingProps: service,
  SecureGatewayProps: gateway,
  Storage: (given) => service({ storage: { path: '/data', size: '1Gi', ...given } }),
  UpdateStrategy: (given) => service({ updateStrategy: { ...given } }),
  RouteOptions: (given) =>
    service({ grpcRoute: { host: 'a', gateway: { name: 'g' }, controllerNamespace: 'n', ...given } }),
  RunningProps: ({ replicas, ...given }) => service({ ...given, replicas: (replicas as number) ?? 1 }),
  TaskProps: member('SecureTask'),
  TokenOptions: (given) =>
    service({ projected: { '/run/parts': [{ token: { audience: 'vault', ...given }, path: 'token' }] } }),
  WritableFolder: (given) => service({ writable: [{ path: '/tmp', ...given }] }),
};

/** Defaults that are the absence of something, or belong to no construct's output. */
const notRendered = ['FromSecret.optional', 'FromConfigMap.optional', 'WritableFolder.inMemory'];

const defaults = documented
  .filter(({ kind }) => kind === 'interface')
  .flatMap(({ name, props }) =>
    props.flatMap(({ name: prop, fallback }) =>
      fallback === undefined || fallback.startsWith('-')
        ? []
        : [[`${name}.${prop}`, name, prop, fallback] as const],
    ),
  )
  // The sandbox and the peers have tests of their own.
  .filter(([, name]) => renderings[name]);

test.each(defaults.filter(([title]) => !notRendered.includes(title)))(
  'the documented default of %s is what is printed without it',
  (_, name, prop, fallback) => {
    const value = new Function('Probe', `return (${fallback});`)(Probe) as unknown;
    const render = renderings[name] as (given: Given) => unknown;
    expect(render({ [prop]: value })).toEqual(render({}));
  },
);

test('enough defaults are compared to mean something', () => {
  expect(defaults.length).toBeGreaterThan(30);
});
