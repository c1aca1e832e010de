import type { SeenChange } from '../sync/drift';

/** A change of a ConfigMap that a watch has told of. */
export function seenChange(uid: string, resourceVersion = '1', more: Partial<SeenChange> = {}): SeenChange {
  return {
    ...{ apiVersion: 'v1', kind: 'ConfigMap', at: { namespace: 'here', name: uid } },
    ...{ uid, resourceVersion, isGone: false, isStatusOnly: false },
    ...more,
  };
}
