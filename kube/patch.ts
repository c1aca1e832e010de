import { checkObject, jsonBody } from './arguments';
import type { Connection } from './connection';
import { request } from './request';
import { type Address, type KubeObject, objectPath, type Resource, type Stored } from './resource';
import { type WriteOptions, writeQuery } from './write-options';

/** A JSON patch (RFC 6902). */
export type JsonPatch = ReadonlyArray<
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly from: string; readonly path: string }
>;

/**
 * Exactly one of the three. `merge` (RFC 7386) replaces lists whole; `strategic` merges lists by their keys and is for
 * built-in kinds only; `json` can test before it changes. A `metadata.resourceVersion` inside a merge or strategic
 * patch makes it fail with CONFLICT when the object has changed since.
 */
export type Patch =
  | { readonly merge: object }
  | { readonly strategic: object }
  | { readonly json: JsonPatch };

/**
 * Never repeated after a lost answer: then `effect` of the error is `unknown`, and the caller reads the object.
 *
 * @example
 * const merge = { metadata: { labels: { tier: 'web' } } };
 * await patch(connection, resource('v1', 'ConfigMap'), { namespace: 'shop', name: 'prices' }, { merge });
 */
export function patch<Kind extends KubeObject>(
  connection: Connection,
  of: Resource<Kind>,
  address: Address,
  change: Patch,
  options: WriteOptions = {},
): Promise<Stored<Kind>> {
  checkObject(`patch of a ${of.kind}`, 'change', change);
  const { call, query } = writeQuery(options);
  const [contentType, body] = encode(change);
  return request(connection, {
    ...call,
    method: 'PATCH',
    path: objectPath(connection, of, address),
    resource: address.subresource ? `${of.plural}/${address.subresource}` : of.plural,
    query,
    body: jsonBody(`patch of a ${of.kind}`, 'change', body),
    contentType,
    idempotent: false,
  });
}

function encode(change: Patch): [contentType: string, body: unknown] {
  if ('merge' in change) return ['application/merge-patch+json', change.merge];
  if ('strategic' in change) return ['application/strategic-merge-patch+json', change.strategic];
  return ['application/json-patch+json', change.json];
}
