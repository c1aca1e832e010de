import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { prop } from '../../core/props';
import { type Templated, text } from '../../core/template';
import { HelmChart, type KubeManifest, KubeObject } from '../../core/tree';
import { ConstructError } from '../construct-error';
import { type Identity, identityOf, type Labels, withLabels } from '../identity';
import { requireProps } from '../require';
import type { HttpRouteFilter, RouteOptions } from '../secure-service/routes';
import {
  checkListeners,
  type GatewayListener,
  type Listener,
  listeners,
  listenersOf,
  REDIRECT,
  redirecting,
} from './listeners';

/** How the outside comes in through the Gateway API. */
export interface SecureGatewayProps {
  /** The class of the gateway: which controller makes it, such as `istio`, `cilium` or `eg`. */
  readonly className: Templated<string>;
  /** Its ports, by name; routes name them. */
  readonly listeners: Readonly<Record<string, GatewayListener>>;
  /**
   * Sends those who come without encryption to the same place with it: a listener on port 80, and one route that answers
   * with a redirect.
   * @default false
   */
  readonly redirectPlain?: boolean;
  /**
   * Annotations of what the controller makes for it, such as those that say how a cloud makes its load balancer.
   * @default - none
   */
  readonly infrastructureAnnotations?: Templated<Labels>;
  /**
   * Its name.
   * @default - the construct's id, behind the name of the release
   */
  readonly name?: Templated<string>;
  /**
   * More labels. Those that this library sets win.
   * @default - none
   */
  readonly labels?: Templated<Labels>;
  /**
   * Annotations, such as those that cert-manager reads.
   * @default - none
   */
  readonly annotations?: Templated<Labels>;
}

const shape = prop.object<SecureGatewayProps>(
  {
    className: prop.objectName().required(),
    listeners: listeners.required(),
    redirectPlain: prop.flag(),
    infrastructureAnnotations: prop.annotations(),
    name: prop.dnsLabel(),
    labels: prop.labels(),
    annotations: prop.annotations(),
  },
  { expected: 'an object with className and listeners' },
);

interface Gateway extends KubeManifest {
  readonly spec: {
    readonly gatewayClassName: string;
    readonly infrastructure?: { readonly annotations: Labels };
    readonly listeners: readonly Listener[];
  };
}

interface RedirectRoute extends KubeManifest {
  readonly spec: {
    readonly parentRefs: readonly { readonly name: string; readonly sectionName: string }[];
    readonly rules: readonly { readonly filters: readonly HttpRouteFilter[] }[];
  };
}

/**
 * A Gateway of the Gateway API, which has to be installed in the cluster, with a controller. Every listener is encrypted
 * and serves routes of its own namespace, unless a prop says otherwise.
 *
 * @example
 * const gateway = new SecureGateway(shop, 'public', {
 *   className: 'istio',
 *   listeners: { https: { host: '*.example.com', secretName: 'example-tls' } },
 *   redirectPlain: true,
 * });
 * new SecureService(shop, 'api', {
 *   image: 'registry.example.com/api:1.4.2',
 *   port: 8080,
 *   resources: 'small',
 *   httpRoute: { host: 'api.example.com', gateway: gateway.at('https'), controllerNamespace: 'istio-system' },
 * });
 */
export class SecureGateway extends Construct {
  readonly gateway: KubeObject<Gateway>;
  /** The route that answers with a redirect. */
  readonly redirect: KubeObject<RedirectRoute> | undefined;
  private readonly identity: Identity;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: SecureGatewayProps,
  ) {
    super(scope, id);
    requireProps(this, shape, props);
    checkListeners(this, props.listeners, props.redirectPlain ?? false);
    this.identity = identityOf(this, props.name);
    const { name } = this.identity;
    const labels = withLabels(props.labels, this.identity.labels);
    const { annotations, infrastructureAnnotations } = props;
    this.gateway = new KubeObject<Gateway>(this, 'gateway', {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name, labels, annotations },
      spec: {
        gatewayClassName: props.className,
        infrastructure: infrastructureAnnotations && { annotations: infrastructureAnnotations },
        listeners: [...listenersOf(props.listeners), ...(props.redirectPlain ? [redirecting()] : [])],
      },
    });
    if (!props.redirectPlain) return;
    this.redirect = new KubeObject<RedirectRoute>(this, 'redirect', {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: text`${name}-redirect`, labels, annotations },
      spec: {
        parentRefs: [{ name, sectionName: REDIRECT }],
        rules: [
          {
            filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }],
          },
        ],
      },
    });
  }

  /** One of its listeners, for the `gateway` of a route. */
  at(listener: string): RouteOptions['gateway'] {
    if (!Object.hasOwn(this.props.listeners, listener))
      throw new ConstructError('PROP_INVALID', this, 'at', {
        found: `the listener ${JSON.stringify(listener)}`,
        expected: `one of ${Object.keys(this.props.listeners).join(', ')}`,
        remedy: 'Name a listener of this gateway.',
      });
    const chart = Chart.of(this);
    const { name } = this.identity;
    // Charts of one release are in one namespace, which is that of the route unless it is said.
    if (chart instanceof HelmChart || chart.namespace === undefined) return { name, listener };
    return { name, namespace: chart.namespace, listener };
  }
}
