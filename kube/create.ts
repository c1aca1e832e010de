import { checkObject, jsonBody } from './arguments';
import type { Connection } from './connection';
import { KubeError } from './errors';
import { request } from './request';
import { collectionPath, type KubeObject, objectPath, type Resource, type Stored } from './resource';
import { type WriteOptions, writeQuery } from './write-options';

export interface CreateOptions extends WriteOptions {
  /** @default the object's, else the connection's */
  readonly namespace?: string;
}

/**
 * Creates an object; ApiError ALREADY_EXISTS when the name is taken. Never repeated after a lost answer: then `effect`
 * of the error is `unknown`, and the caller reads the name.
 *
 * @example
 * const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
 * await create(connection, resource('v1', 'Namespace'), namespace);
 */
export function create<Kind extends KubeObject>(
  connection: Connection,
  of: Resource<Kind>,
  object: Kind,
  options: CreateOptions = {},
): Promise<Stored<Kind>> {
  checkObject(`create of a ${of.kind}`, 'object', object);
  checkObject(`create of a ${of.kind}`, 'options', options);
  const { namespace = object.metadata?.namespace, ...rest } = options;
  const { call, query } = writeQuery(rest);
  return request(connection, {
    ...call,
    method: 'POST',
    path: collectionPath(connection, of, concrete(of, namespace)),
    resource: of.plural,
    query,
    body: jsonBody(`create of a ${of.kind}`, 'object', object),
    idempotent: false,
  });
}

/** Creates a subresource that is an act, such as `eviction` of a pod or `token` of a service account. */
export function createSub<Body extends KubeObject>(
  connection: Connection,
  of: Resource,
  address: { readonly namespace?: string; readonly name: string; readonly subresource: string },
  body: Body,
  options: WriteOptions = {},
): Promise<Body> {
  const { call, query } = writeQuery(options);
  return request(connection, {
    ...call,
    method: 'POST',
    path: objectPath(connection, of, address),
    resource: `${of.plural}/${address.subresource}`,
    query,
    body: jsonBody(`${address.subresource} of a ${of.kind}`, 'body', body),
    idempotent: false,
  });
}

function concrete(of: Resource, namespace: string | undefined): string | undefined {
  if (namespace !== '*') return namespace;
  throw new KubeError('ARGUMENT_INVALID', {
    where: `namespace of a new ${of.kind}`,
    found: '*',
    expected: 'one namespace',
    remedy: 'name it',
  });
}
