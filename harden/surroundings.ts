import { Inventory, type KubeObjectJson, type Pods } from '../check';
import { hasLabels, inSameNamespace, isSelected } from '../check/inventory';
import type { Json, Tree } from '../core/template';
import { isMap, knownOf, mapsIn } from './trees';

interface Subject {
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** A port of a pod that a Service leads to; an expression stays one, so that a policy follows it. */
export interface ServedPort {
  readonly port: Tree;
  readonly protocol: Tree;
}

/** An object as the default values make it, and as it is written. */
export interface Written {
  readonly known: Json;
  readonly tree: Tree;
}

/** Groups that accounts of pods are in. */
const EVERY_ACCOUNT = /^system:(serviceaccounts|authenticated)/;

/** What is beside a workload in the program: its account and its rights, its Services, its policies and budgets. */
export class Surroundings {
  private readonly inventory: Inventory;
  private readonly subjects: readonly (Subject & { readonly from?: string })[];

  /** Objects as they are written, by what the default values make of them. */
  private readonly written: ReadonlyMap<KubeObjectJson, Tree>;

  constructor(all: readonly Written[]) {
    const objects = all.flatMap(itemsOf);
    this.written = new Map(objects);
    this.inventory = new Inventory(objects.map(([known]) => known));
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
        (kind === 'Group' && EVERY_ACCOUNT.test(String(name))),
    );
    if (isBound) return 'some';
    if (account === 'default' || this.inventory.providerOf('ServiceAccount', account, object)) return 'none';
    return 'unknown';
  }

  /** The ports of these pods that Services lead to. */
  servedPorts(pods: Pods): ServedPort[] {
    const ports = this.servicesOf(pods).flatMap((service) => {
      const tree = this.written.get(service) as Tree;
      const spec = isMap(tree) && isMap(tree.spec) ? tree.spec : {};
      const known = (service.spec as { readonly ports?: Tree }).ports;
      return mapsIn(Array.isArray(spec.ports) ? spec.ports : known).map(({ part }) => ({
        port: part.targetPort || part.port,
        protocol: part.protocol ?? 'TCP',
      }));
    });
    return ports.filter((one, index) => ports.findIndex((other) => isSame(one, other)) === index);
  }

  private servicesOf(pods: Pods): readonly KubeObjectJson[] {
    return this.inventory.ofKind('Service').filter((service) => {
      const { selector = {} } = (service.spec ?? {}) as { readonly selector?: Record<string, string> };
      const isFilled = Object.keys(selector).length > 0;
      return isFilled && inSameNamespace(service, pods.object) && hasLabels(pods.labels, selector);
    });
  }

  /** The objects for which the API server calls these pods through a Service: APIs that it passes on, and webhooks. */
  askedFor(pods: Pods): string[] {
    const services = this.servicesOf(pods);
    return this.inventory
      .ofKind(...CALLING)
      .filter((object) =>
        calledServices(object).some(({ name, namespace }) =>
          services.some(
            ({ metadata }) => metadata?.name === name && [undefined, namespace].includes(metadata?.namespace),
          ),
        ),
      )
      .map(({ kind, metadata }) => `${kind} ${metadata?.name}`);
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

/** Each has its Service at a place of its own. */
const CALLING = [
  'APIService',
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'CustomResourceDefinition',
];

interface Client {
  readonly clientConfig?: { readonly service?: Subject };
}

function calledServices(object: KubeObjectJson): readonly Subject[] {
  const { service, conversion } = (object.spec ?? {}) as {
    readonly service?: Subject;
    readonly conversion?: { readonly webhook?: Client };
  };
  const clients = [...listOf<Client>(object.webhooks), ...(conversion?.webhook ? [conversion.webhook] : [])];
  const all = [service, ...clients.map((one) => one?.clientConfig?.service)];
  return all.filter((one): one is Subject => typeof one === 'object' && one !== null);
}

/** The pods of one object as the rules of `check` read them. */
export function podsOf(object: Tree): Pods | undefined {
  return new Inventory([knownOf(object) as KubeObjectJson]).pods[0];
}

/** Each object with how it is written; those of a list one by one. */
function itemsOf({ known, tree }: Written): [KubeObjectJson, Tree][] {
  const object = knownOf(known) as KubeObjectJson | undefined;
  if (object === undefined) return [];
  if (object.kind !== 'List' || !Array.isArray(object.items)) return [[object, tree]];
  const written = isMap(tree) && Array.isArray(tree.items) ? (tree.items as readonly Tree[]) : [];
  return (object.items as KubeObjectJson[]).map((item, index) => [item, written[index]]);
}

function isSame(one: ServedPort, other: ServedPort): boolean {
  return one.port === other.port && one.protocol === other.protocol;
}

function listOf<T>(list: unknown): readonly T[] {
  return Array.isArray(list) ? (list as readonly T[]) : [];
}
