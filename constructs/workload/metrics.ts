import { prop } from '../../core/props';
import type { Templated } from '../../core/template';
import type { KubeManifest } from '../../core/tree';
import type { Condition } from '../condition';
import { type Identity, type Labels, withLabels } from '../identity';
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
  readonly path?: Templated<string>;
  /**
   * How often they are read, such as `30s`.
   * @default - as often as Prometheus reads others
   */
  readonly interval?: Templated<string>;
  /**
   * Labels by which the Prometheus of the cluster finds it, such as `{ release: 'kube-prometheus-stack' }`.
   * @default - none
   */
  readonly labels?: Templated<Labels>;
}

export const monitorShape = prop.object<MonitorOptions>(
  {
    enabled: prop.boolean(),
    path: prop.urlPath(),
    interval: prop.duration(),
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
  annotations: Templated<Labels> | undefined,
): Manifest<Monitor> {
  const endpoints = [{ port, path: path ?? METRICS_PATH, interval }];
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
