import type { Expression, Templated } from '../../core/template';
import { release } from '../../core/tree';
import { type Values, value } from '../../core/values';
import { filled } from '../condition';
import { RANGE_PATTERN } from '../network/values';
import { DEFAULT_CONTROLLER_NAMESPACE } from '../secure-service/exposure';
import type { SecureServiceProps } from '../secure-service/props';
import { labels, texts } from './service-values';

/** The defaults of the values of the way in. */
export interface ExposureValuesOptions {
  /** The host name. */
  readonly host: string;
  /**
   * Which way is open without being asked for.
   * @default - none
   */
  readonly open?: 'httpRoute' | 'ingress';
}

/**
 * The values of the two ways in from outside, a route of a Gateway and an Ingress.
 *
 * @example
 * const values = defineValues({
 *   ...serviceValues({ image: { repository: 'registry.example.com/shop', tag: '1.4.2' } }),
 *   ...exposureValues({ host: 'shop.example.com' }),
 * });
 * new SecureService(shop, 'web', { port: 8080, ...serviceProps(values), ...exposureProps(values) });
 */
export function exposureValues({ host, open }: ExposureValuesOptions) {
  return {
    httpRoute: {
      enabled: value.boolean({
        default: open === 'httpRoute',
        doc: 'Make the service reachable through a Gateway',
      }),
      ...place(host),
      gateway: {
        name: value.dnsName({ default: 'gateway', doc: 'The Gateway' }),
        namespace: value.dnsName({
          optional: true,
          doc: 'Namespace of the Gateway; that of the release without',
        }),
        listener: value.dnsName({
          default: 'https',
          doc: 'Listener of the Gateway; one that has certificates',
        }),
      },
      ...controllerValues('gateway-system', 'Gateway'),
    },
    ingress: {
      enabled: value.boolean({
        default: open === 'ingress',
        doc: 'Make the service reachable through an Ingress',
      }),
      ...place(host),
      className: value.dnsName({ optional: true, doc: "Ingress class; the cluster's default without" }),
      annotations: texts('Annotations of the Ingress, for its controller and cert-manager'),
      tls: {
        enabled: value.boolean({ default: true, doc: 'Encrypt what goes through the Ingress' }),
        secretName: value.dnsName({
          default: `${host.split('.')[0]}-tls`,
          doc: 'Secret with the certificate',
        }),
      },
      ...controllerValues(DEFAULT_CONTROLLER_NAMESPACE, 'ingress controller'),
    },
  } as const;
}

function place(host: string) {
  return {
    host: value.string({
      default: host,
      pattern: '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$',
      maxLength: 253,
      doc: 'The host name',
    }),
    path: value.string({
      default: '/',
      pattern: '^/[A-Za-z0-9/_.~-]*$',
      doc: 'Where on the host the service begins',
    }),
  } as const;
}

function controllerValues(namespace: string, who: string) {
  return {
    controllerNamespace: value.dnsName({ default: namespace, doc: `Namespace of the pods of the ${who}` }),
    controllerLabels: labels(`Labels of those pods; all of the namespace without`),
    controllerRanges: value.list(value.string({ pattern: RANGE_PATTERN, doc: 'A range of addresses' }), {
      default: [],
      doc: `Addresses that call beside them: of nodes, where the ${who} uses their network, and of load balancers`,
    }),
  } as const;
}

type ExposureValues = Omit<Values<ReturnType<typeof exposureValues>>, 'parse'>;

/**
 * The props of a SecureService that these values are for.
 *
 * @example
 * const values = defineValues({
 *   ...serviceValues({ image: { repository: 'registry.example.com/shop', tag: '1.4.2' } }),
 *   ...exposureValues({ host: 'shop.example.com' }),
 * });
 * new SecureService(shop, 'web', { port: 8080, ...serviceProps(values), ...exposureProps(values) });
 */
export function exposureProps({
  httpRoute,
  ingress,
}: ExposureValues): Pick<SecureServiceProps, 'allowPlainIngress' | 'httpRoute' | 'ingress'> {
  const { gateway } = httpRoute;
  return {
    httpRoute: {
      ...httpRoute,
      gateway: { ...gateway, namespace: gateway.namespace.orElse(release.namespace) as Expression<string> },
      ...controllerOf(httpRoute),
    },
    // It is allowed at installation, with `ingress.tls.enabled: false`, for a load balancer that ends TLS.
    allowPlainIngress: true,
    ingress: { ...ingress, annotations: filled(ingress.annotations), ...controllerOf(ingress) },
  };
}

function controllerOf({
  controllerNamespace,
  controllerLabels,
  controllerRanges,
}: Pick<ExposureValues['ingress'], 'controllerNamespace' | 'controllerLabels' | 'controllerRanges'>) {
  return {
    controllerNamespace,
    controllerLabels,
    controllerRanges: controllerRanges as Templated<readonly string[]>,
  };
}
