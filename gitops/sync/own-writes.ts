import type { Report } from '../../deploy';
import { isNewer } from '../../kube/watch/known-objects';
import type { SeenChange } from './drift';

/** Whether a change that a watch tells of is what an apply has done itself, so that nothing has to be looked at for it. */
export type OwnWrites = (change: SeenChange) => boolean;

/** What comes after our write, if only a status, is not ours. Neither is a deletion of what was not pruned. */
export function ownWrites({ outcomes }: Report): OwnWrites {
  const versions = new Map<string, string>();
  const pruned = new Set<string>();
  for (const { uid, resourceVersion, result } of outcomes) {
    if (uid !== undefined && resourceVersion !== undefined) versions.set(uid, resourceVersion);
    else if (uid !== undefined && result === 'pruned') pruned.add(uid);
  }
  return ({ uid, resourceVersion, isGone }) => {
    if (pruned.has(uid)) return true;
    const ours = versions.get(uid);
    return ours !== undefined && !isGone && !isNewer(resourceVersion, ours);
  };
}
