import { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Expression, type Templated } from '../../core/template';
import { guardsOf } from '../../core/tree';
import { any, type Condition, not } from '../condition';
import { requireProps, requireThat } from '../require';
import { PRE_STOP_SECONDS } from './container';
import { checkContainers, checkVolumes } from './container-checks';
import { refuseTwice } from './env';
import { GRACE_SECONDS } from './pod';
import { checkPorts } from './port-checks';
import type { SecureServiceProps } from './props';
import { checkResources } from './resources';
import { DEFAULT_MIN_REPLICAS } from './scaling';
import { shapeOfProps } from './shapes';
import { checkFolders } from './storage';

/** Rejects invalid props: each by its shape, then what two of them say together. */
export function checkProps(construct: IConstruct, props: SecureServiceProps): void {
  requireProps(construct, shapeOfProps(props), props);
  checkPorts(construct, props);
  checkResources(construct, props.resources);
  checkFolders(construct, props.writable ?? [], props.storage);
  checkUser(construct, props);
  checkScaling(construct, props);
  checkShutdown(construct, props);
  checkIngress(construct, props);
  checkContainers(construct, props);
  checkVolumes(construct, props);
  if (props.nodePort) checkNodePort(construct, props.nodePort.port);
  for (const prop of ['sidecars', 'initContainers'] as const) {
    for (const extra of props[prop] ?? []) {
      const env = (extra as { readonly env?: unknown }).env;
      if (Array.isArray(env)) refuseTwice(construct, [env], `${prop} env`);
    }
  }
}

function checkUser(construct: IConstruct, { user, userFromCluster, allowRoot }: SecureServiceProps): void {
  if (user === undefined || allowRoot) return;
  requireThat(construct, any(userFromCluster ?? false, user instanceof Expression ? user.ge(1) : user >= 1), {
    code: 'ROOT_USER',
    prop: 'user',
    found: '0, which is root',
    expected: 'a uid above zero',
    remedy: 'Choose a user that the image can run as; `allowRoot` lets the process be root.',
  });
}

function checkIngress(construct: IConstruct, { ingress, allowPlainIngress }: SecureServiceProps): void {
  if (!ingress || allowPlainIngress) return;
  const isEncrypted = ingress.tls ? (ingress.tls.enabled ?? true) : false;
  requireThat(construct, any(not(ingress.enabled ?? true), isEncrypted), {
    code: 'PLAIN_INGRESS',
    prop: 'ingress.tls',
    found: 'an Ingress without TLS',
    expected: 'tls with the Secret that holds the certificate',
    remedy: 'Add tls, or say `allowPlainIngress: true` where something in front of the cluster ends TLS.',
  });
}

function checkScaling(construct: IConstruct, { autoscaling }: SecureServiceProps): void {
  if (!autoscaling) return;
  const { minReplicas = DEFAULT_MIN_REPLICAS, maxReplicas } = autoscaling;
  requireThat(construct, any(not(autoscaling.enabled ?? true), isAtMost(minReplicas, maxReplicas)), {
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

function isBelow(low: Templated<number>, high: Templated<number>): Condition {
  if (low instanceof Expression) return low.lt(high as number);
  return high instanceof Expression ? high.gt(low) : low < high;
}

function checkShutdown(construct: IConstruct, props: SecureServiceProps): void {
  const before = props.preStopSeconds ?? PRE_STOP_SECONDS;
  const whole = props.terminationGracePeriodSeconds ?? GRACE_SECONDS;
  requireThat(construct, isBelow(before, whole), {
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
    // Two objects under conditions may exclude each other.
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
