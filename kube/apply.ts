import { checkObject, jsonBody } from './arguments';
import type { Connection } from './connection';
import { KubeError } from './errors';
import { request } from './request';
import { type KubeObject, objectPath, type Resource, type Stored } from './resource';
import { type WriteOptions, writeQuery } from './write-options';

export interface ApplyOptions extends WriteOptions {
  /** @default the object's, else the connection's */
  readonly namespace?: string;
  /** Takes fields that another manager owns. @default false: then such a field is ApiError CONFLICT */
  readonly force?: boolean;
  /** Such as `status`. */
  readonly subresource?: string;
}

/**
 * Server-side apply: the fields of `object` become this manager's, fields it set before and now leaves out go.
 *
 * @example
 * const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { team: 'a' } } };
 * await apply(connection, resource('v1', 'Namespace'), namespace, { fieldManager: 'greeter' });
 */
export function apply<Kind extends KubeObject>(
  connection: Connection,
  of: Resource<Kind>,
  object: Kind,
  options: ApplyOptions = {},
): Promise<Stored<Kind>> {
  checkObject(`apply of a ${of.kind}`, 'object', object);
  checkObject(`apply of a ${of.kind}`, 'options', options);
  const { name, namespace: own, resourceVersion } = object.metadata ?? {};
  const { namespace = own, force, subresource, ...rest } = options;
  const { call, query } = writeQuery(rest);
  if (!name) {
    throw new KubeError('ARGUMENT_INVALID', {
      where: `apply of a ${of.kind}`,
      found: 'no metadata.name',
      expected: 'a name; generateName does not work with apply',
      remedy: 'name the object, or create it',
    });
  }
  return request(connection, {
    ...call,
    method: 'PATCH',
    path: objectPath(connection, of, { namespace, name, subresource }),
    resource: subresource ? `${of.plural}/${subresource}` : of.plural,
    query: { ...query, force: force ? true : undefined },
    body: jsonBody(`apply of a ${of.kind}`, 'object', object),
    // JSON is YAML.
    contentType: 'application/apply-patch+yaml',
    // With a resourceVersion the second try of a done call would be a conflict with itself.
    idempotent: resourceVersion === undefined,
  });
}
