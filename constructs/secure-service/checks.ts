import { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Expression, type Templated } from '../../core/template';
import { guardsOf } from '../../core/tree';
import { any, type Condition, not, orDefault } from '../condition';
import { checkDelivery } from '../delivery/strategy';
import { isCaller } from '../network/peer';
import { checkPeers } from '../network/peer-checks';
import { requireProps, requireThat } from '../require';
import { checkScaling, checkWorkload } from '../workload/checks';
import { GRACE_SECONDS } from '../workload/pod';
import { storageMounts } from '../workload/storage';
import { checkUpdateStrategy } from '../workload/update-strategy';
import { checkExposure } from './exposure-checks';
import { checkPorts } from './port-checks';
import type { SecureServiceProps } from './props';
import { PRE_STOP_SECONDS } from './serving';
import { shapeOfProps } from './shapes';

/** Rejects invalid props: each by its shape, then what two of them say together. */
export function checkProps(construct: IConstruct, props: SecureServiceProps): void {
  requireProps(construct, shapeOfProps(props), props);
  checkPorts(construct, props);
  checkWorkload(construct, props, storageMounts(props.storage));
  checkScaling(construct, props);
  checkUpdateStrategy(construct, props.updateStrategy, props.storage !== undefined);
  checkDelivery(construct, props);
  checkShutdown(construct, props);
  checkIngress(construct, props);
  checkExposure(construct, props);
  if (props.nodePort) checkNodePort(construct, props.nodePort.port);
  checkPeers(construct, 'allowFrom', props.allowFrom, isCaller);
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

function isBelow(low: Templated<number>, high: Templated<number>): Condition {
  if (low instanceof Expression) return low.lt(high as number);
  return high instanceof Expression ? high.gt(low) : low < high;
}

function checkShutdown(construct: IConstruct, props: SecureServiceProps): void {
  if (props.preStop) return;
  const before = orDefault(props.preStopSeconds, PRE_STOP_SECONDS);
  const whole = orDefault(props.terminationGracePeriodSeconds, GRACE_SECONDS);
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
