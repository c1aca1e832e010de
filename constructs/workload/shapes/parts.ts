import { prop } from '../../../core/props';
import type {
  ExecAction,
  GRPCAction,
  HTTPGetAction,
  Probe as KubeProbe,
  TCPSocketAction,
} from '../../../imports/k8s';
import type { Probe, Probes } from '../probes';
import { type PodResources, PRESETS, type ResourcePreset, type Resources } from '../resources';
import type { Autoscaling, DisruptionBudget } from '../scaling';
import type { Storage, WritableFolder } from '../storage';
import { word } from './env';
import { folder } from './folder';
import { metricSpec } from './metric-spec';

/** The shapes of the objects that props are made of. */

export const dataList = prop.list(prop.data());

/** How a node gets the image. */
export const imagePull = {
  imagePullPolicy: prop.oneOf(['Always', 'IfNotPresent', 'Never']).orAbsent(),
  imagePullSecrets: prop.list(prop.objectName()).orAbsent(),
} as const;

/** On which nodes a pod may run. */
export const placement = {
  nodeSelector: prop.labels().orAbsent(),
  tolerations: prop
    .byKind(
      { list: dataList.orAbsent(), object: prop.data().orAbsent() },
      'a list of tolerations as Kubernetes writes them',
    )
    .orAbsent(),
  affinity: prop.data().orAbsent(),
} as const;

const seconds = (min: number) => prop.integer({ min }).orAbsent();

const probePort = prop.byKind({ number: prop.port(), text: prop.portName() }, 'a port, or the name of one');
const EXPECTED = 'httpGet, tcpSocket, exec or grpc, as Probe.http(...) and its kin give it';
/** What is asked; an object has one of these. */
const ask = prop.forms(
  {
    httpGet: prop.object<Pick<KubeProbe, 'httpGet'>>({
      httpGet: prop.object<HTTPGetAction>({
        path: prop.text(),
        port: probePort.required(),
        scheme: prop.oneOf(['HTTP', 'HTTPS']),
        host: prop.text(),
        httpHeaders: prop.list(prop.data()),
      }),
    }),
    tcpSocket: prop.object<Pick<KubeProbe, 'tcpSocket'>>({
      tcpSocket: prop.object<TCPSocketAction>({ port: probePort.required(), host: prop.text() }),
    }),
    exec: prop.object<Pick<KubeProbe, 'exec'>>({
      exec: prop.object<ExecAction>({ command: prop.list(word, { minItems: 1 }) }),
    }),
    grpc: prop.object<Pick<KubeProbe, 'grpc'>>({
      grpc: prop.object<GRPCAction>({ port: prop.port().required(), service: prop.text({ minLength: 0 }) }),
    }),
  },
  EXPECTED,
);

const probe = prop.object<Probe>({
  ask: ask.required(),
  enabled: prop.boolean(),
  initialDelaySeconds: seconds(0),
  periodSeconds: seconds(1),
  timeoutSeconds: seconds(1),
  failureThreshold: seconds(1),
  successThreshold: seconds(1),
});

/** Liveness and startup know one success only. */
export const onceIsEnough = prop.object<Probe>({
  ask: ask.required(),
  enabled: prop.boolean(),
  initialDelaySeconds: seconds(0),
  periodSeconds: seconds(1),
  timeoutSeconds: seconds(1),
  failureThreshold: seconds(1),
  successThreshold: prop.integer({ min: 1, max: 1 }).orAbsent(),
});

const orNone = (shape: typeof probe) =>
  prop.byKind(
    { object: shape, boolean: prop.exactly(false) },
    'a Probe such as Probe.http("/health"), or false',
  );

export const probes = prop.object<Probes>({
  liveness: orNone(onceIsEnough),
  readiness: orNone(probe),
  startup: orNone(onceIsEnough),
});

export const resources = prop.byKind(
  {
    text: prop.oneOf(Object.keys(PRESETS) as ResourcePreset[], {
      expected: `one of ${Object.keys(PRESETS).join(', ')}, or { cpu, memory }`,
    }),
    object: prop.object<Resources>({
      cpu: prop.cpu().required(),
      memory: prop.bytes().required(),
      cpuLimit: prop.cpu().orAbsent(),
      ephemeralStorage: prop.bytes().orAbsent(),
    }),
  },
  `one of ${Object.keys(PRESETS).join(', ')}, or { cpu, memory }`,
);

export const podResources = prop.object<PodResources>({
  cpu: prop.cpu().required(),
  memory: prop.bytes().required(),
  cpuLimit: prop.cpu().orAbsent(),
});

export const writable = prop.list(
  prop.byKind(
    {
      text: folder,
      object: prop.object<WritableFolder>({
        path: folder.required(),
        size: prop.bytes().orAbsent(),
        inMemory: prop.flag(),
      }),
    },
    'a path, or { path, size }',
  ),
);

export const storage = prop.object<Storage>({
  path: folder.required(),
  size: prop.bytes().required(),
  storageClassName: prop.objectName().orAbsent(),
  accessMode: prop.oneOf(['ReadWriteOnce', 'ReadWriteOncePod', 'ReadWriteMany']),
  whenDeleted: prop.oneOf(['Retain', 'Delete']),
  whenScaled: prop.oneOf(['Retain', 'Delete']),
});

const MOST_REPLICAS = 10_000;
const pods = (min: number) => prop.integer({ min, max: MOST_REPLICAS, code: 'SCALING_RANGE' });
export const replicas = pods(0).orAbsent();

export const autoscaling = prop.object<Autoscaling>(
  {
    enabled: prop.boolean(),
    minReplicas: pods(1).orAbsent(),
    maxReplicas: pods(1).required(),
    cpuPercent: prop.integer({ min: 1 }).orAbsent(),
    memoryPercent: prop.integer({ min: 1 }).orAbsent(),
    metrics: prop.list(metricSpec),
    behavior: prop.data().orAbsent(),
  },
  { switchedBy: 'enabled' },
);

const share = prop.text({
  expected: 'a number, or a share such as 25%',
  remedy: 'Write a whole number, or a percentage in quotes.',
  pattern: '^(100|[1-9]?[0-9])%$',
});

export const numberOrShare = prop
  .byKind({ number: prop.integer(), text: share }, 'a number, or a share such as 25%')
  .orAbsent();

export const disruptionBudget = prop.byKind(
  {
    object: prop.object<DisruptionBudget>({
      maxUnavailable: numberOrShare,
    }),
    boolean: prop.exactly(false),
  },
  'an object with maxUnavailable, or false',
);
