import path from 'node:path';
import { addresses, type Layout } from './layout';

/** The files that a client of the registry needs. Only root can read the key. */
export interface RegistryFiles {
  /** The authority that signed the registry's certificate. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** Where the registry listens, inside the cluster. */
export function registryAddress(layout: Layout): string {
  return `${layout.nodes[0]!.address}:${addresses.registryPort}`;
}

/** With what its clients show that they may use it. */
export function registryFiles({ pki }: Layout): RegistryFiles {
  return {
    authority: path.join(pki, 'registry-ca.crt'),
    certificate: path.join(pki, 'registry-client.crt'),
    key: path.join(pki, 'registry-client.key'),
  };
}
