import type { Construct } from 'constructs';
import type { KubeObject } from '../../core/tree';
import type {
  Deployment,
  HorizontalPodAutoscaler,
  NetworkPolicy,
  PodDisruptionBudget,
} from '../../imports/k8s';
import { all, any, atLeast, not, orDefault, pick } from '../condition';
import { requireProps, requireThat } from '../require';
import { checkRange, checkScaling, checkWorkload } from '../workload/checks';
import {
  checkLiveness,
  type LivenessProps,
  livenessFields,
  livenessProbes,
  livenessReason,
} from '../workload/liveness';
import {
  checkMonitor,
  METRICS_PORT,
  type MeasuredProps,
  type Monitor,
  measuredBy,
  measuredFields,
  measuredParts,
} from '../workload/metrics';
import type { RunningProps, WorkloadProps } from '../workload/props';
import { withReasons } from '../workload/reasons';
import type { Recommender } from '../workload/recommender';
import { ReplicatedWorkload } from '../workload/replicated';
import { DEFAULT_REPLICAS, hasSeveral, isAutoscaled, spreadConstraints } from '../workload/scaling';
import { running, workloadShape } from '../workload/shapes/fields';
import { checkUpdateStrategy, deploymentStrategy } from '../workload/update-strategy';
import {
  isScaledByKeda,
  KEDA_MIN_REPLICAS,
  type KedaScaling,
  keda,
  type ScaledObject,
  scaledObject,
} from './keda';

/** Everything that can be said of a worker; only image, resources and liveness have to be. */
export interface SecureWorkerProps extends WorkloadProps, RunningProps, LivenessProps, MeasuredProps {
  /**
   * Lets KEDA decide how many pods run, down to none; `replicas` is then left out.
   * @default - no KEDA
   */
  readonly keda?: KedaScaling;
}

const shapeOfProps = workloadShape<SecureWorkerProps>(
  { ...running, ...livenessFields, ...measuredFields, keda },
  'an object with image, resources and liveness',
);

/**
 * A program that works without being called, such as one that reads from a queue: a Deployment with its ServiceAccount and
 * a NetworkPolicy that lets nobody in; with two replicas or more a PodDisruptionBudget; a HorizontalPodAutoscaler, on any
 * metric, or a ScaledObject of KEDA where wanted. There is no Service and no port. It meets Pod Security "restricted" unless
 * a prop says otherwise.
 *
 * @example
 * const queue = new SecureService(shop, 'queue', {
 *   image: 'registry.example.com/queue:4.1',
 *   port: 5672,
 *   resources: 'medium',
 *   storage: { path: '/data', size: '10Gi' },
 * });
 * new SecureWorker(shop, 'mailer', {
 *   image: 'registry.example.com/mailer:1.4.2',
 *   resources: 'small',
 *   replicas: 2,
 *   writable: ['/tmp'],
 *   liveness: { file: '/tmp/alive', maxAgeSeconds: 60 },
 *   allowTo: [queue],
 * });
 */
export class SecureWorker extends ReplicatedWorkload<SecureWorkerProps> {
  readonly workload: KubeObject<Deployment>;
  readonly networkPolicy: KubeObject<NetworkPolicy> | undefined;
  /** The PodMonitor. */
  readonly monitor: KubeObject<Monitor> | undefined;
  /** Absent where there is one replica. */
  readonly disruptionBudget: KubeObject<PodDisruptionBudget> | undefined;
  readonly autoscaler: KubeObject<HorizontalPodAutoscaler> | undefined;
  /** What the Vertical Pod Autoscaler is asked. */
  readonly recommender: KubeObject<Recommender> | undefined;
  /** What KEDA scales it by. */
  readonly scaledObject: KubeObject<ScaledObject> | undefined;

  constructor(scope: Construct, id: string, props: SecureWorkerProps) {
    super(scope, id, props, checkProps);
    this.workload = this.addDeployment();
    this.networkPolicy = this.addNetworkPolicy(() => measuredBy(props));
    this.openWays();
    this.monitor = this.addMonitor('PodMonitor', props.allowPrometheus?.monitor, METRICS_PORT);
    const byKeda = isScaledByKeda(props.keda);
    const atLeastTwo = atLeast(orDefault(props.keda?.minReplicas, KEDA_MIN_REPLICAS), 2);
    this.disruptionBudget = this.addDisruptionBudget(
      any(all(byKeda, atLeastTwo), all(not(byKeda), hasSeveral(props))),
    );
    this.autoscaler = this.addAutoscaler('Deployment');
    this.recommender = this.addRecommender('Deployment');
    this.scaledObject =
      props.keda &&
      this.objectWhen(byKeda, 'scaled-object', () => scaledObject(this.metadata, props.keda as KedaScaling));
  }

  private addDeployment(): KubeObject<Deployment> {
    const { props, metadata, selectorLabels } = this;
    const scaled = any(isAutoscaled(props), isScaledByKeda(props.keda));
    return this.addWorkload<Deployment>('deployment', () => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { ...metadata, annotations: withReasons(props.annotations, livenessReason(props)) },
      spec: {
        // Absent where something else decides, or the two would undo each other's changes.
        replicas: pick(not(scaled), orDefault(props.replicas, DEFAULT_REPLICAS)) as number,
        strategy: deploymentStrategy(props.updateStrategy),
        selector: { matchLabels: selectorLabels },
        template: this.podTemplate({
          ...measuredParts(props),
          probes: livenessProbes(props),
          spread: spreadConstraints(props.spread, selectorLabels, 'pod-template-hash'),
        }),
      },
    }));
  }
}

function checkProps(construct: Construct, props: SecureWorkerProps): void {
  requireProps(construct, shapeOfProps(props), props);
  checkWorkload(construct, props);
  checkLiveness(construct, props);
  checkMonitor(construct, props.allowPrometheus?.monitor);
  checkScaling(construct, props);
  checkUpdateStrategy(construct, props.updateStrategy);
  if (!props.keda) return;
  const { maxReplicas } = props.keda;
  const minReplicas = orDefault(props.keda.minReplicas, KEDA_MIN_REPLICAS);
  checkRange(construct, 'keda', isScaledByKeda(props.keda), [minReplicas, maxReplicas]);
  requireThat(construct, not(all(isScaledByKeda(props.keda), isAutoscaled(props))), {
    code: 'PROP_INVALID',
    prop: 'keda',
    found: '`autoscaling` beside it',
    expected: 'one of the two; they would undo what the other decides',
    remedy: 'Take one out: KEDA knows CPU and memory as triggers too.',
  });
}
