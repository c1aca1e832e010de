import { type Templated, text } from '../../core/template';
import type { MetricSpec, MetricTarget } from '../../imports/k8s';
import type { Labels } from '../identity';

type Amount = Templated<number> | Templated<string>;

/** How much of it there may be: for each pod, or all in all. A quantity is a number, or a text such as `500m`. */
export type MetricAmount =
  | { readonly perPod: Amount; readonly total?: undefined }
  | { readonly total: Amount; readonly perPod?: undefined };

/** Which of the series of that name, where it is not all of them. */
export interface MetricOptions {
  /** @default - all */
  readonly labels?: Templated<Labels>;
}

/**
 * What besides CPU and memory decides how many pods run.
 *
 * @example
 * new SecureWorker(shop, 'mailer', {
 *   image: 'registry.example.com/mailer:1.4.2',
 *   resources: 'small',
 *   liveness: Probe.exec(['mailer', 'alive']),
 *   autoscaling: {
 *     maxReplicas: 20,
 *     metrics: [Metric.external('queue_messages_ready', { perPod: 30, labels: { queue: 'mails' } })],
 *   },
 * });
 */
export const Metric = {
  /** A metric of something outside of Kubernetes, such as the length of a queue; an adapter has to serve it. */
  external(
    name: Templated<string>,
    { labels, ...amount }: MetricOptions & MetricAmount,
  ): Templated<MetricSpec> {
    return { type: 'External', external: { metric: identified(name, labels), target: targetOf(amount) } };
  },
  /** A metric of the pods themselves, on average over them; an adapter has to serve it. */
  pods(
    name: Templated<string>,
    { labels, perPod }: MetricOptions & { readonly perPod: Amount },
  ): Templated<MetricSpec> {
    return { type: 'Pods', pods: { metric: identified(name, labels), target: targetOf({ perPod }) } };
  },
} as const;

function identified(name: Templated<string>, labels: Templated<Labels | undefined> | undefined) {
  return { name, selector: labels && { matchLabels: labels } };
}

function targetOf({ perPod, total }: Partial<MetricAmount>): Templated<MetricTarget> {
  return perPod === undefined
    ? { type: 'Value', value: quantity(total) }
    : { type: 'AverageValue', averageValue: quantity(perPod) };
}

/** A quantity is a text for the API. */
function quantity(amount: Amount | undefined): Templated<string> | undefined {
  return amount === undefined ? undefined : text`${amount}`;
}
