import type { Construct } from 'constructs';
import { type FieldsOf, prop } from '../../core/props';
import type { Templated } from '../../core/template';
import type { KubeObject } from '../../core/tree';
import type { DaemonSet, DaemonSetUpdateStrategy, NetworkPolicy } from '../../imports/k8s';
import { orDefault } from '../condition';
import { ConstructError } from '../construct-error';
import { requireProps } from '../require';
import { checkWorkload } from '../workload/checks';
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
import type { WorkloadProps } from '../workload/props';
import { withReasons } from '../workload/reasons';
import { workloadShape } from '../workload/shapes/fields';
import { numberOrShare } from '../workload/shapes/parts';
import { Workload } from '../workload/workload';
import { checkHost, type HostProps, hostFields, hostMounts, hostParts, hostReasons } from './host';

/** How agents of another version take the place of those that run. */
export interface AgentUpdate {
  /**
   * `OnDelete`: an agent is replaced when somebody deletes its pod.
   * @default 'RollingUpdate'
   */
  readonly type?: 'RollingUpdate' | 'OnDelete';
  /**
   * How many nodes may be without an agent meanwhile: a number, or a share such as `10%`.
   * @default 1
   */
  readonly maxUnavailable?: Templated<number | string | undefined>;
}

/** On which nodes it runs. */
export interface AgentProps {
  /**
   * Runs on every node, whatever its taints say: on control planes, and on nodes that are about to go.
   * @default false
   */
  readonly everyNode?: boolean;
  /**
   * How it is replaced.
   * @default - one node after the other
   */
  readonly updateStrategy?: AgentUpdate;
}

/** Everything that can be said of an agent; only image, resources and liveness have to be. */
export interface SecureAgentProps
  extends WorkloadProps,
    LivenessProps,
    MeasuredProps,
    HostProps,
    AgentProps {}

const agent: FieldsOf<AgentProps> = {
  everyNode: prop.flag(),
  updateStrategy: prop.object<AgentUpdate>({
    type: prop.oneOf(['RollingUpdate', 'OnDelete']),
    maxUnavailable: numberOrShare,
  }),
};

const shapeOfProps = workloadShape<SecureAgentProps>(
  { ...livenessFields, ...measuredFields, ...hostFields, ...agent },
  'an object with image, resources and liveness',
);

export const MAX_UNAVAILABLE = 1;

/**
 * A program that runs once on every node, such as one that ships logs: a DaemonSet with its ServiceAccount and a
 * NetworkPolicy that lets nobody in. What it takes of the node is said by named props, each with a reason that is printed
 * as an annotation. Without those it meets Pod Security "restricted".
 *
 * @example
 * new SecureAgent(shop, 'logs', {
 *   image: 'registry.example.com/log-shipper:2.1',
 *   resources: 'small',
 *   writable: ['/tmp'],
 *   liveness: { file: '/tmp/alive', maxAgeSeconds: 120 },
 *   hostPaths: [{ path: '/var/log/pods', reason: 'ships what the pods of the node log' }],
 *   everyNode: true,
 * });
 */
export class SecureAgent extends Workload<SecureAgentProps> {
  readonly workload: KubeObject<DaemonSet>;
  readonly networkPolicy: KubeObject<NetworkPolicy> | undefined;
  /** The PodMonitor. */
  readonly monitor: KubeObject<Monitor> | undefined;

  constructor(scope: Construct, id: string, props: SecureAgentProps) {
    super(scope, id, props, checkProps);
    const reasons = { ...livenessReason(props), ...hostReasons(props) };
    this.workload = this.addWorkload<DaemonSet>('daemon-set', () => ({
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { ...this.metadata, annotations: withReasons(props.annotations, reasons) },
      spec: {
        updateStrategy: updateStrategy(props.updateStrategy ?? {}),
        selector: { matchLabels: this.selectorLabels },
        template: this.podTemplate(
          { ...measuredParts(props), probes: livenessProbes(props), ...hostParts(props) },
          props.everyNode ? { tolerations: [{ operator: 'Exists' }] } : {},
        ),
      },
    }));
    this.networkPolicy = this.addNetworkPolicy(() => measuredBy(props));
    this.openWays();
    this.monitor = this.addMonitor('PodMonitor', props.allowPrometheus?.monitor, METRICS_PORT);
  }
}

function updateStrategy({
  type = 'RollingUpdate',
  maxUnavailable,
}: AgentUpdate): Templated<DaemonSetUpdateStrategy> {
  if (type === 'OnDelete') return { type };
  return { type, rollingUpdate: { maxUnavailable: orDefault(maxUnavailable, MAX_UNAVAILABLE) } };
}

function checkProps(construct: Construct, props: SecureAgentProps): void {
  requireProps(construct, shapeOfProps(props), props);
  checkHost(construct, props);
  checkWorkload(construct, props, hostMounts(props));
  checkLiveness(construct, props);
  checkMonitor(construct, props.allowPrometheus?.monitor);
  if (!props.everyNode || props.tolerations === undefined) return;
  throw new ConstructError('PROP_INVALID', construct, 'tolerations', {
    found: 'taints, beside `everyNode`, which tolerates all',
    expected: 'one of the two',
    remedy: 'Take one out.',
  });
}
