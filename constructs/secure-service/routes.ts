import type { Templated } from '../../core/template';
import type { KubeManifest } from '../../core/tree';
import { type Condition, mapList, orDefault } from '../condition';
import type { Identity, Labels } from '../identity';
import type { Manifest } from '../workload/workload';
import { type ControllerOptions, type HostOptions, pathsOf, type RoutePath } from './exposure';

/** A route of a Gateway. Certificates belong to the listeners of the Gateway; name one that has them. */
export interface RouteOptions extends ControllerOptions, HostOptions {
  /**
   * Whether there is a route at all.
   * @default true
   */
  readonly enabled?: Condition;
  /** The Gateway: its name, its namespace where that is another, and the listener, such as one called `https`. */
  readonly gateway: {
    readonly name: Templated<string>;
    readonly namespace?: Templated<string | undefined>;
    readonly listener?: Templated<string | undefined>;
  };
  /** The namespace in which the Gateway's pods run, from which the service is called. */
  readonly controllerNamespace: Templated<string>;
}

/** A route for HTTP. */
export interface HttpRouteOptions extends RouteOptions {
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
   * What is changed on the way, as the Gateway API writes it, such as
   * `{ type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } } }`. With a
   * `RequestRedirect` nothing reaches the service.
   * @default - nothing
   */
  readonly filters?: readonly Templated<HttpRouteFilter>[];
}

/** One filter of an HTTPRoute; its `type` says which of its fields there is. */
export interface HttpRouteFilter {
  readonly type:
    | 'CORS'
    | 'ExtensionRef'
    | 'RequestHeaderModifier'
    | 'RequestMirror'
    | 'RequestRedirect'
    | 'ResponseHeaderModifier'
    | 'URLRewrite';
  readonly requestHeaderModifier?: HeaderModifier;
  readonly responseHeaderModifier?: HeaderModifier;
  readonly requestRedirect?: {
    readonly scheme?: string;
    readonly hostname?: string;
    readonly port?: number;
    readonly statusCode?: number;
    readonly path?: PathModifier;
  };
  readonly urlRewrite?: { readonly hostname?: string; readonly path?: PathModifier };
  readonly requestMirror?: { readonly backendRef: { readonly name: string; readonly port?: number } };
  readonly cors?: object;
  readonly extensionRef?: { readonly group: string; readonly kind: string; readonly name: string };
}

export interface HeaderModifier {
  readonly set?: readonly { readonly name: string; readonly value: string }[];
  readonly add?: readonly { readonly name: string; readonly value: string }[];
  readonly remove?: readonly string[];
}

export interface PathModifier {
  readonly type: 'ReplaceFullPath' | 'ReplacePrefixMatch';
  readonly replaceFullPath?: string;
  readonly replacePrefixMatch?: string;
}

/** Where a route leads. */
export interface RouteBackend {
  readonly name: string;
  readonly port: number;
}

/** A route of any kind. */
export interface Route extends KubeManifest {
  readonly spec: {
    readonly parentRefs: readonly {
      readonly name: string;
      readonly namespace?: string;
      readonly sectionName?: string;
    }[];
    readonly hostnames: readonly string[];
    readonly rules: readonly {
      readonly matches?: readonly { readonly path: { readonly type: string; readonly value: string } }[];
      readonly filters?: readonly HttpRouteFilter[];
      readonly backendRefs?: readonly RouteBackend[];
    }[];
  };
}

/** What all routes say. */
function route(
  kind: 'GRPCRoute' | 'HTTPRoute' | 'TLSRoute',
  { name, labels }: Identity,
  { host, hosts = [], gateway }: RouteOptions,
  rule: Templated<Route['spec']['rules'][number]>,
  annotations: Templated<Labels | undefined> | undefined,
): Manifest<Route> {
  return {
    apiVersion: `gateway.networking.k8s.io/${kind === 'TLSRoute' ? 'v1alpha2' : 'v1'}`,
    kind,
    metadata: { name, labels, annotations },
    spec: {
      parentRefs: [{ name: gateway.name, namespace: gateway.namespace, sectionName: gateway.listener }],
      hostnames: [host, ...mapList<string, Templated<string>>(orDefault(hosts, []), (one) => one)],
      rules: [rule],
    },
  };
}

type Service = Templated<RouteBackend>;

export function httpRoute(
  identity: Identity,
  options: HttpRouteOptions,
  service: Service,
  annotations: Templated<Labels | undefined> | undefined,
): Manifest<Route> {
  const { filters } = options;
  const goesElsewhere = filters?.some((one) => (one as Partial<HttpRouteFilter>).type === 'RequestRedirect');
  const rule = {
    matches: pathsOf(options).map(({ path, exact }) => ({
      path: { type: exact ? 'Exact' : 'PathPrefix', value: path },
    })),
    filters,
    backendRefs: goesElsewhere ? undefined : [service],
  };
  return route('HTTPRoute', identity, options, rule, annotations);
}

export function grpcRoute(
  identity: Identity,
  options: RouteOptions,
  service: Service,
  annotations: Templated<Labels | undefined> | undefined,
): Manifest<Route> {
  return route('GRPCRoute', identity, options, { backendRefs: [service] }, annotations);
}

/** The Gateway passes on what it cannot read: the service has the certificate. */
export function tlsRoute(
  identity: Identity,
  options: RouteOptions,
  service: Service,
  annotations: Templated<Labels | undefined> | undefined,
): Manifest<Route> {
  return route('TLSRoute', identity, options, { backendRefs: [service] }, annotations);
}
