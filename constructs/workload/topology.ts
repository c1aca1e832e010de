import { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Expression } from '../../core/template';
import { guardsOf } from '../../core/tree';
import { all, type Condition } from '../condition';
import { ConstructError } from '../construct-error';
import { apiServerPeer } from '../network/api-server';
import { dnsPeer } from '../network/dns';
import { isPeer, Peer, type Rule } from '../network/peer';
import { fromPlus } from '../network/plus-peer';
import type { OutgoingProps } from './props';

/** Whom a workload calls by its own props, apart from other constructs. */
export function outgoing(props: OutgoingProps): Rule[] {
  const ranges = (props.egress ?? []).map(({ cidr, ...options }) => Peer.cidr(cidr, options));
  const api = props.allowApiServer ? [apiServerPeer(props.allowApiServer)] : [];
  return [dnsPeer(props.dns), ...(props.allowTo ?? []).map(fromPlus).filter(isPeer), ...ranges, ...api].map(
    (peer) => ({
      peer,
      enabled: true,
    }),
  );
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

/** Two constructs of different Apps never meet. */
export function requireSameApp(from: IConstruct, to: IConstruct, prop: string): void {
  if (from.node.root === to.node.root) return;
  throw new ConstructError('PEER_ELSEWHERE', from, prop, {
    found: `${to.node.path || 'a service'} of another App`,
    expected: 'a service of this App, or a Peer',
    remedy: 'Name what is installed by others with `Peer.pods(...)` or `Peer.namespace(...)`.',
  });
}
