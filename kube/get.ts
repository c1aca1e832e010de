import type { CallOptions } from './call';
import type { Connection } from './connection';
import { KubeError } from './errors';
import { asAsked, metadataHeaders } from './metadata-only';
import { request } from './request';
import { type Address, type KubeObject, objectPath, type Resource, type Stored } from './resource';

/**
 * One object, or ApiError NOT_FOUND.
 *
 * @example
 * const config = await get(connection, resource('v1', 'ConfigMap'), { namespace: 'shop', name: 'prices' });
 * console.log(config.metadata.resourceVersion);
 */
export async function get<Kind extends KubeObject>(
  connection: Connection,
  of: Resource<Kind>,
  address: Address,
  options: CallOptions = {},
): Promise<Stored<Kind>> {
  const found = await request<Stored<Kind>>(connection, {
    ...options,
    ...metadataHeaders(of, 'PartialObjectMetadata'),
    method: 'GET',
    path: objectPath(connection, of, address),
    resource: of.plural,
    idempotent: true,
  });
  return asAsked(of, found);
}

/**
 * The same, `undefined` where there is no such object.
 *
 * @example
 * const prices = await getIfThere(connection, resource('v1', 'ConfigMap'), { namespace: 'shop', name: 'prices' });
 */
export async function getIfThere<Kind extends KubeObject>(
  connection: Connection,
  of: Resource<Kind>,
  address: Address,
  options: CallOptions = {},
): Promise<Stored<Kind> | undefined> {
  try {
    return await get(connection, of, address, options);
  } catch (error) {
    if (error instanceof KubeError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}
