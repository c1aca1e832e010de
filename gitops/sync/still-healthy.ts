import { sharedApi } from '../../deploy/cluster/kube-api';
import { healthOf } from '../../deploy/health/rules';
import type { Connection } from '../../kube';
import { resourceIn } from '../../kube/discovery';
import { all } from './all';
import type { SeenChange } from './drift';

/** Whether objects of which nothing but the status has changed are as healthy as they were: a look at each is all that it takes. */
export async function areStillHealthy(
  connection: Connection,
  changes: readonly SeenChange[],
): Promise<boolean> {
  const api = sharedApi(connection);
  const looks = changes.map(async ({ uid, apiVersion, kind, at }) => {
    const live = await api.get(resourceIn(await api.served(apiVersion), apiVersion, kind), at);
    return live?.metadata.uid === uid && healthOf(live).state === 'healthy';
  });
  return (await all(looks)).every(Boolean);
}
