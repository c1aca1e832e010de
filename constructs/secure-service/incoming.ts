import type { Templated } from '../../core/template';
import type { Condition } from '../condition';
import { orDefault } from '../condition';
import { isPeer, Peer, type Rule } from '../network/peer';
import { fromPlus } from '../network/plus-peer';
import { DEFAULT_CONTROLLER_NAMESPACE, type IngressOptions } from './exposure';
import type { SecureServiceProps } from './props';
import type { RouteOptions } from './routes';

/** Who calls a service by its own props, apart from other services. */
export function incoming(props: SecureServiceProps): Rule[] {
  const { nodePort, loadBalancer, ingress, httpRoute, grpcRoute, tlsRoute, allowPrometheus } = props;
  const rules: Rule[] = (props.allowFrom ?? [])
    .map(fromPlus)
    .filter(isPeer)
    .map((peer) => ({ peer, enabled: true }));
  for (const outside of [ingress, httpRoute, grpcRoute, tlsRoute])
    if (outside) rules.push(...controllers(outside, props.port, outside.enabled ?? true));
  if (nodePort) {
    const enabled = nodePort.enabled ?? true;
    const peers = nodePort.clients
      ? nodePort.clients.map((cidr) => Peer.cidr(cidr, { port: props.port }))
      : [Peer.anybody({ port: props.port })];
    rules.push(...peers.map((peer) => ({ peer, enabled })));
  }
  if (loadBalancer) {
    const { enabled = true, clients } = loadBalancer;
    const peer = clients ? Peer.cidrs(clients, { port: props.port }) : Peer.anybody({ port: props.port });
    rules.push({ peer, enabled });
  }
  if (allowPrometheus) {
    const { namespace, port } = allowPrometheus;
    rules.push({ peer: Peer.namespace(namespace, { port: port ?? props.port }), enabled: true });
  }
  return rules;
}

/** What lets the outside in: its pods, and addresses that are none of a pod. */
function controllers(
  outside: IngressOptions | RouteOptions,
  port: Templated<number>,
  enabled: Condition,
): Rule[] {
  const { controllerLabels, controllerRanges } = outside;
  const namespace = orDefault(outside.controllerNamespace, DEFAULT_CONTROLLER_NAMESPACE);
  const pods =
    controllerLabels === undefined
      ? Peer.namespace(namespace, { port })
      : Peer.pods(controllerLabels, { namespace, port });
  const addresses = controllerRanges === undefined ? [] : [Peer.cidrs(controllerRanges, { port })];
  return [pods, ...addresses].map((peer) => ({ peer, enabled }));
}
