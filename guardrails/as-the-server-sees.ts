import type { KubeObjectJson } from '../check';
import { podTemplatePath } from '../check/inventory';

/**
 * What the API server makes of an object before its policies see it: it fills in what is left out, and forgets what says
 * nothing. Without this a rule such as "two replicas or one" would be decided otherwise at the desk. What admission plug-ins
 * add (the volume of a token, tolerations) is not known here.
 */
export function asTheServerSees(object: KubeObjectJson): KubeObjectJson {
  const seen = spoken(object) as Map;
  const kind = String(seen.kind);
  fill(seen, Object.hasOwn(OF_KIND, kind) ? (OF_KIND[kind] as Map) : {});
  const path = podTemplatePath(kind);
  const template = path?.reduce<unknown>((part, key) => mapOf(part)[key], seen);
  if (isMap(template)) fillPod(template, kind);
  if (kind === 'Service') for (const port of listOf(mapOf(seen.spec).ports)) fillServicePort(port);
  return seen as KubeObjectJson;
}

type Map = { [key: string]: unknown };

/** Flags that are no pointers in the server's Go: false is not said. */
const PLAIN_FLAGS = new Set(['hostNetwork', 'hostPID', 'hostIPC', 'stdin', 'stdinOnce', 'tty', 'paused']);
/** Texts whose emptiness says something. */
const TEXTS_OF_MAPS = new Set(['labels', 'annotations', 'data', 'matchLabels', 'nodeSelector']);

/** Without null, and without what is the same as nothing. */
function spoken(value: unknown, parent = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => spoken(one));
  if (!isMap(value)) return value;
  const said = Object.entries(value).filter(([key, one]) => {
    if (one === null || one === undefined) return false;
    if (one === '') return TEXTS_OF_MAPS.has(parent);
    return !(one === false && PLAIN_FLAGS.has(key));
  });
  return Object.fromEntries(said.map(([key, one]) => [key, spoken(one, key)]));
}

const PROBE = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
const POD = {
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  dnsPolicy: 'ClusterFirst',
  schedulerName: 'default-scheduler',
  securityContext: {},
};
const CONTAINER = {
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  resources: {},
};
/** Neither a tag nor a digest, or the tag `latest`, whatever the digest. */
const MOVING = /(^|\/)[^:@/]*(:latest(@.*)?)?$/;
const JOB = { backoffLimit: 6, completionMode: 'NonIndexed', suspend: false };
const OF_KIND: Readonly<Record<string, Map>> = {
  Deployment: {
    spec: {
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: { type: 'RollingUpdate' },
    },
  },
  StatefulSet: {
    spec: {
      replicas: 1,
      revisionHistoryLimit: 10,
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate' },
    },
  },
  DaemonSet: { spec: { revisionHistoryLimit: 10, updateStrategy: { type: 'RollingUpdate' } } },
  ReplicaSet: { spec: { replicas: 1 } },
  Job: { spec: JOB },
  CronJob: {
    spec: {
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    },
  },
  Service: { spec: { type: 'ClusterIP', sessionAffinity: 'None' } },
};

function fillPod(template: Map, kind: string): void {
  const spec = mapOf(template.spec);
  fill(spec, POD);
  // Of pods alone, and not of what makes them.
  const isPod = kind === 'Pod';
  if (isPod) fill(spec, { enableServiceLinks: true });
  for (const container of ['initContainers', 'containers'].flatMap((list) => listOf(spec[list]))) {
    const isMoving = MOVING.test(String(container.image));
    fill(container, { ...CONTAINER, imagePullPolicy: isMoving ? 'Always' : 'IfNotPresent' });
    for (const port of listOf(container.ports)) fill(port, { protocol: 'TCP' });
    for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) fillProbe(container[name]);
    const resources = mapOf(container.resources);
    if (isPod && isMap(resources.limits)) fill(resources, { requests: resources.limits });
  }
}

function fillProbe(probe: unknown): void {
  if (!isMap(probe)) return;
  fill(probe, PROBE);
  if (isMap(probe.httpGet)) fill(probe.httpGet, { scheme: 'HTTP', path: '/' });
}

function fillServicePort(port: Map): void {
  fill(port, { protocol: 'TCP', targetPort: port.port });
}

/** Gives a map what it has not, at every depth. */
function fill(map: Map, defaults: Map): void {
  for (const [key, value] of Object.entries(defaults)) {
    if (isMap(value)) {
      if (map[key] === undefined) map[key] = {};
      if (isMap(map[key])) fill(map[key], value);
    } else if (map[key] === undefined) map[key] = value;
  }
}

function isMap(value: unknown): value is Map {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapOf(value: unknown): Map {
  return isMap(value) ? value : {};
}

function listOf(value: unknown): Map[] {
  return Array.isArray(value) ? value.filter(isMap) : [];
}
