import { Expression, type Templated } from '../../core/template';
import type { Condition } from '../condition';
import type { SecureServiceProps, ServingProps } from './props';

/** What is spoken on a port: how the port is called, what meshes are told, and whether it answers HTTP. */
interface Protocol {
  readonly portName: string;
  readonly appProtocol: string;
}

const HTTP: Protocol = { portName: 'http', appProtocol: 'http' };
const HTTPS: Protocol = { portName: 'https', appProtocol: 'https' };

/** Meshes take what they do not know for HTTP or guess at it, so what speaks first, as databases do, is told as `tcp`. */
const tcp = (portName: string): Protocol => ({ portName, appProtocol: 'tcp' });

/** Ports of which everybody knows what is spoken on them; all others are taken for HTTP. */
const WELL_KNOWN: Readonly<Record<number, Protocol>> = {
  22: tcp('ssh'),
  25: tcp('smtp'),
  389: tcp('ldap'),
  443: HTTPS,
  636: tcp('ldaps'),
  1433: tcp('mssql'),
  1883: tcp('mqtt'),
  2379: { portName: 'grpc-etcd', appProtocol: 'grpc' },
  3306: { portName: 'mysql', appProtocol: 'mysql' },
  4222: tcp('nats'),
  5432: tcp('postgresql'),
  5672: tcp('amqp'),
  6379: { portName: 'redis', appProtocol: 'redis' },
  8443: HTTPS,
  9042: tcp('cassandra'),
  9092: tcp('kafka'),
  11211: tcp('memcached'),
  27017: { portName: 'mongodb', appProtocol: 'mongo' },
  50051: { portName: 'grpc', appProtocol: 'grpc' },
};

const BY_NAME = new Map([HTTP, ...Object.values(WELL_KNOWN)].map((one) => [one.portName, one]));

/** By the name that the port has, else by its number: nothing is guessed from a number that only an installation knows. */
function protocolOf({ port, portName }: ServingProps): Protocol | undefined {
  if (portName !== undefined) return BY_NAME.get(portName) ?? BY_NAME.get(portName.split('-')[0] as string);
  return port instanceof Expression ? undefined : (WELL_KNOWN[port] ?? HTTP);
}

export function portNameOf(props: ServingProps): string {
  return props.portName ?? protocolOf(props)?.portName ?? HTTP.portName;
}

export function appProtocolOf(props: ServingProps): Templated<string> | undefined {
  return props.appProtocol ?? protocolOf(props)?.appProtocol;
}

/** How a service is asked whether it is well, unless it says otherwise. A name that is not known is taken for HTTP. */
export function scheme(props: ServingProps): 'HTTP' | 'HTTPS' | undefined {
  const protocol = appProtocolOf(props);
  if (protocol === undefined || protocol === 'http' || protocol === 'http2') return 'HTTP';
  return protocol === 'https' ? 'HTTPS' : undefined;
}

const SERVICE_PORTS = { HTTP: 80, HTTPS: 443 } as const;

/** The Service's port: where browsers and clients look for it without being told. */
export function servicePortOf(
  props: ServingProps & { readonly servicePort?: Templated<number> },
): Templated<number> {
  const spoken = scheme(props);
  return props.servicePort ?? (spoken ? SERVICE_PORTS[spoken] : props.port);
}

/** One of the ports beside the service's own. */
export interface NamedPort {
  readonly name: string;
  readonly port: Templated<number>;
  readonly enabled: Condition;
}

/** The ports beside the service's own, one by one. */
export function morePorts({ ports = {} }: Pick<ServingProps, 'ports'>): NamedPort[] {
  return Object.entries(ports).map(([name, given]) =>
    typeof given === 'object' && !(given instanceof Expression)
      ? { name, port: given.port, enabled: given.enabled ?? true }
      : { name, port: given, enabled: true },
  );
}

/** What the port with the metrics is called; undefined where it is none that has a name. */
export function metricsPortOf(props: SecureServiceProps): string | undefined {
  const port = props.allowPrometheus?.port;
  if (port === undefined || port === props.port) return portNameOf(props);
  return morePorts(props).find((one) => one.port === port)?.name;
}

export function metricsPortName(props: SecureServiceProps): string {
  return metricsPortOf(props) as string;
}
