import type { Templated } from '../../core/template';
import type { PolicyRule } from '../../imports/k8s';

const RBAC = 'rbac.authorization.k8s.io';

/**
 * Kinds of which it is seen at once that somebody has changed what was applied. Of those that are missing, Secrets above all,
 * the interval of an Application sees it.
 */
const FOLLOWED: readonly (readonly [group: string, ...resources: string[]])[] = [
  ['', 'configmaps', 'persistentvolumeclaims', 'pods', 'serviceaccounts', 'services'],
  ['apps', 'daemonsets', 'deployments', 'replicasets', 'statefulsets'],
  ['autoscaling', 'horizontalpodautoscalers'],
  ['batch', 'cronjobs', 'jobs'],
  ['networking.k8s.io', 'ingresses', 'networkpolicies'],
  ['policy', 'poddisruptionbudgets'],
  [RBAC, 'rolebindings', 'roles'],
];

/** What the controller does in its own name, in the namespaces that it follows. What it applies, it applies in the name of others. */
export const CONTROLLER_RULES: readonly PolicyRule[] = [
  { apiGroups: ['ajj.io'], resources: ['*'], verbs: ['get', 'list', 'watch', 'patch', 'update'] },
  { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
  // What repositories are asked with is beside each Application.
  { apiGroups: [''], resources: ['secrets'], verbs: ['get'] },
  { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['get', 'impersonate'] },
  ...FOLLOWED.map(([group, ...resources]) => ({ apiGroups: [group], resources, verbs: ['list', 'watch'] })),
];

/** Its Lease; `create` cannot be limited to a name. */
export const LEASE_RULES: readonly PolicyRule[] = [
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create', 'get', 'patch'] },
];

interface Account {
  readonly name: Templated<string>;
  readonly namespace: Templated<string>;
}

/** What gives a role to an account, in the namespace of the metadata or in all. */
export function binding<M>(
  kind: 'RoleBinding' | 'ClusterRoleBinding',
  metadata: M,
  role: { readonly kind: 'Role' | 'ClusterRole'; readonly name: Templated<string> },
  account: Account,
) {
  return {
    apiVersion: `${RBAC}/v1`,
    kind,
    metadata,
    roleRef: { apiGroup: RBAC, ...role },
    subjects: [{ kind: 'ServiceAccount', ...account }],
  };
}
