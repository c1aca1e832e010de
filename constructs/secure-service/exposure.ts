import type { Templated } from '../../core/template';
import type { KubeManifest } from '../../core/tree';
import type { Ingress } from '../../imports/k8s';
import { type Condition, pick } from '../condition';
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

export interface IngressOptions extends ControllerOptions {
  /**
   * Whether there is an Ingress at all.
   * @default true
   */
  readonly enabled?: Condition;
  /** The host name. */
  readonly host: Templated<string>;
  /**
   * Where on the host the service begins.
   * @default '/'
   */
  readonly path?: Templated<string>;
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
  readonly controllerNamespace?: Templated<string>;
  /**
   * Annotations that the controller or cert-manager reads.
   * @default - none
   */
  readonly annotations?: Templated<Labels>;
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

/** A route of a Gateway. Certificates belong to the listeners of the Gateway; name one that has them. */
export interface HttpRouteOptions extends ControllerOptions {
  /**
   * Whether there is a route at all.
   * @default true
   */
  readonly enabled?: Condition;
  /** The host name. */
  readonly host: Templated<string>;
  /**
   * Where on the host the service begins.
   * @default '/'
   */
  readonly path?: Templated<string>;
  /** The Gateway: its name, its namespace where that is another, and the listener, such as one called `https`. */
  readonly gateway: {
    readonly name: Templated<string>;
    readonly namespace?: Templated<string>;
    readonly listener?: Templated<string>;
  };
  /** The namespace in which the Gateway's pods run, from which the service is called. */
  readonly controllerNamespace: Templated<string>;
}

export const DEFAULT_CONTROLLER_NAMESPACE = 'ingress-nginx';

export function ingress(
  { name, labels }: Identity,
  { host, path, className, tls, annotations }: IngressOptions,
  service: { readonly name: Templated<string>; readonly portName: string },
  common: Templated<Labels> | undefined,
): Pick<Ingress, 'apiVersion' | 'kind'> & Templated<Omit<Ingress, 'apiVersion' | 'kind'>> {
  const backend = { service: { name: service.name, port: { name: service.portName } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, labels, annotations: annotations ?? common },
    spec: {
      ingressClassName: className,
      tls: tls && (pick(tls.enabled ?? true, [{ hosts: [host], secretName: tls.secretName }]) as never),
      rules: [{ host, http: { paths: [{ path: path ?? '/', pathType: 'Prefix', backend }] } }],
    },
  };
}

export interface HttpRoute extends KubeManifest {
  readonly spec: {
    readonly parentRefs: readonly {
      readonly name: string;
      readonly namespace?: string;
      readonly sectionName?: string;
    }[];
    readonly hostnames: readonly string[];
    readonly rules: readonly {
      readonly matches: readonly { readonly path: { readonly type: string; readonly value: string } }[];
      readonly backendRefs: readonly { readonly name: string; readonly port: number }[];
    }[];
  };
}

export function httpRoute(
  { name, labels }: Identity,
  { host, path, gateway }: HttpRouteOptions,
  service: { readonly name: Templated<string>; readonly port: Templated<number> },
  annotations: Templated<Labels> | undefined,
): Pick<HttpRoute, 'apiVersion' | 'kind'> & Templated<Omit<HttpRoute, 'apiVersion' | 'kind'>> {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name, labels, annotations },
    spec: {
      parentRefs: [{ name: gateway.name, namespace: gateway.namespace, sectionName: gateway.listener }],
      hostnames: [host],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: path ?? '/' } }],
          backendRefs: [service],
        },
      ],
    },
  };
}
