import { parseQuantity } from '../../core/props';
import type { ResourceQuota } from '../../imports/k8s';
import { type Connection, list, resource } from '../../kube';
import { SandboxError } from '../errors';

const quotas = resource<ResourceQuota>('v1', 'ResourceQuota');

/** Refuses a share that a quota of the namespace can never have room for. */
export async function refuseBeyondQuota(
  connection: Connection,
  namespace: string,
  warm: number,
): Promise<void> {
  const { items } = await list(connection, quotas, { namespace });
  for (const { metadata, spec } of items) {
    for (const counted of ['pods', 'count/jobs.batch', 'count/pods']) {
      const most = spec?.hard?.[counted];
      const room = most === undefined ? undefined : parseQuantity(String(most));
      if (room === undefined || room >= warm) continue;
      throw new SandboxError('PoolBeyondQuota', {
        where: `new Sandboxes({ pool: { warm } }) in namespace ${namespace}`,
        found: `${warm} warm sandboxes, and room for ${counted}: ${most} in the ResourceQuota ${metadata.name}`,
        expected: 'a quota with room for them, and for what is claimed beside them',
        remedy: 'Keep fewer warm, or have the quota raised.',
      });
    }
  }
}
