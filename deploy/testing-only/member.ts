import type { KubeObject } from '../../kube';
import type { Member } from '../objects/members';

/** An object of a set, called `a`, as a plan knows it. */
export function member(kind: string, more: object = {}): Member {
  const object = { apiVersion: 'v1', kind, metadata: { name: 'a' }, ...more } as KubeObject;
  return {
    ref: { group: '', kind, namespace: 'here', name: 'a' },
    object,
    resource: { apiVersion: 'v1', kind, plural: `${kind.toLowerCase()}s`, namespaced: true },
    kindComes: false,
    from: 'set.yaml',
  } as Member;
}
