import type { KubeObjectJson } from './finding';

type Labels = Readonly<Record<string, string>>;

/** What the rules read of a container. */
export interface Container {
  readonly name?: string;
  readonly image?: string;
  readonly ports?: readonly {
    readonly name?: string;
    readonly containerPort?: number;
    readonly hostPort?: number;
  }[];
  readonly env?: readonly EnvEntry[];
  readonly envFrom?: readonly { readonly secretRef?: KeyHolder; readonly configMapRef?: KeyHolder }[];
  readonly securityContext?: unknown;
  readonly [field: string]: unknown;
}

export interface EnvEntry {
  readonly name?: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef?: KeyHolder; readonly configMapKeyRef?: KeyHolder };
}

export interface KeyHolder {
  readonly name?: string;
  readonly key?: string;
  readonly optional?: boolean;
}

export interface PodSpec {
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly ephemeralContainers?: readonly Container[];
  readonly securityContext?: unknown;
  readonly [field: string]: unknown;
}

/** The pods that an object is or makes. */
export interface Pods {
  readonly object: KubeObjectJson;
  /** Where the pod's spec is in the object. */
  readonly at: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly spec: PodSpec;
}

/** Everything that is installed together, and what others provide for it, of which no rule complains. */
export class Inventory {
  readonly pods: readonly Pods[];
  /** Those of others as well. */
  readonly allPods: readonly Pods[];

  constructor(
    readonly objects: readonly KubeObjectJson[],
    private readonly provided: readonly KubeObjectJson[] = [],
  ) {
    this.pods = objects.flatMap(podsOf);
    this.allPods = [...this.pods, ...provided.flatMap(podsOf)];
  }

  ofKind(...kinds: readonly string[]): readonly KubeObjectJson[] {
    return this.objects.filter(({ kind }) => kinds.includes(kind ?? ''));
  }

  /** The object of this kind and name for the pods of another one, wherever it comes from. */
  providerOf(kind: string, name: string | undefined, pods: KubeObjectJson): KubeObjectJson | undefined {
    return [...this.objects, ...this.provided].find(
      (object) => object.kind === kind && object.metadata?.name === name && inSameNamespace(object, pods),
    );
  }

  /** The pods with these labels in the namespace of an object. */
  selectedBy(object: KubeObjectJson, labels: Labels): readonly Pods[] {
    return this.pods.filter((pods) => inSameNamespace(object, pods.object) && hasLabels(pods.labels, labels));
  }
}

export function inSameNamespace(one: KubeObjectJson, other: KubeObjectJson): boolean {
  return (one.metadata?.namespace ?? '') === (other.metadata?.namespace ?? '');
}

export function hasLabels(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

/** Whether labels are what a label selector asks for. */
export function isSelected(labels: Labels, selector: unknown): boolean {
  const { matchLabels = {}, matchExpressions = [] } = (selector ?? {}) as {
    readonly matchLabels?: Labels;
    readonly matchExpressions?: readonly {
      readonly key: string;
      readonly operator: string;
      readonly values?: readonly string[];
    }[];
  };
  return (
    hasLabels(labels, matchLabels) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      const isIn = value !== undefined && values.includes(value);
      return operator === 'In' ? isIn : !isIn;
    })
  );
}

/** All containers, each with its place. */
export function containersOf({ spec, at }: Pods): { readonly container: Container; readonly at: string }[] {
  return (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((list) =>
    (spec[list] ?? []).map((container, index) => ({ container, at: `${at}.${list}[${index}]` })),
  );
}

const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  Rollout: ['spec', 'template'],
  ReplicationController: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
  PodTemplate: ['template'],
};

/** The steps from an object of a kind to the template of its pods; nothing where it makes none. */
export function podTemplatePath(kind: string): readonly string[] | undefined {
  return Object.hasOwn(TEMPLATES, kind) ? TEMPLATES[kind] : undefined;
}

function podsOf(object: KubeObjectJson): Pods[] {
  const path = podTemplatePath(object.kind ?? '');
  if (!path) return [];
  const template = path.reduce<unknown>(
    (at, key) => (at as Record<string, unknown> | undefined)?.[key],
    object,
  ) as { readonly metadata?: KubeObjectJson['metadata']; readonly spec?: PodSpec } | undefined;
  if (!template?.spec) return [];
  return [
    {
      object,
      at: [...path, 'spec'].join('.'),
      labels: template.metadata?.labels ?? {},
      annotations: template.metadata?.annotations ?? {},
      spec: template.spec,
    },
  ];
}
