import type { IConstruct } from 'constructs';
import { Expression } from '../../core/template';
import { ConstructError } from '../construct-error';
import { requireThat } from '../require';
import { isPeer, type Peer } from './peer';
import { peerShape } from './peer-shape';
import { fromPlus } from './plus-peer';

const REMEDY =
  'Pass the service itself, as in `allowTo: [db]` after `const db = new SecureService(...)`; name what others install with `Peer.pods({ ... })`, `Peer.namespace(...)` or `Peer.cidr(...)`.';

/**
 * Refuses a list of peers in which something is neither a construct of the right kind nor a Peer, for it would open
 * nothing, and Peers that no NetworkPolicy can name.
 */
export function checkPeers(
  construct: IConstruct,
  prop: string,
  peers: unknown,
  isConstruct: (one: unknown) => boolean,
): void {
  if (peers === undefined) return;
  if (!Array.isArray(peers)) throw stranger(construct, prop, peers, 'a list of services and Peers');
  for (const [index, given] of peers.entries()) {
    const one: unknown = fromPlus(given);
    if (isConstruct(one)) continue;
    const place = `${prop}[${index}]`;
    if (!isPeer(one)) throw stranger(construct, place, one, 'a service of this App, or a Peer');
    for (const { holds, ...facts } of peerShape(one).requirements(written(one), place))
      requireThat(construct, holds, facts);
  }
}

/** Whole entries that are expressions are judged when they are installed. */
function written(peer: Peer): Peer {
  const { who } = peer;
  return Array.isArray(who) ? { ...peer, who: who.filter((one) => !(one instanceof Expression)) } : peer;
}

function stranger(construct: IConstruct, prop: string, given: unknown, expected: string): ConstructError {
  return new ConstructError('PROP_INVALID', construct, prop, {
    found: shown(given),
    expected,
    remedy: REMEDY,
  });
}

function shown(given: unknown): string {
  if (typeof given === 'string') return `the text ${JSON.stringify(given)}`;
  if (given === null || typeof given !== 'object') return String(given);
  return Array.isArray(given)
    ? 'a list'
    : `an object with ${Object.keys(given).join(', ') || 'nothing in it'}`;
}
