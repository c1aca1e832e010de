import { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Expression, type Templated } from '../../core/template';
import { guardsOf } from '../../core/tree';
import { all, type Condition } from '../condition';
import { ConstructError } from '../construct-error';
import { apiServerPeer } from '../network/api-server';
import { dnsPeer } from '../network/dns';
import { isPeer, Peer, type Rule } from '../network/peer';
import { DEFAULT_CONTROLLER_NAMESPACE, type HttpRouteOptions, type IngressOptions } from './exposure';
import type { SecureServiceProps } from './props';

/** Who calls a service by its own props, apart from other services. */
export function incoming(props: SecureServiceProps): Rule[] {
  const { nodePort, ingress, httpRoute, allowPrometheus } = props;
  const rules: Rule[] = (props.allowFrom ?? []).filter(isPeer).map((peer) => ({ peer, enabled: true }));
  for (const outside of [ingress, httpRoute])
    if (outside) rules.push(...controllers(outside, props.port, outside.enabled ?? true));
  if (nodePort) {
    const enabled = nodePort.enabled ?? true;
    const peers = nodePort.clients
      ? nodePort.clients.map((cidr) => Peer.cidr(cidr, { port: props.port }))
      : [Peer.anybody({ port: props.port })];
    rules.push(...peers.map((peer) => ({ peer, enabled })));
  }
  if (allowPrometheus) {
    const { namespace, port } = allowPrometheus;
    rules.push({ peer: Peer.namespace(namespace, { port: port ?? props.port }), enabled: true });
  }
  return rules;
}

/** What lets the outside in: its pods, and addresses that are none of a pod. */
function controllers(
  outside: IngressOptions | HttpRouteOptions,
  port: Templated<number>,
  enabled: Condition,
): Rule[] {
  const { controllerNamespace = DEFAULT_CONTROLLER_NAMESPACE, controllerLabels, controllerRanges } = outside;
  const pods =
    controllerLabels === undefined
      ? Peer.namespace(controllerNamespace, { port })
      : Peer.pods(controllerLabels, { namespace: controllerNamespace, port });
  const addresses = controllerRanges === undefined ? [] : [Peer.cidrs(controllerRanges, { port })];
  return [pods, ...addresses].map((peer) => ({ peer, enabled }));
}

/** Whom a service calls by its own props, apart from other services. */
export function outgoing(props: SecureServiceProps): Rule[] {
  const ranges = (props.egress ?? []).map(({ cidr, ...options }) => Peer.cidr(cidr, options));
  const api = props.allowApiServer ? [apiServerPeer(props.allowApiServer)] : [];
  return [dnsPeer(props.dns), ...(props.allowTo ?? []).filter(isPeer), ...ranges, ...api].map((peer) => ({
    peer,
    enabled: true,
  }));
}

/** Whether a construct is there at all, for a rule that is elsewhere. A loop cannot be asked from outside of it. */
export function presenceOf(construct: IConstruct): Condition {
  const conditions = guardsOf(construct).flatMap((guard) =>
    guard.kind === 'when' ? [new Expression<boolean>(guard.cond)] : [],
  );
  return all(...conditions);
}

/** The namespace of a construct's chart where that is not the one of the other. */
export function otherNamespace(from: IConstruct, to: IConstruct): string | undefined {
  const namespace = Chart.of(to).namespace;
  return namespace === Chart.of(from).namespace ? undefined : namespace;
}

/** Two services of different Apps never meet. */
export function requireSameApp(from: IConstruct, to: IConstruct, prop: string): void {
  if (from.node.root === to.node.root) return;
  throw new ConstructError('PEER_ELSEWHERE', from, prop, {
    found: `${to.node.path || 'a service'} of another App`,
    expected: 'a service of this App, or a Peer',
    remedy: 'Name what is installed by others with `Peer.pods(...)` or `Peer.namespace(...)`.',
  });
}
