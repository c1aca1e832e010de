import type { Job } from '../../imports/k8s';
import { get, type Stored } from '../../kube';
import { apiError } from '../causes/api-cause';
import { jobs } from '../causes/fate';
import type { Place } from '../place';

/** The Job of a sandbox, or an error that names it. */
export async function findJob({ connection, namespace }: Place, id: string): Promise<Stored<Job>> {
  try {
    return await get(connection, jobs, { namespace, name: id });
  } catch (error) {
    throw apiError(error, `sandbox ${id}`, id);
  }
}
