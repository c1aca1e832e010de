import type { IConstruct } from 'constructs';
import { Expression, type Templated } from '../../core/template';
import type { Condition } from '../condition';
import { ConstructError } from '../construct-error';
import { requireThat } from '../require';
import type { SecureServiceProps } from './props';
import { morePorts, portNameOf, servicePortOf } from './protocol';

/** Every port has a name and a number of its own, in the container and in the Service. */
export function checkPorts(construct: IConstruct, props: SecureServiceProps): void {
  if (props.port instanceof Expression && props.portName === undefined) throw unnamed(construct);
  const own = portNameOf(props);
  const others = morePorts(props).map(({ name, port }) => [name, port] as const);
  const [double] = others.filter(([name]) => name === own);
  if (double) throw twice(construct, `ports.${own}`, `the name ${own}, which \`port\` has already`);
  const inContainer = [
    ['port', props.port] as const,
    ...others.map(([name, port]) => [`ports.${name}`, port] as const),
  ];
  differ(construct, inContainer);
  differ(construct, [['servicePort', servicePortOf(props)], ...inContainer.slice(1)]);
}

type NamedPort = readonly [prop: string, port: Templated<number>];

function differ(construct: IConstruct, ports: readonly NamedPort[]): void {
  for (const [index, [prop, port]] of ports.entries()) {
    for (const [before, taken] of ports.slice(0, index)) {
      requireThat(construct, isOther(port, taken), {
        code: 'PORT_TAKEN',
        prop,
        found: `${port instanceof Expression ? 'a value' : port}, which ${before} may have as well`,
        expected: 'every port once; a Service tells its ports apart by their numbers',
        remedy: 'Remove one of the two, or give it another number.',
      });
    }
  }
}

function isOther(one: Templated<number>, other: Templated<number>): Condition {
  if (one instanceof Expression) return one.notEquals(other);
  return other instanceof Expression ? other.notEquals(one) : one !== other;
}

function twice(construct: IConstruct, prop: string, found: string): ConstructError {
  return new ConstructError('PORT_TAKEN', construct, prop, {
    found,
    expected: 'a name of its own for every port',
    remedy: 'Rename it, or leave it out where it is the port of the service itself.',
  });
}

function unnamed(construct: IConstruct): ConstructError {
  return new ConstructError('PROP_MISSING', construct, 'portName', {
    found: 'nothing, beside a port that is a value',
    expected: 'what the port is called, such as http',
    remedy: "What is spoken cannot be guessed from a value: say `portName: 'http'`, or grpc, or tcp.",
  });
}
