import type { Role } from '../../imports/k8s';
import { granted } from './audit';
import type { RuntimeInstallation } from './runtime';

/** Where the Roles of a namespace are. */
export const ROLES = (namespace: string) =>
  `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles`;

/** What the Roles of the sandbox namespace grant, as the API server has them. */
export async function grantedIn({ cluster, sandboxNamespace }: RuntimeInstallation): Promise<string[]> {
  const { items } = await cluster.api.call<{ items: Role[] }>('GET', ROLES(sandboxNamespace));
  const rules = items.flatMap(({ rules = [] }) => rules);
  return granted(rules.map(({ resources = [], verbs }) => ({ resources, verbs })));
}
