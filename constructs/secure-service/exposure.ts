import { Expression, type Templated } from '../../core/template';
import type { Ingress, IngressRule } from '../../imports/k8s';
import { type Condition, mapList, orDefault, pick } from '../condition';
import type { Identity, Labels } from '../identity';

/** From where the service is called by what lets the outside in: pods of a namespace, and addresses that are no pods. */
export interface ControllerOptions {
  /**
   * Labels of those pods, where others are in the namespace too.
   * @default - every pod of the namespace
   */
  readonly controllerLabels?: Templated<Labels>;
  /**
   * Ranges of addresses that call beside them: of nodes, where the controller uses their network, and of load balancers
   * that ask the pods themselves.
   * @default - none
   */
  readonly controllerRanges?: Templated<readonly string[]>;
}

/** The names under which a service is found. */
export interface HostOptions {
  /** The host name. */
  readonly host: Templated<string>;
  /**
   * More host names that lead to the same.
   * @default - none
   */
  readonly hosts?: Templated<readonly string[] | undefined>;
}

/** A place on a host: all that begins with it, part by part, or exactly it. */
export type RoutePath = Templated<string> | { readonly path: Templated<string>; readonly exact?: boolean };

export interface IngressOptions extends ControllerOptions, HostOptions {
  /**
   * Whether there is an Ingress at all.
   * @default true
   */
  readonly enabled?: Condition;
  /**
   * Where on the host the service begins.
   * @default '/'
   */
  readonly path?: Templated<string>;
  /**
   * Several such places, instead of `path`.
   * @default - the one of `path`
   */
  readonly paths?: readonly RoutePath[];
  /**
   * The ingress class.
   * @default - the cluster's default class
   */
  readonly className?: Templated<string | undefined>;
  /**
   * Encryption with the certificate in a Secret. It may be left out, or be off, where the service says
   * `allowPlainIngress`.
   * @default - none
   */
  readonly tls?: IngressTls;
  /**
   * The namespace of the ingress controller, from which the service is called.
   * @default 'ingress-nginx'
   */
  readonly controllerNamespace?: Templated<string | undefined>;
  /**
   * Annotations that the controller or cert-manager reads.
   * @default - none
   */
  readonly annotations?: Templated<Labels | undefined>;
}

export interface IngressTls {
  /**
   * Whether the host is encrypted.
   * @default true
   */
  readonly enabled?: Condition;
  /** The Secret with the certificate and its key. */
  readonly secretName: Templated<string>;
}

export const DEFAULT_CONTROLLER_NAMESPACE = 'ingress-nginx';

export function ingress(
  { name, labels }: Identity,
  options: IngressOptions,
  service: { readonly name: Templated<string>; readonly portName: string },
  common: Templated<Labels | undefined> | undefined,
): Pick<Ingress, 'apiVersion' | 'kind'> & Templated<Omit<Ingress, 'apiVersion' | 'kind'>> {
  const { host, hosts = [], className, tls, annotations } = options;
  const backend = { service: { name: service.name, port: { name: service.portName } } };
  const paths = pathsOf(options).map(({ path, exact }) => ({
    path,
    pathType: exact ? 'Exact' : 'Prefix',
    backend,
  }));
  const forEach = <T>(each: (name: Templated<string>) => T): readonly T[] => [
    each(host),
    ...mapList<string, T>(orDefault(hosts, []), each),
  ];
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, labels, annotations: annotations ?? common },
    spec: {
      ingressClassName: className,
      tls: tls && pick(tls.enabled ?? true, [{ hosts: forEach((one) => one), secretName: tls.secretName }]),
      rules: forEach((one): Templated<IngressRule> => ({ host: one, http: { paths } })),
    },
  };
}

export const DEFAULT_PATH = '/';

/** The places on the host, one by one. */
export function pathsOf({ path, paths }: Pick<IngressOptions, 'path' | 'paths'>): readonly {
  readonly path: Templated<string>;
  readonly exact: boolean;
}[] {
  if (paths === undefined) return [{ path: path ?? DEFAULT_PATH, exact: false }];
  return paths.map((one) =>
    typeof one === 'object' && !(one instanceof Expression) && 'path' in one
      ? { path: one.path, exact: one.exact ?? false }
      : { path: one as Templated<string>, exact: false },
  );
}
