import {
  type Liveness,
  Metric,
  Peer,
  SecureAgent,
  type SecureAgentProps,
  SecureCron,
  type SecureCronProps,
  SecureTask,
  type SecureTaskProps,
  SecureWorker,
  type SecureWorkerProps,
} from '../../../constructs';
import { text } from '../../../core/template';
import { type HelmChart, KubeObject } from '../../../core/tree';
import { type CallingProgram, callingChart, callingPrograms } from './callee';
import {
  type As,
  anyText,
  applyChoices,
  boolean,
  dns,
  integer,
  labelTexts,
  oneOf,
  raw,
  type Settings,
  texts,
  withOptional,
} from './kit';

/** Programs that are generated: a worker, a cron, a task and an agent, whose props are absent, literals or values. */

type Mutable<T> = { -readonly [K in keyof T]?: T[K] };

/** The props of all four, and what each has for itself. */
interface Props {
  all: Mutable<Omit<SecureTaskProps, 'backoffLimit' | 'activeDeadlineSeconds' | 'run'>>;
  watched: { liveness: Liveness };
  worker: Mutable<SecureWorkerProps>;
  cron: Mutable<SecureCronProps>;
  task: Mutable<SecureTaskProps>;
  agent: Mutable<SecureAgentProps>;
  note: string;
}

const all: Settings<Props> = {
  tag: {
    ...oneOf('1.0.0', '0777', '1e3', 'v2_x'),
    apply: (props, tag: string) => {
      props.all.image = text`registry.example.com:5000/app:${tag}`;
    },
  },
  argument: {
    ...anyText,
    apply: (props, given: string) => {
      props.all.args = ['--given', given];
    },
  },
  variable: {
    ...anyText,
    apply: (props, given: string) => {
      props.all.env = { ...props.all.env, ONE: given };
    },
  },
  size: {
    ...integer(0, 70_000),
    apply: (props, given: number) => {
      props.all.env = { ...props.all.env, SIZE: given };
    },
  },
  verbose: {
    ...boolean,
    apply: (props, given: boolean) => {
      props.all.env = { ...props.all.env, VERBOSE: given };
    },
  },
  account: {
    ...dns,
    apply: (props, name: string) => {
      props.all.serviceAccount = { name };
    },
  },
  role: {
    ...texts,
    apply: (props, annotations: Readonly<Record<string, string>>) => {
      props.all.serviceAccount ??= { annotations };
    },
  },
  file: {
    ...dns,
    apply: (props, secretName: string) => {
      props.all.files = { '/etc/notes': { configMapName: 'notes' }, '/etc/key': { secretName, key: 'a.b' } };
    },
  },
  claim: {
    ...dns,
    apply: (props, claimName: string) => {
      props.all.claims = { '/shared': { claimName, readOnly: true } };
    },
  },
  audience: {
    ...oneOf('vault', '1e3', '~', 'a: b'),
    apply: (props, audience: string) => {
      props.all.projected = {
        '/run/parts': [{ token: { audience }, path: 'token' }, { configMapName: 'notes' }],
      };
    },
  },
  surge: {
    ...integer(1, 5),
    apply: (props, maxSurge: number) => {
      props.worker.updateStrategy = { maxSurge };
    },
  },
  hook: {
    ...anyText,
    apply: (props, word: string) => {
      props.all.preStop = ['end', word];
    },
  },
  note: {
    ...anyText,
    apply: (props, note: string) => {
      props.note = note;
    },
  },
  memory: {
    ...oneOf('64Mi', '1Gi'),
    apply: (props, memory: string) => {
      props.all.resources = { cpu: '100m', memory };
    },
  },
  whole: {
    ...oneOf('64Mi', '1Gi', '1024Mi', '3G'),
    apply: (props, memory: string) => {
      props.all.podResources = { cpu: '1', memory };
    },
  },
  user: {
    ...integer(0, 3),
    apply: (props, user: number) => {
      props.all.user = user;
    },
  },
  token: {
    ...boolean,
    apply: (props, token: boolean) => {
      props.all.serviceAccountToken = token;
    },
  },
  policy: {
    ...boolean,
    apply: (props, policy: boolean) => {
      props.all.networkPolicy = policy;
    },
  },
  cidr: {
    ...oneOf('10.0.0.0/8', '192.168.1.0/24'),
    apply: (props, cidr: string) => {
      props.all.egress = [{ cidr, port: 443 }];
    },
  },
  labels: {
    ...labelTexts,
    apply: (props, labels: Readonly<Record<string, string>>) => {
      props.all.labels = labels;
    },
  },
  annotations: {
    ...texts,
    apply: (props, given: Readonly<Record<string, string>>) => {
      props.all.annotations = given;
    },
  },
  podAnnotations: {
    ...texts,
    apply: (props, given: Readonly<Record<string, string>>) => {
      props.all.podAnnotations = given;
    },
  },
  tolerations: {
    ...raw([], [{ key: 'a', operator: 'Exists' }]),
    apply: (props, given: never) => {
      props.all.tolerations = given;
    },
  },
  grace: {
    ...integer(0, 120),
    apply: (props, seconds: number) => {
      props.all.terminationGracePeriodSeconds = seconds;
    },
  },
  age: {
    ...integer(0, 600),
    apply: (props, maxAgeSeconds: number) => {
      props.watched.liveness = { file: '/tmp/alive', maxAgeSeconds };
    },
  },
  reason: {
    ...oneOf('it ends by itself', 'true', '1e3'),
    apply: (props, none: string) => {
      props.watched.liveness = { none };
    },
  },
  replicas: {
    ...integer(0, 4),
    apply: (props, replicas: number) => {
      props.worker.replicas = replicas;
    },
  },
  autoscaled: {
    ...boolean,
    apply: (props, enabled: boolean) => {
      props.worker.autoscaling = { maxReplicas: 5, ...props.worker.autoscaling, enabled };
    },
  },
  queued: {
    ...integer(1, 100),
    apply: (props, perPod: number) => {
      const metrics = [Metric.external('queued', { perPod, labels: { queue: 'a' } })];
      props.worker.autoscaling = { maxReplicas: 5, ...props.worker.autoscaling, metrics };
    },
  },
  keda: {
    ...boolean,
    apply: (props, enabled: boolean) => {
      props.worker.keda = { maxReplicas: 5, triggers: TRIGGERS, ...props.worker.keda, enabled };
    },
  },
  fewest: {
    ...integer(0, 6),
    apply: (props, minReplicas: number) => {
      props.worker.keda = { maxReplicas: 5, triggers: TRIGGERS, ...props.worker.keda, minReplicas };
    },
  },
  told: {
    ...texts,
    apply: (props, metadata: Readonly<Record<string, string>>) => {
      props.worker.keda = { maxReplicas: 5, ...props.worker.keda, triggers: [{ type: 'kafka', metadata }] };
    },
  },
  schedule: {
    ...oneOf('@daily', '*/5 * * * *', '30 3 1,15 * mon-fri', '0 24 * * *', '0 0 * jan-JUN 0'),
    apply: (props, schedule: string) => {
      props.cron.schedule = schedule;
    },
  },
  zone: {
    ...oneOf('Etc/UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires'),
    apply: (props, timeZone: string) => {
      props.cron.timeZone = timeZone;
    },
  },
  suspended: {
    ...boolean,
    apply: (props, suspend: boolean) => {
      props.cron.suspend = suspend;
    },
  },
  late: {
    ...integer(9, 7200),
    apply: (props, seconds: number) => {
      props.cron.startingDeadlineSeconds = seconds;
    },
  },
  kept: {
    ...integer(0, 9),
    apply: (props, limit: number) => {
      props.cron.failedJobsHistoryLimit = limit;
    },
  },
  run: {
    ...dns,
    apply: (props, run: string) => {
      props.task.run = run;
    },
  },
  completions: {
    ...integer(1, 9),
    apply: (props, completions: number) => {
      props.task.completions = completions;
    },
  },
  backoffLimit: {
    ...integer(0, 10),
    apply: (props, limit: number) => {
      props.task.backoffLimit = limit;
      props.cron.backoffLimit = limit;
    },
  },
  hostReason: {
    ...oneOf('ships logs', 'yes'),
    apply: (props, reason: string) => {
      props.agent.hostPaths = [{ path: '/var/log', reason }];
      props.agent.hostNetwork = { reason };
    },
  },
  away: {
    ...integer(1, 5),
    apply: (props, maxUnavailable: number) => {
      props.agent.updateStrategy = { maxUnavailable };
    },
  },
};

