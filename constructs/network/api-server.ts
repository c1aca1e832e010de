import type { Templated } from '../../core/template';
import type { NetworkPolicyPort } from '../../imports/k8s';
import { all, isFilled, mapList } from '../condition';
import { EVERYWHERE, Peer } from './peer';

/** Where the API server is. Its address is seldom known, so by default only its ports narrow this. */
export interface ApiServerAddress {
  /**
   * Ranges that hold its addresses.
   * @default ['0.0.0.0/0', '::/0']
   */
  readonly ranges?: Templated<readonly string[]>;
  /**
   * The ports that it may listen on: of the Service `kubernetes`, and of the server itself, for many network plug-ins
   * look at a packet when it is already on its way there. 6443 is what most installers use, 8443 what minikube uses.
   * @default [443, 6443, 8443]
   */
  readonly ports?: Templated<readonly number[]>;
}

export const API_SERVER_DEFAULTS = {
  ranges: EVERYWHERE,
  ports: [443, 6443, 8443],
} as const satisfies ApiServerAddress;

export function apiServerPeer(address: ApiServerAddress | true): Peer {
  const { ranges, ports } = address === true ? ({} as ApiServerAddress) : address;
  const numbers: Templated<readonly number[]> = ports ?? API_SERVER_DEFAULTS.ports;
  const peer = Peer.cidrs(ranges ?? API_SERVER_DEFAULTS.ranges);
  return {
    ...peer,
    ports: [...mapList<number, Templated<NetworkPolicyPort>>(numbers, (port) => ({ port, protocol: 'TCP' }))],
    // Without a port, the rule would be for every port.
    enabled: all(peer.enabled ?? true, isFilled(numbers)),
  };
}
