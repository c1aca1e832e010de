import type { KubeObject } from '../../kube';

/** `namespace/name`, or the name alone of what is in no namespace. */
export function keyOf({ metadata }: KubeObject): string {
  const { namespace, name = '' } = metadata ?? {};
  return namespace ? `${namespace}/${name}` : name;
}

/** The object that a key means. */
export function addressOf(key: string): { readonly name: string; readonly namespace?: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
