import { about, type Finding, type KubeObjectJson, nameOf } from '../finding';
import { type Inventory, inSameNamespace, isSelected } from '../inventory';

interface BudgetSpec {
  readonly maxUnavailable?: number | string;
  readonly minAvailable?: number | string;
  readonly selector?: unknown;
}

export function pdbBlocksDrain(inventory: Inventory): Finding[] {
  return inventory.ofKind('PodDisruptionBudget').flatMap((budget) => {
    const { maxUnavailable, minAvailable = 0, selector } = (budget.spec ?? {}) as BudgetSpec;
    const counts = inventory.pods
      .filter(({ object, labels }) => inSameNamespace(budget, object) && isSelected(labels, selector))
      .map(({ object }) => leastReplicas(inventory, object));
    const isKnown = counts.every((count) => count !== undefined);
    const total = isKnown ? counts.reduce<number>((sum, count) => sum + (count ?? 0), 0) : undefined;
    const [field, blocks] =
      maxUnavailable === undefined
        ? ['spec.minAvailable', keepsAll(minAvailable, total)]
        : ['spec.maxUnavailable', Number.parseInt(String(maxUnavailable), 10) === 0];
    if (!blocks) return [];
    return {
      rule: 'pdb-blocks-drain' as const,
      ...about(budget),
      field,
      why: 'No pod may ever be missing, so no node that runs one can be drained.',
      fix: 'Let one pod be missing (maxUnavailable: 1), and run two or more.',
    };
  });
}

/** Whether as many pods have to be there as there are; a percentage of them is rounded up, as the server does. */
function keepsAll(minAvailable: number | string, total: number | undefined): boolean {
  const percent = /^(\d+)%$/.exec(String(minAvailable))?.[1];
  if (percent !== undefined && Number(percent) >= 100) return true;
  if (total === undefined || total === 0) return false;
  const least = percent === undefined ? Number(minAvailable) : Math.ceil((Number(percent) * total) / 100);
  return least >= total;
}

const SCALED = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'];

/** How many pods an object makes at the least: one where it does not say; unknown of what is no fixed number. */
function leastReplicas(inventory: Inventory, object: KubeObjectJson): number | undefined {
  if (object.kind === 'Pod') return 1;
  if (!SCALED.includes(object.kind ?? '')) return undefined;
  const autoscaler = inventory.ofKind('HorizontalPodAutoscaler').find((one) => scales(one, object));
  const spec = (autoscaler ?? object).spec as { readonly replicas?: number; readonly minReplicas?: number };
  return (autoscaler ? spec.minReplicas : spec.replicas) ?? 1;
}

interface AutoscalerSpec {
  readonly scaleTargetRef?: { readonly kind?: string; readonly name?: string };
}

/** Whether it is this object that an autoscaler decides over. */
function scales(autoscaler: KubeObjectJson, object: KubeObjectJson): boolean {
  const { scaleTargetRef: target } = (autoscaler.spec ?? {}) as AutoscalerSpec;
  const isNamed =
    target !== undefined && target.kind === object.kind && target.name === object.metadata?.name;
  return isNamed && inSameNamespace(autoscaler, object);
}

export function hpaWithReplicas(inventory: Inventory): Finding[] {
  return inventory.ofKind('HorizontalPodAutoscaler').flatMap((autoscaler) =>
    inventory.objects
      .filter((object) => scales(autoscaler, object))
      .filter((object) => (object.spec as { readonly replicas?: number } | undefined)?.replicas !== undefined)
      .map((object) => ({
        rule: 'hpa-with-replicas' as const,
        ...about(object),
        field: 'spec.replicas',
        why: `Every apply undoes what ${nameOf(autoscaler)} decided.`,
        fix: 'Leave replicas out where an autoscaler decides.',
      })),
  );
}
