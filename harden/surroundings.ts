import { Inventory, type KubeObjectJson, type Pods } from '../check';
import { hasLabels, inSameNamespace, isSelected } from '../check/inventory';
import type { Tree } from '../core/template';
import { knownOf } from './trees';

interface Subject {
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** A port of a pod that a Service leads to. */
export interface ServedPort {
  readonly port: number | string;
  readonly protocol: string;
}

/** What is beside a workload in the program: its account and its rights, its Services, its policies and budgets. */
export class Surroundings {
  private readonly inventory: Inventory;
  private readonly subjects: readonly (Subject & { readonly from?: string })[];

  constructor(trees: readonly Tree[]) {
    const objects = trees.flatMap((tree) => itemsOf(knownOf(tree) as KubeObjectJson));
    this.inventory = new Inventory(objects);
    this.subjects = this.inventory
      .ofKind('RoleBinding', 'ClusterRoleBinding')
      .flatMap(({ subjects, metadata }) =>
        listOf<Subject>(subjects).map((one) => ({ ...one, from: metadata?.namespace })),
      );
  }

  /** Every name that an object of a kind has. */
  namesOf(kind: string): string[] {
    return this.inventory.ofKind(kind).map(({ metadata }) => String(metadata?.name));
  }

  /** `none`: no rights are bound to the account of these pods; `unknown`: it is an account of others. */
  rightsOf({ object, spec }: Pods): 'some' | 'none' | 'unknown' {
    const account = (spec.serviceAccountName ?? spec.serviceAccount ?? 'default') as string;
    const { namespace } = object.metadata ?? {};
    const isBound = this.subjects.some(
      ({ kind, name, namespace: place, from }) =>
        (kind === 'ServiceAccount' && name === account && [undefined, place ?? from].includes(namespace)) ||
        (kind === 'Group' && name?.startsWith('system:serviceaccounts')),
    );
    if (isBound) return 'some';
    if (account === 'default' || this.inventory.providerOf('ServiceAccount', account, object)) return 'none';
    return 'unknown';
  }

  /** The ports of these pods that Services lead to. */
  servedPorts(pods: Pods): ServedPort[] {
    const ports = this.servicesOf(pods).flatMap(({ spec }) => {
      const { ports: list } = spec as { readonly ports?: unknown };
      return listOf<{ readonly port: number; readonly targetPort?: number | string; protocol?: string }>(
        list,
      ).map(({ port, targetPort, protocol }) => ({
        port: targetPort || port,
        protocol: protocol ?? 'TCP',
      }));
    });
    const keys = ports.map((one) => JSON.stringify(one));
    return ports.filter((_, index) => keys.indexOf(keys[index] as string) === index);
  }

  private servicesOf(pods: Pods): readonly KubeObjectJson[] {
    return this.inventory.ofKind('Service').filter((service) => {
      const { selector = {} } = (service.spec ?? {}) as { readonly selector?: Record<string, string> };
      const isFilled = Object.keys(selector).length > 0;
      return isFilled && inSameNamespace(service, pods.object) && hasLabels(pods.labels, selector);
    });
  }

  /** Whether a policy of the program says already what may come in, or go out. */
  hasPolicy(pods: Pods, type: 'Ingress' | 'Egress'): boolean {
    return this.inventory.ofKind('NetworkPolicy').some((policy) => {
      const { podSelector, policyTypes, egress } = (policy.spec ?? {}) as {
        readonly podSelector?: unknown;
        readonly policyTypes?: readonly string[];
        readonly egress?: readonly unknown[];
      };
      // As the server takes a policy that names no types.
      const types = policyTypes ?? ['Ingress', ...(egress ? ['Egress'] : [])];
      return (
        types.includes(type) && inSameNamespace(policy, pods.object) && isSelected(pods.labels, podSelector)
      );
    });
  }

  hasBudget(pods: Pods): boolean {
    return this.inventory
      .ofKind('PodDisruptionBudget')
      .some(
        ({ spec, metadata }) =>
          inSameNamespace({ metadata }, pods.object) &&
          isSelected(pods.labels, (spec as { readonly selector?: unknown } | undefined)?.selector),
      );
  }

  /** How many pods there are at the least; nothing where only the installation knows. */
  leastPods({ object }: Pods): number | undefined {
    const autoscaler = this.inventory.ofKind('HorizontalPodAutoscaler').find((one) => {
      const { scaleTargetRef: target } = (one.spec ?? {}) as {
        readonly scaleTargetRef?: { readonly kind?: string; readonly name?: string };
      };
      const isOurs = target?.kind === object.kind && target?.name === object.metadata?.name;
      return isOurs && inSameNamespace(one, object);
    });
    const spec = ((autoscaler ?? object).spec ?? {}) as Readonly<Record<string, unknown>>;
    const least = spec[autoscaler ? 'minReplicas' : 'replicas'] ?? 1;
    return typeof least === 'number' ? least : undefined;
  }
}

/** The pods of one object as the rules of `check` read them. */
export function podsOf(object: Tree): Pods | undefined {
  return new Inventory([knownOf(object) as KubeObjectJson]).pods[0];
}

function itemsOf(object: KubeObjectJson | undefined): KubeObjectJson[] {
  if (object?.kind === 'List' && Array.isArray(object.items)) return object.items as KubeObjectJson[];
  return object ? [object] : [];
}

function listOf<T>(list: unknown): readonly T[] {
  return Array.isArray(list) ? (list as readonly T[]) : [];
}
