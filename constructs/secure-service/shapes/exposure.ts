import { prop } from '../../../core/props';
import type { HttpRouteOptions, IngressOptions, IngressTls } from '../exposure';

/** The shapes of the ways in from outside. */

/** Whose pods, and which addresses beside them, call a service from outside. */
const controller = {
  controllerNamespace: prop.dnsLabel(),
  controllerLabels: prop.labels(),
  controllerRanges: prop.list(prop.cidr()),
};

const tls = prop.object<IngressTls>(
  { enabled: prop.boolean(), secretName: prop.objectName().required() },
  { switchedBy: 'enabled' },
);

export const ingress = prop.object<IngressOptions>(
  {
    enabled: prop.boolean(),
    host: prop.host({ wildcard: true }).required(),
    path: prop.urlPath(),
    className: prop.objectName().orAbsent(),
    tls,
    ...controller,
    annotations: prop.annotations().orAbsent(),
  },
  { switchedBy: 'enabled' },
);

const gateway = prop.object<HttpRouteOptions['gateway']>({
  name: prop.objectName().required(),
  namespace: prop.dnsLabel(),
  listener: prop.objectName(),
});

export const httpRoute = prop.object<HttpRouteOptions>(
  {
    enabled: prop.boolean(),
    host: prop.host({ wildcard: true }).required(),
    path: prop.urlPath(),
    gateway: gateway.required(),
    ...controller,
    controllerNamespace: prop.dnsLabel().required(),
  },
  { switchedBy: 'enabled' },
);
