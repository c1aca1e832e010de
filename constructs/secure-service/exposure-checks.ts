import type { IConstruct } from 'constructs';
import { ConstructError } from '../construct-error';
import { checkMonitor } from '../workload/metrics';
import { pathsOf } from './exposure';
import type { SecureServiceProps } from './props';
import { metricsPortOf } from './protocol';
import type { HttpRouteFilter, HttpRouteOptions } from './routes';

/** What two props of the ways in say together. */
export function checkExposure(construct: IConstruct, props: SecureServiceProps): void {
  for (const name of ['ingress', 'httpRoute'] as const) {
    const way = props[name];
    if (way?.path !== undefined && way.paths !== undefined)
      throw refused(construct, `${name}.paths`, '`path` beside it', 'one of the two', 'Add it to `paths`.');
  }
  for (const name of ['ingress', 'httpRoute', 'grpcRoute', 'tlsRoute'] as const) {
    const { host, hosts } = props[name] ?? {};
    const names: unknown[] = Array.isArray(hosts) ? [host, ...hosts] : [];
    const twice = names.find((one, index) => typeof one === 'string' && names.indexOf(one) < index);
    if (twice !== undefined)
      throw refused(construct, `${name}.hosts`, `${twice} twice`, 'every host once', 'Take one out.');
  }
  checkRewrite(construct, props.httpRoute);
  checkMonitor(construct, props.allowPrometheus?.monitor);
  if (!props.allowPrometheus?.monitor || metricsPortOf(props) !== undefined) return;
  throw refused(
    construct,
    'allowPrometheus.port',
    'a port that has no name',
    "the service's own port, or one of `ports`",
    'Add it to `ports`, such as `ports: { metrics: 9090 }`: a monitor names ports by their names.',
  );
}

/** The Gateway API takes a prefix off only where there is one. */
function checkRewrite(construct: IConstruct, route: HttpRouteOptions | undefined): void {
  const rewrites = route?.filters?.some((one) => {
    const { urlRewrite, requestRedirect } = one as Partial<HttpRouteFilter>;
    return [urlRewrite, requestRedirect].some((change) => change?.path?.type === 'ReplacePrefixMatch');
  });
  if (!route || !rewrites) return;
  const [only, ...more] = pathsOf(route);
  if (more.length === 0 && !only?.exact) return;
  throw refused(
    construct,
    'httpRoute.paths',
    'several paths, or an exact one, beside a filter that replaces the prefix',
    'one path that is a prefix',
    'Give the other paths to a route of their own.',
  );
}

function refused(
  construct: IConstruct,
  prop: string,
  found: string,
  expected: string,
  remedy: string,
): ConstructError {
  return new ConstructError('PROP_INVALID', construct, prop, { found, expected, remedy });
}
