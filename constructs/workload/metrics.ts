import type { IConstruct } from 'constructs';
import { type FieldsOf, prop } from '../../core/props';
import { carriedNode, spreadNodesOf, type Templated } from '../../core/template';
import type { KubeManifest } from '../../core/tree';
import type { Condition } from '../condition';
import { orDefault } from '../condition';
import { ConstructError } from '../construct-error';
import { type Identity, type Labels, withLabels } from '../identity';
import { Peer } from '../network/peer';
import type { Topology } from '../network/policy';
import type { ContainerParts } from './container';
import type { Manifest } from './workload';

/** How Prometheus is told to read the metrics; its operator has to be installed in the cluster. */
export interface MonitorOptions {
  /**
   * Whether it is told at all.
   * @default true
   */
  readonly enabled?: Condition;
  /**
   * Where the metrics are.
   * @default '/metrics'
   */
  readonly path?: Templated<string | undefined>;
  /**
   * How often they are read, such as `30s`.
   * @default - as often as Prometheus reads others
   */
  readonly interval?: Templated<string | undefined>;
  /**
   * Labels by which the Prometheus of the cluster finds it, such as `{ release: 'kube-prometheus-stack' }`, one by one.
   * @default - none
   */
  readonly labels?: Readonly<Record<string, Templated<string>>>;
}

export const monitorShape = prop.object<MonitorOptions>(
  {
    enabled: prop.boolean(),
    path: prop.urlPath().orAbsent(),
    interval: prop.duration().orAbsent(),
    labels: prop.labels(),
  },
  { switchedBy: 'enabled' },
);

export const METRICS_PATH = '/metrics';

interface Endpoint {
  readonly port: string;
  readonly path: string;
  readonly interval?: string;
}

/** A PodMonitor, or a ServiceMonitor. */
export interface Monitor extends KubeManifest {
  readonly spec: {
    readonly selector: { readonly matchLabels: Labels };
    readonly endpoints?: readonly Endpoint[];
    readonly podMetricsEndpoints?: readonly Endpoint[];
  };
}

/**
 * @param kind what is asked: the pods behind a Service, or pods
 * @param port what the port is called there
 */
export function monitor(
  kind: 'PodMonitor' | 'ServiceMonitor',
  { name, labels, selectorLabels }: Identity,
  { path, interval, labels: found }: MonitorOptions,
  port: string,
  annotations: Templated<Labels | undefined> | undefined,
): Manifest<Monitor> {
  const endpoints = [{ port, path: orDefault(path, METRICS_PATH), interval }];
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind,
    metadata: { name, labels: withLabels(found, labels), annotations },
    spec: {
      selector: { matchLabels: selectorLabels },
      ...(kind === 'PodMonitor' ? { podMetricsEndpoints: endpoints } : { endpoints }),
    },
  };
}

/** Who reads the metrics of a program that serves nothing else. */
export interface MetricsAccess {
  /** The namespace in which Prometheus runs. */
  readonly namespace: Templated<string>;
  /** The port with the metrics. */
  readonly port: Templated<number>;
  /**
   * Tells Prometheus where to look, by a PodMonitor.
   * @default - Prometheus is told elsewhere
   */
  readonly monitor?: MonitorOptions;
}

/** A program without a Service whose metrics are read. */
export interface MeasuredProps {
  /**
   * Lets the pods of a namespace read metrics; nothing else comes in.
   * @default - no access
   */
  readonly allowPrometheus?: MetricsAccess;
}

export const measuredFields: FieldsOf<MeasuredProps> = {
  allowPrometheus: prop.object<MetricsAccess>({
    namespace: prop.dnsLabel().required(),
    port: prop.port().required(),
    monitor: monitorShape,
  }),
};

/** Refuses a value for all labels at once: a template cannot put two such maps together. */
export function checkMonitor(construct: IConstruct, options: MonitorOptions | undefined): void {
  const labels: unknown = options?.labels;
  if (labels === undefined || !(carriedNode(labels) || spreadNodesOf(labels as object).length > 0)) return;
  throw new ConstructError('PROP_INVALID', construct, 'allowPrometheus.monitor.labels', {
    found: 'a value for all of them',
    expected: 'labels that are written one by one',
    remedy: 'Name each label; what it says may be a value.',
  });
}

/** What the port with the metrics is called. */
export const METRICS_PORT = 'metrics';

export function measuredParts({ allowPrometheus }: MeasuredProps): Pick<ContainerParts, 'ports'> {
  if (!allowPrometheus) return {};
  return { ports: [{ name: METRICS_PORT, containerPort: allowPrometheus.port, protocol: 'TCP' }] };
}

/** Who is let in. */
export function measuredBy({ allowPrometheus }: MeasuredProps): Omit<Topology, 'to'> {
  if (!allowPrometheus) return { from: [], ports: [] };
  const { namespace, port } = allowPrometheus;
  return { from: [{ peer: Peer.namespace(namespace, { port }), enabled: true }], ports: [] };
}
