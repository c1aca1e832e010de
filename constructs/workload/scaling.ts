import type { Templated } from '../../core/template';
import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerBehavior,
  MetricSpec,
  PodDisruptionBudget,
  TopologySpreadConstraint,
} from '../../imports/k8s';
import { all, any, atLeast, type Condition, entryWhere, isGiven, not, orDefault, pick } from '../condition';
import type { Identity, Labels } from '../identity';

/** How many pods run, as the load asks for. */
export interface Autoscaling {
  /**
   * Whether it does; otherwise `replicas` says how many.
   * @default true
   */
  readonly enabled?: Condition;
  /**
   * As many run in any case. Switch autoscaling on with as many as run before.
   * @default 2
   */
  readonly minReplicas?: Templated<number | undefined>;
  /** No more than these run. */
  readonly maxReplicas: Templated<number>;
  /**
   * How much of the guaranteed CPU is to be used, in percent. Where `metrics` are named, CPU counts only if this is given.
   * @default 80
   */
  readonly cpuPercent?: Templated<number | undefined>;
  /**
   * How much of the guaranteed memory is to be used, in percent.
   * @default - memory does not matter
   */
  readonly memoryPercent?: Templated<number | undefined>;
  /**
   * What else decides, as `Metric.external(...)` and its kin give it, or as Kubernetes writes it. As many pods run as the
   * one of them asks for that asks for most.
   * @default - CPU alone
   */
  readonly metrics?: readonly Templated<MetricSpec>[];
  /**
   * How fast it goes up and down.
   * @default - as Kubernetes does: up at once, down after 5 minutes
   */
  readonly behavior?: Templated<HorizontalPodAutoscalerBehavior | undefined>;
}

/** What decides how many pods run. */
export interface Scaling {
  /**
   * How many pods run. Another number replaces none. After `kubectl scale`, helm refuses to set another one: it is a
   * conflict of field managers.
   * @default 1
   */
  readonly replicas?: Templated<number | undefined>;
  /**
   * Lets the load decide how many pods run; `replicas` is then left out. Switched on for a service that runs already, it
   * begins with one pod, and goes up to `minReplicas` from there: Kubernetes fills in 1 for what is left out.
   * @default - no autoscaling
   */
  readonly autoscaling?: Autoscaling;
}

/** How many pods may be missing because somebody drains a node. */
export interface DisruptionBudget {
  /**
   * A number, or a share such as `25%`.
   * @default 1
   */
  readonly maxUnavailable?: Templated<number | string | undefined>;
}

export const DEFAULT_REPLICAS = 1;
export const DEFAULT_MIN_REPLICAS = 2;
export const DEFAULT_CPU_PERCENT = 80;

/** Whether the number of pods is left to an autoscaler. */
export function isAutoscaled({ autoscaling }: Scaling): Condition {
  return autoscaling ? (autoscaling.enabled ?? true) : false;
}

/** Whether two pods or more run at any time. */
export function hasSeveral(props: Scaling): Condition {
  const autoscaled = isAutoscaled(props);
  const minimum = orDefault(props.autoscaling?.minReplicas, DEFAULT_MIN_REPLICAS);
  return any(
    all(autoscaled, atLeast(minimum, 2)),
    all(not(autoscaled), atLeast(orDefault(props.replicas, DEFAULT_REPLICAS), 2)),
  );
}

/** `replicas` of the workload: absent where an autoscaler decides, or the two would undo each other's changes. */
export function replicas(props: Scaling) {
  return pick(not(isAutoscaled(props)), orDefault(props.replicas, DEFAULT_REPLICAS));
}

/** What has a number of pods that somebody else may decide. */
export type ScaleTarget = 'Deployment' | 'StatefulSet' | 'Rollout';

export const scaleTargets = {
  Deployment: { apiVersion: 'apps/v1', kind: 'Deployment' },
  StatefulSet: { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  Rollout: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' },
} as const;

export function autoscaler(
  { name, labels }: Identity,
  target: ScaleTarget,
  { minReplicas, maxReplicas, cpuPercent, memoryPercent, metrics = [], behavior }: Autoscaling,
  annotations: Templated<Labels | undefined> | undefined,
): Pick<HorizontalPodAutoscaler, 'apiVersion' | 'kind'> &
  Templated<Omit<HorizontalPodAutoscaler, 'apiVersion' | 'kind'>> {
  const used = (resource: string, percent: Templated<number | undefined>) => ({
    type: 'Resource',
    resource: { name: resource, target: { type: 'Utilization', averageUtilization: percent } },
  });
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, labels, annotations },
    spec: {
      scaleTargetRef: { ...scaleTargets[target], name },
      minReplicas: orDefault(minReplicas, DEFAULT_MIN_REPLICAS),
      maxReplicas,
      metrics: [
        ...(cpuPercent === undefined && metrics.length > 0
          ? []
          : [used('cpu', orDefault(cpuPercent, DEFAULT_CPU_PERCENT))]),
        ...(memoryPercent === undefined
          ? []
          : [entryWhere<MetricSpec>(isGiven(memoryPercent), used('memory', memoryPercent))]),
        ...metrics,
      ],
      behavior,
    },
  };
}

export function disruptionBudget(
  { name, labels, selectorLabels }: Identity,
  { maxUnavailable }: DisruptionBudget,
  annotations: Templated<Labels | undefined> | undefined,
): Pick<PodDisruptionBudget, 'apiVersion' | 'kind'> &
  Templated<Omit<PodDisruptionBudget, 'apiVersion' | 'kind'>> {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, labels, annotations },
    spec: {
      maxUnavailable: orDefault(maxUnavailable, 1),
      // A pod that is not well anyway must not keep a node from being drained.
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: selectorLabels },
    },
  };
}

/** Where pods are kept apart. */
export const SPREAD_OVER = ['kubernetes.io/hostname'] as const;

/**
 * Evenly over nodes, or whatever else is named; pods that fit nowhere else still run. Zones are not among the defaults:
 * the scheduler passes over every node that lacks one of the labels, so where there are no zones nothing would be
 * spread at all. With one replica too, which it does not bind: or the pod would be replaced when a second one comes.
 */
export function spreadConstraints(
  spread: readonly string[] | false | undefined,
  selectorLabels: Templated<Labels>,
  hashLabel: 'pod-template-hash' | 'rollouts-pod-template-hash' | undefined,
): readonly Templated<TopologySpreadConstraint>[] | undefined {
  if (spread === false) return undefined;
  return (Array.isArray(spread) ? spread : SPREAD_OVER).map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: selectorLabels },
    // Without it the pods of a roll-out that are about to go would count.
    matchLabelKeys: hashLabel ? [hashLabel] : undefined,
  }));
}
