import type { ObjectRef } from '../objects/object-ref';

/**
 * The stages in which a set is applied, by the kinds in each; pruning goes backwards. A kind that no stage names is of
 * the last one: routes, webhooks, custom resources.
 */
const STAGES: ReadonlyArray<{ readonly name: string; readonly kinds: readonly string[] }> = [
  { name: 'definitions', kinds: ['CustomResourceDefinition'] },
  { name: 'namespaces', kinds: ['Namespace'] },
  {
    name: 'policies',
    kinds: [
      ...['PriorityClass', 'RuntimeClass', 'StorageClass', 'IngressClass', 'GatewayClass', 'DeviceClass'],
      ...['ResourceQuota', 'LimitRange', 'NetworkPolicy', 'PodDisruptionBudget'],
      ...['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'],
      ...['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding'],
      ...['ServiceAccount', 'ClusterRole', 'Role'],
    ],
  },
  // The server looks up the role of a binding, to see that the caller may give it away.
  { name: 'bindings', kinds: ['ClusterRoleBinding', 'RoleBinding'] },
  {
    name: 'config',
    kinds: ['ConfigMap', 'Secret', 'PersistentVolume', 'PersistentVolumeClaim', 'Service'],
  },
  { name: 'hooks before', kinds: [] },
  {
    name: 'workloads',
    kinds: [
      ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Pod'],
      ...['Job', 'CronJob', 'HorizontalPodAutoscaler'],
    ],
  },
];

const LAST: ReadonlyArray<{ readonly name: string }> = [{ name: 'the rest' }, { name: 'hooks after' }];

export const stageCount = STAGES.length + LAST.length;

/** What lies in others, and what others are of, is made up to here. */
export const NAMESPACES = STAGES.findIndex(({ name }) => name === 'namespaces');

/** Where hooks go, by when they are run. */
export const hookStages = {
  before: STAGES.findIndex(({ name }) => name === 'hooks before'),
  after: stageCount - 1,
} as const;

/** A custom kind that is called as a built-in one is not meant: those groups have a dot and are not of Kubernetes. */
function isBuiltIn(group: string): boolean {
  return !group.includes('.') || group.endsWith('.k8s.io');
}

export function stageOf({ group, kind }: Pick<ObjectRef, 'group' | 'kind'>): number {
  const found = isBuiltIn(group) ? STAGES.findIndex(({ kinds }) => kinds.includes(kind)) : -1;
  return found < 0 ? STAGES.length : found;
}

export function stageName(stage: number): string {
  return ([...STAGES, ...LAST][stage] as { readonly name: string }).name;
}