export const settings = withOptional(all, [
  ...[
    'variable',
    'size',
    'verbose',
    'surge',
    'user',
    'labels',
    'annotations',
    'podAnnotations',
    'tolerations',
  ],
  ...['grace', 'replicas', 'zone', 'suspended', 'late', 'kept', 'completions', 'backoffLimit', 'away'],
]);

const TRIGGERS = [{ type: 'kafka', metadata: { topic: 'a' } }] as const;

export type Program = CallingProgram;

export { valuesOf } from './callee';

export const programs = callingPrograms(settings as Settings<never>);

/** The program as it is written, or, for the literal law, with everything that was given as a literal. */
export function chartOf(program: Program, as: As): HelmChart {
  const { chart, values, call } = callingChart(settings, program, as);
  const props: Props = {
    all: { image: 'registry.example.com/app:1', resources: 'small', writable: ['/tmp'] },
    watched: { liveness: { none: 'it ends by itself' } },
    worker: {},
    cron: { schedule: '@hourly' },
    task: {},
    agent: {},
    note: 'n',
  };
  applyChoices(chart, props, settings, program.choices, as, values);
  const env = { ...props.all.env, NOTE: { configMapName: 'notes', key: 'note' } };
  const all = { ...props.all, env, allowTo: [Peer.anybody()] };
  const family = [
    new SecureWorker(chart, 'worker', { ...all, ...props.watched, ...props.worker } as SecureWorkerProps),
    new SecureCron(chart, 'cron', { ...all, ...props.cron } as SecureCronProps),
    new SecureTask(chart, 'task', { ...all, ...props.task } as SecureTaskProps),
    new SecureAgent(chart, 'agent', { ...all, ...props.watched, ...props.agent } as SecureAgentProps),
  ];
  // What a pod reads is in its hash, also where it is made later.
  const data = { note: props.note };
  new KubeObject(chart, 'notes', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'notes' }, data });
  call(family);
  return chart;
}
