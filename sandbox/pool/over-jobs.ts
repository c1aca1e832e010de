import { create, getIfThere, patch } from '../../kube';
import { jobs } from '../causes/fate';
import { removeJob } from '../claim/delete-job';
import type { Place } from '../claim/place';
import type { PoolApi } from './surroundings';

/** What a pool asks the API server for, over a connection. */
export function poolApi({ connection, namespace }: Pick<Place, 'connection' | 'namespace'>): PoolApi {
  return {
    now: () => connection.clock.now(),
    create: (job, deadlineMs) => create(connection, jobs, job, { deadlineMs }),
    patch: (name, json, deadlineMs) => patch(connection, jobs, { namespace, name }, { json }, { deadlineMs }),
    get: (name, deadlineMs) => getIfThere(connection, jobs, { namespace, name }, { deadlineMs }),
    remove: (name, uid, deadlineMs) => removeJob(connection, { namespace, name, uid, deadlineMs }),
  };
}
