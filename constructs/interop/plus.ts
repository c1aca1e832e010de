import { Chart, App as StockApp } from 'cdk8s';
import type { Construct } from 'constructs';
import { Expression, type Templated } from '../../core/template';
import { type Labels, textEntries } from '../identity';

/**
 * As much of a cdk8s-plus as is needed here. Its classes are different ones in each of its packages (28, 34, ...), so
 * the caller hands in the package that the rest of his program uses.
 */
export interface PlusModule {
  readonly Service: new (scope: Construct, id: string, props: never) => unknown;
  readonly Pods: { select(scope: Construct, id: string, options: never): unknown };
  readonly ServiceAccount: { fromServiceAccountName(scope: Construct, id: string, name: string): unknown };
}

/** Objects of the caller's cdk8s-plus that stand for ours. They print nothing: ours are printed already. */
export interface PlusObjects<K extends PlusModule> {
  /** For `IngressBackend.fromService` and whatever else takes a Service. */
  readonly service: InstanceType<K['Service']>;
  /** For NetworkPolicy peers and connections. */
  readonly pods: ReturnType<K['Pods']['select']>;
  /** For role bindings. */
  readonly serviceAccount: ReturnType<K['ServiceAccount']['fromServiceAccountName']>;
}

/** What ours are called, and how their pods are told from others. */
interface Named {
  readonly service: Templated<string>;
  readonly port: Templated<number>;
  readonly labels: Templated<Labels>;
  readonly account: Templated<string>;
}

export function plusObjects<K extends PlusModule>(
  kplus: K,
  { service, port, labels, account }: Named,
): PlusObjects<K> {
  // In an App of its own, which is never synthesized.
  const scope = new Chart(new StockApp(), 'interop');
  const serviceName = `${service}`;
  const number = port instanceof Expression ? port.asNumber() : port;
  // Each cdk8s-plus has types of its own, which `PlusModule` does not know: what all of them take is `never` there.
  const given = <T extends object>(props: T) => props as never;
  return {
    service: new kplus.Service(
      scope,
      'service',
      given({ metadata: { name: serviceName }, ports: [{ name: 'http', port: number }] }),
    ),
    pods: kplus.Pods.select(scope, 'pods', given({ labels: textEntries(labels) })),
    serviceAccount: kplus.ServiceAccount.fromServiceAccountName(scope, 'service-account', `${account}`),
  } as PlusObjects<K>;
}
