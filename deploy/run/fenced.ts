import type { ClusterApi } from '../cluster/cluster-api';
import type { Lock } from '../inventory/lock';

/** A cluster to which nothing is written any more once the lock may be another's. */
export function fenced(api: ClusterApi, lock: Lock): ClusterApi {
  const guarded =
    <Args extends unknown[], Answer>(write: (...args: Args) => Promise<Answer>) =>
    async (...args: Args): Promise<Answer> => {
      lock.check();
      return write(...args);
    };
  return {
    ...api,
    apply: guarded(api.apply),
    create: guarded(api.create),
    change: guarded(api.change),
    remove: guarded(api.remove),
  };
}
