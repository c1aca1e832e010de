import { SecureCron, SecureService, SecureWorker } from '../../constructs';
import { App } from '../../core/synth';
import type { Expression, JsonObject } from '../../core/template';
import { HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';

/** Props that take an optional value, each once: not set, it is as if the prop were not written. */

const doc = 'd';
const name = (more: string) => value.string({ optional: true, pattern: '^[a-z0-9-]+$', doc: more });
const count = value.integer({ optional: true, min: 1, max: 50, doc });
const texts = value.map(value.string({ doc }), { optional: true, doc });
const names = value.list(value.string({ pattern: '^[a-z0-9.-]+$', doc }), { optional: true, doc });
const declarations = {
  ...{
    priority: name(doc),
    runtime: name(doc),
    text: name(doc),
    storageClass: name(doc),
    className: name(doc),
  },
  ...{
    replicas: count,
    grace: count,
    user: count,
    preStop: count,
    delay: count,
    percent: count,
    keep: count,
    retries: count,
  },
  flag: value.boolean({ optional: true, doc }),
  odd: value.string({ optional: true, doc }),
  ratio: value.number({ optional: true, doc }),
  pull: value.oneOf(['Always', 'Never'], { optional: true, doc }),
  zone: value.oneOf(['Europe/Berlin', 'Etc/UTC'], { optional: true, doc }),
  amount: value.memory({ optional: true, doc }),
  labels: value.labels({ optional: true, doc }),
  annotations: texts,
  hosts: names,
  secrets: names,
  words: names,
};
type Optional = { readonly [K in keyof typeof declarations]?: unknown };
const shown = value.oneOf(['yes'], { default: 'yes', doc });

/** The same program with values, or with literals of which some are not there. */
function program(chart: HelmChart, v: Optional): void {
  const given = v as Record<keyof Optional, never>;
  new SecureService(chart, 'web', {
    image: 'registry.example.com/web:1',
    port: 8080,
    resources: { cpu: '1', memory: '1Gi', ephemeralStorage: given.amount },
    args: ['serve', ...(v.text === undefined ? [] : [given.text]), ...(spread(v.words) as string[])],
    env: there({ TEXT: v.odd, NUMBER: v.retries, RATIO: v.ratio, FLAG: v.flag, SURE: 'x' }),
    labels: there({ team: v.text }),
    annotations: given.annotations,
    podAnnotations: there({ 'example.com/a': v.odd, 'example.com/b': 'x' }),
    imagePullPolicy: given.pull,
    imagePullSecrets: given.secrets,
    priorityClassName: given.priority,
    runtimeClassName: given.runtime,
    terminationGracePeriodSeconds: given.grace,
    preStopSeconds: given.preStop,
    user: given.user,
    dnsConfig: { searches: given.hosts },
    serviceAccount: { annotations: given.annotations },
    storage: { path: '/data', size: '1Gi', storageClassName: given.storageClass },
    writable: [{ path: '/tmp', size: given.amount }],
    probes: { liveness: { ask: { httpGet: { path: '/ok', port: 8080 } }, initialDelaySeconds: given.delay } },
    autoscaling: {
      maxReplicas: 60,
      minReplicas: given.replicas,
      cpuPercent: given.percent,
      memoryPercent: given.percent,
    },
    disruptionBudget: { maxUnavailable: given.retries },
    ingress: {
      host: 'a.example.com',
      hosts: given.hosts,
      className: given.className,
      annotations: given.annotations,
    },
    allowPlainIngress: true,
  } as never);
  new SecureWorker(chart, 'queue', {
    image: 'registry.example.com/queue:1',
    resources: 'small',
    liveness: { none: 'it is a test' },
    labels: given.labels,
    replicas: given.replicas,
    updateStrategy: { maxSurge: given.retries },
  } as never);
  new SecureCron(chart, 'night', {
    image: 'registry.example.com/night:1',
    resources: 'small',
    schedule: '0 3 * * *',
    timeZone: given.zone,
    suspend: given.flag,
    backoffLimit: given.retries,
    successfulJobsHistoryLimit: given.keep,
    ttlSecondsAfterFinished: given.keep,
  } as never);
}

/** An entry of a map is written or not; a literal that is not there is not written. */
function there(entries: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(entries).filter(([, entry]) => entry !== undefined));
}

function spread(list: unknown): readonly unknown[] {
  return list === undefined ? [] : [...(list as Iterable<unknown>)];
}

export function withOptionalValues(): HelmChart {
  const values = defineValues({ ...declarations, shown });
  const chart = chartOf({ values } as object);
  program(chart, values as Optional);
  chart.assert((values.shown as Expression<'yes'>).equals('yes'), 'never');
  return chart;
}

export function withLiterals(given: JsonObject): HelmChart {
  const chart = chartOf({});
  program(chart, given);
  return chart;
}

function chartOf(props: object): HelmChart {
  return new HelmChart(new App({ outdir: 'unused' }), 'law', { description: 'd', ...props });
}

/** Nothing, everything, and a part of it. */
export const GIVEN: readonly JsonObject[] = [
  {},
  {
    ...{ priority: 'high', runtime: 'gvisor', text: 'red', storageClass: 'fast', className: 'nginx' },
    ...{ replicas: 3, grace: 40, user: 7, preStop: 9, delay: 4, percent: 50, keep: 2, retries: 2 },
    ...{
      flag: true,
      odd: '$(A) <no value>\n"',
      ratio: 1_000_000.5,
      pull: 'Always',
      zone: 'Europe/Berlin',
      amount: '2Gi',
    },
    labels: { a: 'b' },
    annotations: { 'example.com/x': 'y\n' },
    ...{ hosts: ['b.example.com', 'c.example.com'], secrets: ['pull'], words: ['x', 'y'] },
  },
  { flag: false, odd: '', replicas: 1, hosts: [], secrets: [], labels: {}, annotations: {}, words: [] },
];
