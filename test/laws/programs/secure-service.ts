import fc from 'fast-check';
import { Peer, Probe, SecureService, type SecureServiceProps } from '../../../constructs';
import { Expression, type Json, text } from '../../../core/template';
import type { HelmChart } from '../../../core/tree';
import { value } from '../../../core/values';
import { type CallingProgram, callingChart, callingPrograms } from './callee';
import {
  type As,
  anyText,
  applyChoices,
  boolean,
  dns,
  doc,
  integer,
  labelTexts,
  oneOf,
  raw,
  type Settings,
  texts,
  withOptional,
} from './kit';

/** Programs that are generated: a SecureService whose props are absent, literals or values of the chart. */

type Mutable<T> = { -readonly [K in keyof T]?: T[K] };
type Props = Mutable<SecureServiceProps>;

/** The whole range of props, so that a new one that misses here is seen by the test that lists them. */
const all: Settings<Props> = {
  tag: {
    arbitrary: fc.constantFrom('1.0.0', '0777', '1e3', 'v2_x', 'latest-1'),
    declare: (fallback) =>
      value.string({ default: fallback as string, pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$', doc }),
    apply: (props, tag: string) => {
      props.image = text`registry.example.com:5000/app:${tag}`;
    },
  },
  port: {
    ...integer(0, 65_536),
    apply: (props, port: number) => {
      props.port = port;
      props.portName = 'http';
    },
  },
  servicePort: {
    ...integer(1, 65_535),
    apply: (props, port: number) => {
      props.servicePort = port;
    },
  },
  replicas: {
    ...integer(0, 4),
    apply: (props, replicas: number) => {
      props.replicas = replicas;
    },
  },
  autoscaled: {
    ...boolean,
    apply: (props, enabled: boolean) => {
      props.autoscaling = { maxReplicas: 5, ...props.autoscaling, enabled };
    },
  },
  minReplicas: {
    ...integer(1, 6),
    apply: (props, minReplicas: number) => {
      props.autoscaling = { maxReplicas: 5, ...props.autoscaling, minReplicas };
    },
  },
  maxReplicas: {
    ...integer(1, 6),
    apply: (props, maxReplicas: number) => {
      props.autoscaling = { ...props.autoscaling, maxReplicas };
    },
  },
  memoryPercent: {
    ...integer(1, 100),
    apply: (props, memoryPercent: number) => {
      props.autoscaling = { maxReplicas: 5, ...props.autoscaling, memoryPercent };
    },
  },
  cpu: {
    ...oneOf('100m', '0.5', '2'),
    apply: (props, cpu: string) => {
      props.resources = { cpu, memory: '64Mi', ephemeralStorage: '2Gi' };
    },
  },
  cpuLimit: {
    ...oneOf('100m', '0.5', '2', '1500m'),
    apply: (props, cpuLimit: string) => {
      const rest = typeof props.resources === 'object' ? props.resources : { cpu: '0.25', memory: '64Mi' };
      props.resources = { ...rest, cpuLimit };
    },
  },
  pullPolicy: {
    arbitrary: fc.constantFrom('Always', 'IfNotPresent', 'Never'),
    declare: (fallback) =>
      value.oneOf(['Always', 'IfNotPresent', 'Never'], { default: fallback as 'Never', doc }),
    apply: (props, policy: 'Always') => {
      props.imagePullPolicy = policy;
    },
  },
  pullSecrets: {
    arbitrary: fc.array(dns.arbitrary, { maxLength: 3 }),
    declare: (fallback) => value.list(value.dnsName({ doc }), { default: fallback as string[], doc }),
    apply: (props, names: readonly string[]) => {
      props.imagePullSecrets = names;
    },
  },
  variable: {
    ...anyText,
    apply: (props, given: string) => {
      props.env = { ...props.env, ONE: given };
    },
  },
  secretName: {
    ...dns,
    apply: (props, secretName: string) => {
      props.env = { ...props.env, SECRET: { secretName, key: 'key', version: secretName } };
    },
  },
  configVersion: {
    ...anyText,
    apply: (props, version: string) => {
      props.env = { ...props.env, CONFIG: { configMapName: 'config', key: 'a.b', version } };
    },
  },
  extraEnv: {
    arbitrary: fc.constantFrom<Json>({}, { A: 'x' }, { B: '{{', A: 'true' }),
    declare: texts.declare,
    apply: (props, extra: Expression<Readonly<Record<string, string>>>) => {
      props.extraEnv =
        extra instanceof Expression
          ? extra
          : Object.keys(extra)
              .sort()
              .map((name) => ({ name, value: extra[name] as string }));
    },
  },
  argument: {
    ...anyText,
    apply: (props, given: string) => {
      props.args = ['--given', given];
    },
  },
  path: {
    ...anyText,
    apply: (props, path: string) => {
      props.probes = { ...props.probes, readiness: Probe.http(path) };
    },
  },
  period: {
    ...integer(1, 600),
    apply: (props, periodSeconds: number) => {
      props.probes = { ...props.probes, liveness: Probe.tcp({ periodSeconds }), startup: false };
    },
  },
  preStop: {
    ...integer(0, 40),
    apply: (props, seconds: number) => {
      props.preStopSeconds = seconds;
    },
  },
  grace: {
    ...integer(0, 120),
    apply: (props, seconds: number) => {
      props.terminationGracePeriodSeconds = seconds;
    },
  },
  user: {
    ...integer(0, 3),
    apply: (props, user: number) => {
      props.user = user;
    },
  },
  token: {
    ...boolean,
    apply: (props, token: boolean) => {
      props.serviceAccountToken = token;
    },
  },
  policy: {
    ...boolean,
    apply: (props, policy: boolean) => {
      props.networkPolicy = policy;
    },
  },
  cidr: {
    arbitrary: fc.constantFrom('10.0.0.0/8', '192.168.1.0/24'),
    declare: (fallback) => value.string({ default: fallback as string, doc }),
    apply: (props, cidr: string) => {
      props.egress = [{ cidr, port: 443 }];
    },
  },
  monitoring: {
    ...dns,
    apply: (props, namespace: string) => {
      props.allowPrometheus = { namespace };
    },
  },
  nodePort: {
    ...integer(29_999, 30_002),
    apply: (props, port: number) => {
      props.nodePort = { ...props.nodePort, port };
    },
  },
  nodePortEnabled: {
    ...boolean,
    apply: (props, enabled: boolean) => {
      props.nodePort = { port: 30_000, ...props.nodePort, enabled };
    },
  },
  ingress: {
    ...boolean,
    apply: (props, enabled: boolean) => {
      props.ingress = { host: 'a.example', ...props.ingress, enabled };
    },
  },
  host: {
    ...dns,
    apply: (props, host: string) => {
      props.ingress = { ...props.ingress, host };
    },
  },
  tls: {
    ...boolean,
    apply: (props, enabled: boolean) => {
      props.ingress = { host: 'a.example', ...props.ingress, tls: { enabled, secretName: 'cert' } };
    },
  },
  route: {
    ...boolean,
    apply: (props, enabled: boolean) => {
      props.httpRoute = {
        enabled,
        host: 'a.example',
        gateway: { name: 'gate' },
        controllerNamespace: 'gates',
      };
    },
  },
  hosts: {
    arbitrary: fc.subarray(['b.example', 'c.example']),
    declare: (fallback) =>
      value.list(value.string({ pattern: '^[a-z.]+$', doc }), { default: fallback as string[], doc }),
    apply: (props, hosts: readonly string[]) => {
      const gateway = { name: 'gate' };
      props.ingress = {
        host: 'a.example',
        ...props.ingress,
        hosts,
        paths: ['/a', { path: '/b', exact: true }],
      };
      props.grpcRoute = { host: 'a.example', hosts, gateway, controllerNamespace: 'gates' };
    },
  },
  balanced: {
    ...boolean,
    apply: (props, enabled: boolean) => {
      props.loadBalancer = { ...props.loadBalancer, enabled };
    },
  },
  balancedFor: {
    arbitrary: fc.subarray(['10.0.0.0/8', '192.168.1.0/24']),
    declare: (fallback) => value.list(value.string({ doc }), { default: fallback as string[], doc }),
    apply: (props, clients: readonly string[]) => {
      props.loadBalancer = { ...props.loadBalancer, clients };
    },
  },
  monitored: {
    ...boolean,
    apply: (props, enabled: boolean) => {
      const { monitor } = props.allowPrometheus ?? {};
      props.allowPrometheus = { namespace: 'monitoring', monitor: { ...monitor, enabled } };
    },
  },
  monitorLabel: {
    ...dns,
    apply: (props, release: string) => {
      const { monitor } = props.allowPrometheus ?? {};
      props.allowPrometheus = { namespace: 'monitoring', monitor: { ...monitor, labels: { release } } };
    },
  },
  metered: {
    ...boolean,
    apply: (props, enabled: boolean) => {
      props.ports = { metrics: { port: 9090, enabled } };
      props.probes = { ...props.probes, startup: Probe.tcp({ enabled }) };
    },
  },
  recommended: {
    ...boolean,
    apply: (props, recommend: boolean) => {
      props.recommendResources = recommend;
    },
  },
  serviceAnnotations: {
    ...texts,
    apply: (props, given: Readonly<Record<string, string>>) => {
      props.serviceAnnotations = given;
    },
  },
  labels: {
    ...labelTexts,
    apply: (props, labels: Readonly<Record<string, string>>) => {
      props.labels = labels;
    },
  },
  annotations: {
    ...texts,
    apply: (props, given: Readonly<Record<string, string>>) => {
      props.annotations = given;
    },
  },
  podAnnotations: {
    ...texts,
    apply: (props, given: Readonly<Record<string, string>>) => {
      props.podAnnotations = given;
    },
  },
  nodeSelector: {
    ...labelTexts,
    apply: (props, given: Readonly<Record<string, string>>) => {
      props.nodeSelector = given;
    },
  },
  tolerations: {
    ...raw([], [{ key: 'a', operator: 'Exists' }], [{ tolerationSeconds: 5 }]),
    apply: (props, given: never) => {
      props.tolerations = given;
    },
  },
  affinity: {
    ...raw({}, { nodeAffinity: {} }),
    apply: (props, given: never) => {
      props.affinity = given;
    },
  },
  storage: {
    ...oneOf('1Gi', '20Gi'),
    apply: (props, size: string) => {
      props.storage = { path: '/data', size };
    },
  },
  weight: {
    ...integer(-1, 101),
    apply: (props, setWeight: number) => {
      if (props.storage) return;
      const analysis = { templates: ['errors'], args: { service: 'a' } };
      const steps = [{ setWeight }, { pause: { duration: '1m' } }, { analysis }, { pause: {} }];
      props.delivery = { canary: { steps } };
    },
  },
  stands: {
    ...integer(0, 600),
    apply: (props, autoPromotionSeconds: number) => {
      // With two Services there is no ServiceMonitor, of which there are few as it is.
      if (!props.storage && !props.allowPrometheus?.monitor)
        props.delivery = { blueGreen: { autoPromotion: false, autoPromotionSeconds, keepSeconds: 5 } };
    },
  },
  writable: {
    ...oneOf('1Mi', '64Mi'),
    apply: (props, size: string) => {
      props.writable = ['/tmp', { path: '/var/cache', size, inMemory: true }];
    },
  },
  priority: {
    ...dns,
    apply: (props, name: string) => {
      props.priorityClassName = name;
    },
  },
};

export const settings = withOptional(all, [
  ...[
    'replicas',
    'pullPolicy',
    'pullSecrets',
    'variable',
    'grace',
    'user',
    'preStop',
    'labels',
    'annotations',
  ],
  ...['podAnnotations', 'nodeSelector', 'tolerations', 'affinity', 'priority'],
]);

export type Program = CallingProgram;

export { valuesOf } from './callee';

export const programs = callingPrograms(settings as Settings<never>);

/** The program as it is written, or, for the literal law, with everything that was given as a literal. */
export function chartOf(program: Program, as: As): HelmChart {
  const { chart, values, call } = callingChart(settings, program, as);
  const props: Props = {
    image: 'registry.example.com/app:1',
    port: 8080,
    resources: 'small',
    allowPlainIngress: true,
  };
  applyChoices(chart, props, settings, program.choices, as, values);
  const service = new SecureService(chart, 'app', {
    ...(props as SecureServiceProps),
    allowTo: [Peer.anybody()],
  });
  call([service]);
  return chart;
}
