import { type Finding, nameOf } from '../finding';
import { type Inventory, inSameNamespace, isSelected } from '../inventory';

export function pdbBlocksDrain(inventory: Inventory): Finding[] {
  return inventory.ofKind('PodDisruptionBudget').flatMap((budget) => {
    const { maxUnavailable, minAvailable, selector } = (budget.spec ?? {}) as {
      readonly maxUnavailable?: number | string;
      readonly minAvailable?: number | string;
      readonly selector?: unknown;
    };
    const replicas = inventory.pods
      .filter(({ object, labels }) => inSameNamespace(budget, object) && isSelected(labels, selector))
      .map(({ object }) => ((object.spec ?? {}) as { readonly replicas?: number }).replicas);
    const known = replicas.length > 0 && replicas.every((one) => one !== undefined);
    const total = replicas.reduce<number>((sum, one) => sum + (one ?? 0), 0);
    const [field, blocks] =
      maxUnavailable === undefined
        ? ['spec.minAvailable', minAvailable === '100%' || (known && Number(minAvailable) >= total)]
        : ['spec.maxUnavailable', maxUnavailable === 0 || maxUnavailable === '0%' || maxUnavailable === '0'];
    if (!blocks) return [];
    return {
      rule: 'pdb-blocks-drain' as const,
      object: nameOf(budget),
      field,
      why: 'No pod may ever be missing, so no node that runs one can be drained.',
      fix: 'Let one pod be missing (maxUnavailable: 1), and run two or more.',
    };
  });
}

export function hpaWithReplicas(inventory: Inventory): Finding[] {
  return inventory.ofKind('HorizontalPodAutoscaler').flatMap((autoscaler) => {
    const { scaleTargetRef: target } = (autoscaler.spec ?? {}) as {
      readonly scaleTargetRef?: { readonly kind?: string; readonly name?: string };
    };
    return inventory
      .ofKind(target?.kind ?? '')
      .filter((object) => object.metadata?.name === target?.name && inSameNamespace(autoscaler, object))
      .filter((object) => (object.spec as { readonly replicas?: number } | undefined)?.replicas !== undefined)
      .map((object) => ({
        rule: 'hpa-with-replicas' as const,
        object: nameOf(object),
        field: 'spec.replicas',
        why: `Every apply undoes what ${nameOf(autoscaler)} decided.`,
        fix: 'Leave replicas out where an autoscaler decides.',
      }));
  });
}
