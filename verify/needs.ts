import type { Ingress, NetworkPolicy, Pod, RoleBinding } from '../imports/k8s';
import { type Live, named, nameOf, selects } from './state';
import { referencesOf } from './walk/references';
import { isWorkload } from './walk/workload';

/** An object that another one leads to, or does not work without. */
export interface Needed {
  readonly object: string;
  readonly namespace?: string;
}

type PodSpec = NonNullable<Pod['spec']>;
type Labels = Readonly<Record<string, string>>;

/** What an object leads to, by what is meant alone: no cluster is asked. */
export function needsOf(object: Live, all: readonly Live[]): Needed[] {
  const { namespace } = object.metadata ?? {};
  const here = (kind: string, name: string | undefined): Needed[] =>
    name ? [{ object: named(kind, name), ...(namespace && { namespace }) }] : [];
  const selected = (selector: Labels | undefined): Needed[] =>
    all
      .filter((one) => isWorkload(one) && one.metadata?.namespace === namespace)
      .filter((one) => selects(selector, labelsOfPods(one)))
      .flatMap((one) => here(one.kind, one.metadata?.name));
  return onceEach(ofKind(object, here, selected).filter((one) => one.object !== nameOf(object)));
}

function ofKind(
  object: Live,
  here: (kind: string, name: string | undefined) => Needed[],
  selected: (selector: Labels | undefined) => Needed[],
): Needed[] {
  const spec = (object.spec ?? {}) as Readonly<Record<string, unknown>>;
  if (isWorkload(object)) {
    const pod = podSpecOf(object);
    const claims = (pod?.volumes ?? []).flatMap(({ persistentVolumeClaim }) =>
      here('PersistentVolumeClaim', persistentVolumeClaim?.claimName),
    );
    const read = pod ? referencesOf(pod).flatMap(({ kind, name }) => here(kind, name)) : [];
    return [...here('ServiceAccount', pod?.serviceAccountName), ...read, ...claims];
  }
  switch (object.kind) {
    case 'Service':
      return selected(spec.selector as Labels | undefined);
    case 'PodDisruptionBudget':
      return selected((spec.selector as { readonly matchLabels?: Labels } | undefined)?.matchLabels);
    case 'NetworkPolicy':
      return selected((spec as Partial<NonNullable<NetworkPolicy['spec']>>).podSelector?.matchLabels);
    case 'Ingress':
      return ((spec as NonNullable<Ingress['spec']>).rules ?? [])
        .flatMap(({ http }) => http?.paths ?? [])
        .flatMap(({ backend }) => here('Service', backend.service?.name));
    case 'HorizontalPodAutoscaler': {
      const { kind = '', name } = (spec.scaleTargetRef ?? {}) as { kind?: string; name?: string };
      return here(kind, name);
    }
    case 'RoleBinding':
    case 'ClusterRoleBinding': {
      const { roleRef, subjects = [] } = object as unknown as Partial<RoleBinding>;
      const own = object.metadata?.namespace;
      const accounts = subjects
        .filter(({ kind }) => kind === 'ServiceAccount')
        .map(({ namespace = own, name }) => ({ object: named('ServiceAccount', name), namespace }));
      return [
        ...(roleRef?.kind === 'Role' ? here('Role', roleRef.name) : []),
        ...(roleRef?.kind === 'ClusterRole' ? [{ object: named('ClusterRole', roleRef.name) }] : []),
        ...accounts,
      ];
    }
    default:
      return [];
  }
}

function podSpecOf(workload: Live): PodSpec | undefined {
  if (workload.kind === 'Pod') return workload.spec as PodSpec | undefined;
  return (workload.spec as { readonly template?: { readonly spec?: PodSpec } } | undefined)?.template?.spec;
}

function labelsOfPods(workload: Live): Labels | undefined {
  if (workload.kind === 'Pod') return workload.metadata?.labels;
  const { template } = (workload.spec ?? {}) as {
    readonly template?: { readonly metadata?: { readonly labels?: Labels } };
  };
  return template?.metadata?.labels;
}

function onceEach(needed: readonly Needed[]): Needed[] {
  return [...new Map(needed.map((one) => [`${one.namespace ?? ''} ${one.object}`, one])).values()];
}
