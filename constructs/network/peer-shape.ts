import { prop } from '../../core/props';
import { Expression } from '../../core/template';
import type { IPBlock, LabelSelector, NetworkPolicyPeer, NetworkPolicyPort } from '../../imports/k8s';
import type { Peer } from './peer';

/** What a Peer is made of, however it was made. An expression for a whole entry is judged when it is installed. */

/** @param text what a text of it is, such as a name or a range */
function shape(
  text: <S extends ReturnType<typeof prop.cidr>>(of: S) => S,
): ReturnType<typeof prop.object<Peer>> {
  const selector = prop.object<LabelSelector>(
    {
      matchLabels: prop.map(prop.labelKey(), text(prop.labelValue()), 'labels, such as { app: "shop" }'),
      matchExpressions: prop.list(prop.data()),
    },
    { takesWhole: true },
  );
  const ipBlock = prop.object<IPBlock>({
    cidr: text(prop.cidr()).required(),
    except: prop.list(prop.cidr()).orAbsent(),
  });
  const who = prop.object<NetworkPolicyPeer>(
    { ipBlock, namespaceSelector: selector, podSelector: selector },
    { takesWhole: true },
  );
  return prop.object<Peer>({
    who: prop.list(who.orAbsent()).required(),
    ports: prop.list(port),
    enabled: prop.boolean(),
  });
}

const port = prop.object<NetworkPolicyPort>(
  {
    port: prop.byKind({ number: prop.port(), text: prop.portName() }, 'a port, or the name of one'),
    endPort: prop.port(),
    protocol: prop.oneOf(['TCP', 'UDP', 'SCTP']),
  },
  { takesWhole: true },
);

const always = shape((text) => text);
const sometimes = shape((text) => text.orAbsent() as typeof text);

/**
 * What a Peer takes. Only one that a value switches on may name something that can be absent: without the switch, a
 * selector whose label is absent would be for everybody.
 */
export function peerShape({ enabled }: Peer) {
  return enabled instanceof Expression ? sometimes : always;
}
