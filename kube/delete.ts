import { checkObject, jsonBody } from './arguments';
import type { CallOptions } from './call';
import type { Connection } from './connection';
import { request } from './request';
import { type Address, type KubeObject, objectPath, type Resource } from './resource';

export interface DeleteOptions extends CallOptions {
  /** Deletes only this very object, not a later one of the same name; another one is ApiError CONFLICT. */
  readonly uid?: string;
  /** Deletes only this version; a changed object is ApiError CONFLICT. */
  readonly resourceVersion?: string;
  /** @default the kind's own, 30 s for pods */
  readonly gracePeriodSeconds?: number;
  /** What happens to objects that this one owns. @default 'Background' */
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  /** @default false */
  readonly dryRun?: boolean;
}

/**
 * Asks for the deletion of one object; finalizers and grace periods can keep it for a while. The answer is the object
 * as it was, or a Status. With `uid` a lost answer is tried again; then NOT_FOUND or CONFLICT means that it is gone.
 *
 * @example
 * const config = await get(connection, resource('v1', 'ConfigMap'), { namespace: 'shop', name: 'prices' });
 * await remove(connection, resource('v1', 'ConfigMap'), config.metadata, { uid: config.metadata.uid });
 */
export function remove<Kind extends KubeObject>(
  connection: Connection,
  of: Resource<Kind>,
  address: Address,
  options: DeleteOptions = {},
): Promise<KubeObject> {
  checkObject(`deletion of a ${of.kind}`, 'options', options);
  const {
    uid,
    resourceVersion,
    gracePeriodSeconds,
    propagationPolicy = 'Background',
    dryRun,
    ...call
  } = options;
  return request(connection, {
    ...call,
    method: 'DELETE',
    path: objectPath(connection, of, address),
    resource: of.plural,
    body: jsonBody(`deletion of a ${of.kind}`, 'options', {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      gracePeriodSeconds,
      propagationPolicy,
      preconditions: uid || resourceVersion ? { uid, resourceVersion } : undefined,
      dryRun: dryRun ? ['All'] : undefined,
    }),
    idempotent: uid !== undefined,
  });
}
