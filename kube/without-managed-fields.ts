import type { KubeObject, Stored } from './resource';

/**
 * What a store or a watch may `keep` of an object where nobody asks who has written which field: that list is a third of a
 * pod, and more than half of what most other objects take in memory.
 *
 * @example
 * const operator = new Operator({ name: 'greeter', keep: withoutManagedFields });
 */
export function withoutManagedFields(object: Stored<KubeObject>): Stored<KubeObject> {
  const { managedFields: _managedFields, ...metadata } = object.metadata;
  return { ...object, metadata: metadata as Stored<KubeObject>['metadata'] };
}
