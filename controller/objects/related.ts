import { groupOf, type KubeObject, type Priority, type Resource, type Stored } from '../../kube';

/** Objects of another kind whose changes concern objects of the controller's kind. */
export interface Related {
  readonly of: Resource;
  /** @default - that of the operator */
  readonly namespace?: string;
  /** Such as `app=todo`. @default - all of them */
  readonly labelSelector?: string;
  /** The keys of the objects that a change of this one concerns: `namespace/name`, or the name alone. */
  readonly keys: (object: Stored<KubeObject>) => Iterable<string>;
  /**
   * `high` also ends the wait of an object that has failed: right for what others write, such as a Secret that was missing.
   * @default 'high'
   */
  readonly priority?: Priority;
}

/**
 * Objects of a kind that the controller's objects own: a change wakes the owner, which `metadata.ownerReferences` names
 * as its controller.
 *
 * @example
 * const greetings = resource('example.com/v1', 'Greeting', { plural: 'greetings', namespaced: true });
 * const children = owned(resource('v1', 'ConfigMap'), greetings);
 * console.log(children.of.plural);
 */
export function owned<Kind extends KubeObject>(of: Resource<Kind>, owner: Resource): Related {
  return {
    of: of as unknown as Resource,
    // Our own reconciles write it, and a failed one would else wake itself.
    priority: 'normal',
    keys: ({ metadata }) =>
      (metadata.ownerReferences ?? [])
        .filter(({ controller, kind, apiVersion }) => {
          return (
            controller === true && kind === owner.kind && groupOf(apiVersion) === groupOf(owner.apiVersion)
          );
        })
        .map(({ name }) => (owner.namespaced ? `${metadata.namespace}/${name}` : name)),
  };
}

/**
 * The entry for `metadata.ownerReferences` of what an object owns: it goes with its owner, and `owned` finds the way
 * back.
 *
 * @example
 * declare const greeting: Stored<KubeObject>;
 * const metadata = { name: greeting.metadata.name, ownerReferences: [ownerReference(greeting)] };
 * console.log(metadata);
 */
export function ownerReference(owner: Stored<KubeObject>) {
  const { apiVersion, kind } = owner;
  const { name, uid } = owner.metadata;
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}
