import { type ImageValuesOptions, value } from '../../core/values';
import { dnsValues, labelValue } from '../network/values';
import { DEFAULT_PROBES } from '../secure-service/probe-fields';
import type { Probe } from '../workload/probes';
import { DEFAULT_EPHEMERAL_STORAGE, PRESETS, type ResourcePreset } from '../workload/resources';
import { DEFAULT_CPU_PERCENT, DEFAULT_MIN_REPLICAS, DEFAULT_REPLICAS } from '../workload/scaling';

/** The defaults of the values of a service. */
export interface ServiceValuesOptions {
  /** The image: its repository, and the tag that the chart was made for. */
  readonly image: ImageValuesOptions;
  /**
   * How many pods run.
   * @default 1
   */
  readonly replicas?: number;
  /**
   * CPU and memory.
   * @default 'small'
   */
  readonly resources?: ResourcePreset | { readonly cpu: string; readonly memory: string };
}

/**
 * The values that every operator looks for in a chart, in a line: how many pods, which image and from where, CPU and
 * memory, autoscaling, on which nodes, the timing of probes, DNS. `serviceProps` makes the props of a SecureService of
 * them; `exposureValues` declares the way in from outside.
 *
 * @example
 * const values = defineValues({
 *   ...serviceValues({ image: { repository: 'registry.example.com/shop', tag: '1.4.2' } }),
 *   ...exposureValues({ host: 'shop.example.com' }),
 * });
 * new SecureService(shop, 'web', { port: 8080, ...serviceProps(values), ...exposureProps(values) });
 */
export function serviceValues({
  image,
  replicas = DEFAULT_REPLICAS,
  resources = 'small',
}: ServiceValuesOptions) {
  return {
    replicas: value.integer({
      default: replicas,
      min: 0,
      max: 1000,
      doc: 'How many pods run, without autoscaling',
    }),
    image: {
      ...value.imageParts(image),
      pullPolicy: value.oneOf(['IfNotPresent', 'Always', 'Never'], {
        default: 'IfNotPresent',
        doc: 'When a node fetches the image',
      }),
    },
    imagePullSecrets: value.list(value.dnsName({ doc: 'A Secret' }), {
      default: [],
      doc: 'Names of Secrets with which a node fetches the image',
    }),
    resources: resourceValues(typeof resources === 'string' ? PRESETS[resources] : resources),
    autoscaling: {
      enabled: value.boolean({ default: false, doc: 'Let the load decide how many pods run' }),
      minReplicas: value.integer({
        default: Math.max(replicas, DEFAULT_MIN_REPLICAS),
        min: 1,
        max: 1000,
        doc: 'The fewest pods',
      }),
      maxReplicas: value.integer({ default: 10, min: 1, max: 1000, doc: 'The most pods' }),
      cpuPercent: value.integer({
        default: DEFAULT_CPU_PERCENT,
        min: 1,
        max: 100,
        doc: 'How much of the guaranteed CPU is to be used, in percent',
      }),
    },
    podAnnotations: texts('Annotations of the pods'),
    ...placementValues(),
    probes: {
      startup: timingValues(DEFAULT_PROBES.startup, 'whether it has started'),
      liveness: timingValues(DEFAULT_PROBES.liveness, 'whether it works'),
      readiness: timingValues(DEFAULT_PROBES.readiness, 'whether it takes requests'),
    },
    dns: dnsValues(),
  } as const;
}

function resourceValues({ cpu, memory }: { readonly cpu: unknown; readonly memory: unknown }) {
  return {
    cpu: value.cpu({ default: String(cpu), doc: 'CPU that each pod is guaranteed' }),
    cpuLimit: value.cpu({
      optional: true,
      doc: 'The most CPU of a pod; a limit slows it down even where the node is idle',
    }),
    memory: value.memory({ default: String(memory), doc: 'Memory of each pod, as guarantee and limit' }),
    ephemeralStorage: value.memory({
      default: DEFAULT_EPHEMERAL_STORAGE,
      doc: 'Disk of each pod for logs and temporary files, as guarantee and limit',
    }),
  } as const;
}

function placementValues() {
  const label = '^[A-Za-z0-9]([A-Za-z0-9_./-]*[A-Za-z0-9])?$';
  const toleration = value.object(
    {
      key: value.string({ optional: true, pattern: label, doc: 'The taint; every one without' }),
      operator: value.oneOf(['Equal', 'Exists'], { optional: true, doc: 'How it is compared' }),
      value: value.string({ optional: true, pattern: label, doc: 'The value of the taint' }),
      effect: value.oneOf(['NoSchedule', 'PreferNoSchedule', 'NoExecute'], {
        optional: true,
        doc: 'The effect of the taint; every one without',
      }),
      tolerationSeconds: value.integer({
        optional: true,
        min: 0,
        max: 900_000,
        doc: 'How long a pod stays where the effect is NoExecute',
      }),
    },
    { doc: 'A toleration' },
  );
  return {
    nodeSelector: labels('Labels that a node must have'),
    tolerations: value.list(toleration, { default: [], doc: 'Taints of nodes that do not matter' }),
    affinity: value.raw({
      optional: true,
      doc: 'Rules on which nodes and neighbours, as Kubernetes has them',
    }),
  } as const;
}

/** A map of texts, empty by default. */
export function texts(doc: string) {
  return value.map(value.string({ doc: 'A text' }), { default: {}, doc });
}

/** A map of labels, empty by default; their pattern lets a template print the map as a whole. */
export function labels(doc: string) {
  return value.map(labelValue(), { default: {}, doc });
}

/** What Kubernetes takes where a probe says nothing. */
const TIMING = { initialDelaySeconds: 0, periodSeconds: 10, timeoutSeconds: 1, failureThreshold: 3 };

function timingValues(probe: Probe, asked: string) {
  const timing = { ...TIMING, ...(probe as Partial<typeof TIMING>) };
  const seconds = (key: keyof typeof TIMING, min: number, doc: string) =>
    value.integer({ default: timing[key], min, max: 3600, doc });
  return {
    initialDelaySeconds: seconds('initialDelaySeconds', 0, `Seconds before it is first asked ${asked}`),
    periodSeconds: seconds('periodSeconds', 1, 'Seconds from one question to the next'),
    timeoutSeconds: seconds('timeoutSeconds', 1, 'Seconds that an answer may take'),
    failureThreshold: seconds('failureThreshold', 1, 'How many failures in a row count'),
  } as const;
}
