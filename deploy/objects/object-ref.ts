import { groupOf, type KubeObject } from '../../kube';

/** Which object of a cluster. The version is left out: an object is the same one in all versions of its kind. */
export interface ObjectRef {
  /** Empty for the core group. */
  readonly group: string;
  readonly kind: string;
  /** Undefined for a kind that is cluster-wide. */
  readonly namespace?: string;
  readonly name: string;
}

/** A key that two references share only when they mean the same object: no part of a name has a slash in it. */
export function keyOf({ group, kind, namespace = '', name }: ObjectRef): string {
  return `${group}/${kind}/${namespace}/${name}`;
}

/** As people write it: `Deployment shop/web`, `ClusterRole reader`. */
export function inWords({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** As an option names it, without the namespace: `Namespace/shop`. */
export function kindAndName({ kind, name }: Pick<ObjectRef, 'kind' | 'name'>): string {
  return `${kind}/${name}`;
}

export function byKey(one: ObjectRef, other: ObjectRef): number {
  const [left, right] = [keyOf(one), keyOf(other)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** What an object says of itself; the namespace is the one it is read from or written to. */
export function refOf(object: KubeObject, namespace: string | undefined): ObjectRef {
  const name = object.metadata?.name ?? '';
  const group = groupOf(object.apiVersion);
  return namespace === undefined
    ? { group, kind: object.kind, name }
    : { group, kind: object.kind, namespace, name };
}

/** The reference alone, of something that has more. */
export function bareRef({ group, kind, namespace, name }: ObjectRef): ObjectRef {
  return namespace === undefined ? { group, kind, name } : { group, kind, namespace, name };
}
