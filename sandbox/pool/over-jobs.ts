import { create, get, KubeError, patch, remove } from '../../kube';
import { jobs } from '../causes/fate';
import type { Place } from '../claim/place';
import type { PoolApi } from './surroundings';

/** What a pool asks the API server for, over a connection. */
export function poolApi({ connection, namespace }: Pick<Place, 'connection' | 'namespace'>): PoolApi {
  return {
    now: () => connection.clock.now(),
    create: (job, deadlineMs) => create(connection, jobs, job, { deadlineMs }),
    patch: (name, json, deadlineMs) => patch(connection, jobs, { namespace, name }, { json }, { deadlineMs }),
    get: async (name, deadlineMs) => {
      try {
        return await get(connection, jobs, { namespace, name }, { deadlineMs });
      } catch (error) {
        if (error instanceof KubeError && error.code === 'NOT_FOUND') return undefined;
        throw error;
      }
    },
    remove: async (name, uid, deadlineMs) => {
      try {
        await remove(connection, jobs, { namespace, name }, { uid, deadlineMs });
      } catch (error) {
        if (error instanceof KubeError && (error.code === 'NOT_FOUND' || error.code === 'CONFLICT')) return;
        throw error;
      }
    },
  };
}
