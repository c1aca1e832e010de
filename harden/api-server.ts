import type { Pods } from '../check';
import { API_SERVER_DEFAULTS } from '../constructs/network/api-server';
import type { Peer } from '../constructs/network/peer';
import { isNode, type Tree } from '../core/template';
import type { PodEdit } from './pod-edit';
import type { Settings } from './settings';
import type { Surroundings } from './surroundings';

/** The API server is no pod that a selector finds: where a policy closes the rest, only an address lets it through. */
export function closedToApiServer(
  edit: PodEdit,
  pods: Pods,
  surroundings: Surroundings,
  { answers }: Settings,
): void {
  const asking = surroundings.askedFor(pods);
  if (asking.length > 0 && answers.allowFrom && !answers.allowFrom.some(isByAddress))
    edit.find(
      'callers',
      [],
      `The API server calls it, for ${asking.join(' and ')}, and \`allowFrom\` names no address that it could call from.`,
      'Name the addresses of the API server in `allowFrom`, with Peer.cidr.',
    );
}

/** A program with rights is cut off from the API server by answers that do not speak of it. */
export function closedFromApiServer(
  edit: PodEdit,
  pods: Pods,
  surroundings: Surroundings,
  { answers }: Settings,
): void {
  const { allowTo, allowApiServer } = answers;
  const mayCall =
    edit.get('automountServiceAccountToken') !== false && surroundings.rightsOf(pods) === 'some';
  if (!mayCall || !allowTo || allowApiServer !== undefined) return;
  if (allowTo.some((peer) => isByAddress(peer) && isOnItsPort(peer))) return;
  edit.find(
    'egress',
    [],
    'Its account has rights at the API server, and `allowTo` closes the way there.',
    'Answer `allowApiServer` for it: `true`, or `false` where it never calls the API server.',
  );
}

/** Everybody, an address, or what only the installation knows. */
function isByAddress({ who }: Peer): boolean {
  if (!Array.isArray(who)) return true;
  return who.length === 0 || who.some((one) => isNode(one as Tree) || one.ipBlock !== undefined);
}

const PORTS: readonly unknown[] = API_SERVER_DEFAULTS.ports;

function isOnItsPort({ ports }: Peer): boolean {
  if (!ports) return true;
  return ports.some((one) => {
    const port = isNode(one as Tree) ? undefined : (one as { readonly port?: unknown }).port;
    return typeof port !== 'number' || PORTS.includes(port);
  });
}
