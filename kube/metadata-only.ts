import type { KubeObject, Resource, Stored } from './resource';

/**
 * The same kind, of whose objects only the metadata is wanted: `get`, `list`, `watch` and a store of it read no more than
 * that, and tell no more. A thousand large objects are looked through by the bytes of their names, labels and owners.
 *
 * @example
 * const names = await list(connection, metadataOnly(resource('v1', 'Secret')), { labelSelector: 'app=shop' });
 * console.log(names.items.map(({ metadata }) => metadata.name));
 */
export function metadataOnly({ apiVersion, kind, plural, namespaced }: Resource): Resource {
  return { apiVersion, kind, plural, namespaced, only: 'metadata' };
}

/** What asks for it. A server that cannot write this answers with whole objects. */
export function metadataHeaders(
  { only }: Resource,
  as: 'PartialObjectMetadata' | 'PartialObjectMetadataList',
): { readonly headers?: Readonly<Record<string, string>> } {
  if (only === undefined) return {};
  return { headers: { accept: `application/json;as=${as};g=meta.k8s.io;v=v1,application/json` } };
}

/** An object as it was asked for: under its own kind, and not that of the message which it came in. */
export function asAsked<Kind extends KubeObject>(of: Resource<Kind>, object: Stored<Kind>): Stored<Kind> {
  if (of.only === undefined) return object;
  const { metadata } = object;
  return { apiVersion: of.apiVersion, kind: of.kind, metadata } as Stored<Kind>;
}
