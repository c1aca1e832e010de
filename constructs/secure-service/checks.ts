import { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { asMeant, carriedNode, Expression, type Templated } from '../../core/template';
import { guardsOf } from '../../core/tree';
import { all, type Condition } from '../condition';
import { requireThat } from '../require';
import { PRE_STOP_SECONDS } from './container';
import { refuseTwice } from './env';
import { GRACE_SECONDS } from './pod';
import type { SecureServiceProps } from './props';
import { checkResources } from './resources';
import { DEFAULT_MIN_REPLICAS } from './scaling';
import { checkFolders } from './storage';

/** Refuses what cannot be, with the prop and what to do: literals at once, values when the chart is installed. */
export function checkProps(construct: IConstruct, props: SecureServiceProps): void {
  checkImage(construct, props);
  const ports = { port: props.port, servicePort: props.servicePort, ...prefixed(props.ports) };
  for (const [prop, port] of Object.entries(ports)) {
    if (port !== undefined) checkRange(construct, 'PORT_RANGE', prop, port, 1, 65_535);
  }
  checkResources(construct, props.resources);
  checkFolders(construct, props.writable ?? [], props.storage);
  checkUser(construct, props);
  checkScaling(construct, props);
  checkShutdown(construct, props);
  if (props.nodePort) checkNodePort(construct, props.nodePort.port);
  for (const prop of ['sidecars', 'initContainers'] as const) {
    for (const extra of props[prop] ?? []) {
      const env = (extra as { readonly env?: unknown }).env;
      if (Array.isArray(env)) refuseTwice(construct, [env], `${prop} env`);
    }
  }
}

function prefixed(ports: SecureServiceProps['ports'] = {}) {
  return Object.fromEntries(Object.entries(ports).map(([name, port]) => [`ports.${name}`, port]));
}

/** `name:tag`, `name@sha256:...`; a colon before the last slash belongs to the registry's port. */
const PINNED =
  /^[^\s@]+(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?@sha256:[0-9a-f]{64}$|^[^\s@]*[^\s@/]:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

function checkImage(construct: IConstruct, { image, allowUnpinnedImage }: SecureServiceProps): void {
  if (allowUnpinnedImage) return;
  const meant = asMeant(image);
  requireThat(construct, isPinned(meant), {
    code: 'IMAGE_UNPINNED',
    prop: 'image',
    found: JSON.stringify(typeof meant === 'string' ? meant : 'an expression'),
    expected: 'an image with a tag or a digest, such as example.com/app:1.2.3',
    remedy: 'Name what shall run; `allowUnpinnedImage` takes whatever the registry has that day.',
  });
}

function isPinned(image: Templated<string>): Condition {
  if (!(image instanceof Expression)) return PINNED.test(image);
  const op = carriedNode(image)?.op;
  const last = op?.op === 'concat' ? op.parts.filter((part) => typeof part === 'string').join('') : '';
  // `repository:` or `@` as plain text before the value of the tag says it; else only the whole text can.
  return /[:@][^/]*$/.test(last) || image.contains(':');
}

type RangeCode = 'PORT_RANGE' | 'NODE_PORT_RANGE' | 'SCALING_RANGE';

function checkRange(
  construct: IConstruct,
  code: RangeCode,
  prop: string,
  number: Templated<number>,
  min: number,
  max: number,
): void {
  requireThat(construct, isWithin(number, min, max), {
    code,
    prop,
    found: String(number instanceof Expression ? 'an expression' : number),
    expected: `a whole number from ${min} to ${max}`,
    remedy: 'Correct the number, or the value that it comes from.',
  });
}

function isWithin(number: Templated<number>, min: number, max: number): Condition {
  if (!(number instanceof Expression)) return Number.isInteger(number) && number >= min && number <= max;
  const shape = carriedNode(number)?.shape;
  if (shape?.type === 'integer' && shape.min >= min && shape.max <= max) return true;
  return all(number.ge(min), number.le(max));
}

function checkUser(construct: IConstruct, { user, allowRoot }: SecureServiceProps): void {
  if (user === undefined || allowRoot) return;
  requireThat(construct, user instanceof Expression ? user.ge(1) : user >= 1, {
    code: 'ROOT_USER',
    prop: 'user',
    found: '0, which is root',
    expected: 'a uid above zero',
    remedy: 'Choose a user that the image can run as; `allowRoot` lets the process be root.',
  });
}

const MOST_REPLICAS = 10_000;

function checkScaling(construct: IConstruct, { replicas, autoscaling }: SecureServiceProps): void {
  if (replicas !== undefined) checkRange(construct, 'SCALING_RANGE', 'replicas', replicas, 0, MOST_REPLICAS);
  if (!autoscaling) return;
  const { minReplicas = DEFAULT_MIN_REPLICAS, maxReplicas } = autoscaling;
  checkRange(construct, 'SCALING_RANGE', 'autoscaling.minReplicas', minReplicas, 1, MOST_REPLICAS);
  checkRange(construct, 'SCALING_RANGE', 'autoscaling.maxReplicas', maxReplicas, 1, MOST_REPLICAS);
  requireThat(construct, isAtMost(minReplicas, maxReplicas), {
    code: 'SCALING_RANGE',
    prop: 'autoscaling.maxReplicas',
    found: `${shown(maxReplicas)}, below minReplicas, ${shown(minReplicas)}`,
    expected: 'at least as many as minReplicas',
    remedy: 'Raise maxReplicas or lower minReplicas.',
  });
}

function isAtMost(low: Templated<number>, high: Templated<number>): Condition {
  if (low instanceof Expression) return low.le(high as number);
  return high instanceof Expression ? high.ge(low) : low <= high;
}

function checkShutdown(construct: IConstruct, props: SecureServiceProps): void {
  const before = props.preStopSeconds ?? PRE_STOP_SECONDS;
  const whole = props.terminationGracePeriodSeconds ?? GRACE_SECONDS;
  requireThat(construct, isAtMost(before, whole), {
    code: 'SHUTDOWN_TIME',
    prop: 'terminationGracePeriodSeconds',
    found: `${shown(whole)} s, of which ${shown(before)} s pass before the process hears of its end`,
    expected: 'more time than preStopSeconds',
    remedy: 'Raise terminationGracePeriodSeconds or lower preStopSeconds.',
  });
}

interface TakenPort {
  readonly port: Templated<number>;
  readonly construct: IConstruct;
}
const nodePorts = new WeakMap<IConstruct, TakenPort[]>();

function checkNodePort(construct: IConstruct, port: Templated<number>): void {
  checkRange(construct, 'NODE_PORT_RANGE', 'nodePort.port', port, 30_000, 32_767);
  const taken = nodePorts.get(construct.node.root) ?? [];
  nodePorts.set(construct.node.root, taken);
  for (const other of taken) {
    requireThat(construct, isFree(construct, port, other), {
      code: 'NODE_PORT_TAKEN',
      prop: 'nodePort.port',
      found: `${shown(port)}, which ${other.construct.node.path} has`,
      expected: 'a port that no other service has; a node has each once',
      remedy: 'Give one of the two another port.',
    });
  }
  taken.push({ port, construct });
}

function isFree(construct: IConstruct, port: Templated<number>, other: TakenPort): Condition {
  if (typeof port === 'number' && typeof other.port === 'number') {
    // Two that stand under conditions may exclude each other.
    const mayBeApart = guardsOf(construct).length > 0 && guardsOf(other.construct).length > 0;
    return port !== other.port || mayBeApart;
  }
  // Only inside one chart do two values know each other.
  if (Chart.of(construct) !== Chart.of(other.construct) || guardsOf(other.construct).length > 0) return true;
  return port instanceof Expression
    ? port.notEquals(other.port)
    : (other.port as Expression<number>).notEquals(port);
}

function shown(value: Templated<number>): string {
  return value instanceof Expression ? 'a value' : String(value);
}
