import { prop } from '../../../core/props';
import { dataList } from '../../workload/shapes/parts';
import type { IngressOptions, IngressTls } from '../exposure';
import type { HttpRouteOptions, RouteOptions } from '../routes';

/** The shapes of the ways in from outside. */

/** Whose pods, and which addresses beside them, call a service from outside. */
const controller = {
  controllerNamespace: prop.dnsLabel().orAbsent(),
  controllerLabels: prop.labels(),
  controllerRanges: prop.list(prop.cidr()),
};

/** Under which names a service is found, and where on them. */
const hosts = {
  host: prop.host({ wildcard: true }).required(),
  hosts: prop.list(prop.host({ wildcard: true })).orAbsent(),
};
const routePath = prop.byKind(
  {
    text: prop.urlPath(),
    object: prop.object<{ readonly path: string; readonly exact?: boolean }>({
      path: prop.urlPath().required(),
      exact: prop.flag(),
    }),
  },
  'a path such as /api, or { path, exact }',
);
const paths = { path: prop.urlPath(), paths: prop.list(routePath, { minItems: 1 }).inProgram() };

const tls = prop.object<IngressTls>(
  { enabled: prop.boolean(), secretName: prop.objectName().required() },
  { switchedBy: 'enabled' },
);

export const ingress = prop.object<IngressOptions>(
  {
    enabled: prop.boolean(),
    ...hosts,
    ...paths,
    className: prop.objectName().orAbsent(),
    tls,
    ...controller,
    annotations: prop.annotations().orAbsent(),
  },
  { switchedBy: 'enabled' },
);

const gateway = prop.object<RouteOptions['gateway']>({
  name: prop.objectName().required(),
  namespace: prop.dnsLabel().orAbsent(),
  listener: prop.objectName().orAbsent(),
});

const routed = {
  enabled: prop.boolean(),
  ...hosts,
  gateway: gateway.required(),
  ...controller,
  controllerNamespace: prop.dnsLabel().required(),
};

/** A route that says no path. */
export const route = prop.object<RouteOptions>(routed, { switchedBy: 'enabled' });

export const httpRoute = prop.object<HttpRouteOptions>(
  { ...routed, ...paths, filters: dataList },
  { switchedBy: 'enabled' },
);
