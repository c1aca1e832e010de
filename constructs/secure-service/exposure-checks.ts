import type { IConstruct } from 'constructs';
import { ConstructError } from '../construct-error';
import type { SecureServiceProps } from './props';
import { metricsPortOf } from './protocol';

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
  if (!props.allowPrometheus?.monitor || metricsPortOf(props) !== undefined) return;
  throw refused(
    construct,
    'allowPrometheus.port',
    'a port that has no name',
    "the service's own port, or one of `ports`",
    'Add it to `ports`, such as `ports: { metrics: 9090 }`: a monitor names ports by their names.',
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
