import type { Templated } from '../../core/template';
import type { RoleBinding } from '../../imports/k8s';
import { AGENT_SANDBOX_CALLS, API_CALLS, roleRules } from '../../sandbox/spec';

export const RBAC = 'rbac.authorization.k8s.io';

/** The metadata that all objects of a sandbox namespace have in common. */
export interface InNamespace {
  readonly namespace: Templated<string>;
  readonly labels: Templated<Readonly<Record<string, string>>>;
}

/** An account of a program that makes sandboxes. */
export interface SandboxManager {
  readonly serviceAccount: Templated<string>;
  readonly namespace: Templated<string>;
}

/** The account that sandboxes run as. Nothing is bound to it, and no token of it reaches a pod. */
export function sandboxAccount(name: Templated<string>, place: InNamespace) {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, ...place },
    automountServiceAccountToken: false,
  } as const;
}

/** Exactly what the runtime asks the API server for. */
export function managerRole(name: Templated<string>, place: InNamespace, agentSandbox = false) {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'Role',
    metadata: { name, ...place },
    rules: roleRules(agentSandbox ? [...API_CALLS, ...AGENT_SANDBOX_CALLS] : API_CALLS),
  } as const;
}

/** Who may make sandboxes; empty where a gate writes that later. */
export function managerBinding(
  name: Templated<string>,
  subjects: Templated<RoleBinding['subjects']>,
  place: InNamespace,
) {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata: { name, ...place },
    roleRef: { apiGroup: RBAC, kind: 'Role', name },
    subjects,
  } as const;
}

export function subjectsOf(managers: readonly SandboxManager[]) {
  return managers.map(
    ({ serviceAccount, namespace }) => ({ kind: 'ServiceAccount', name: serviceAccount, namespace }) as const,
  );
}
