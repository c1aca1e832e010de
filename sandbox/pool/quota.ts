import { parseQuantity } from '../../core/props';
import type { Job, ResourceQuota } from '../../imports/k8s';
import { type Connection, list, resource } from '../../kube';
import { SandboxError } from '../errors';

const quotas = resource<ResourceQuota>('v1', 'ResourceQuota');

const COUNTED = ['pods', 'count/jobs.batch', 'count/pods'] as const;
const AMOUNTS = ['cpu', 'memory', 'ephemeral-storage'] as const;

/** Refuses a share that a quota of the namespace can never have room for. */
export async function refuseBeyondQuota(
  connection: Connection,
  namespace: string,
  warm: number,
  member: Job,
): Promise<void> {
  const { items } = await list(connection, quotas, { namespace });
  const needs = needsOf(member);
  for (const { metadata, spec } of items) {
    // It may be about other pods.
    if (spec?.scopes?.length || spec?.scopeSelector) continue;
    for (const [name, hard] of Object.entries(spec?.hard ?? {})) {
      const need = needs.get(name);
      const room = parseQuantity(String(hard));
      if (need === undefined || room === undefined || need * warm <= room * (1 + Number.EPSILON)) continue;
      throw new SandboxError('PoolBeyondQuota', {
        where: `new Sandboxes({ pool: { warm } }) in namespace ${namespace}`,
        found: `${warm} warm sandboxes, and room for ${name}: ${String(hard)} in the ResourceQuota ${metadata.name}`,
        expected: 'a quota with room for them, and for what is claimed beside them',
        remedy: 'Keep fewer warm, or smaller ones, or have the quota raised.',
      });
    }
  }
}

/** What one member takes, by the names that a quota has for it. */
function needsOf(member: Job): ReadonlyMap<string, number> {
  const needs = new Map<string, number>(COUNTED.map((name) => [name, 1]));
  const { containers = [] } = member.spec?.template.spec ?? {};
  for (const amount of AMOUNTS) {
    const sum = (kind: 'requests' | 'limits') =>
      containers.reduce((all, { resources }) => {
        // Without a request the limit is one.
        const given = resources?.[kind]?.[amount] ?? resources?.limits?.[amount];
        return all + (given === undefined ? 0 : (parseQuantity(String(given)) ?? 0));
      }, 0);
    needs.set(amount, sum('requests'));
    needs.set(`requests.${amount}`, sum('requests'));
    needs.set(`limits.${amount}`, sum('limits'));
  }
  return needs;
}
