import type { PolicyRule, Role, RoleBinding, ServiceAccount } from '../../imports/k8s';
import type { Connection } from '../connection';
import { create, createSub } from '../create';
import { resource } from '../resource';
import { connectTo } from './scripted-server';

const serviceAccounts = resource<ServiceAccount>('v1', 'ServiceAccount');
const rbac = 'rbac.authorization.k8s.io';

/** Makes an account that may do what the rules say, in the connection's namespace. */
export async function makeAccount(
  here: Connection,
  name: string,
  rules: readonly PolicyRule[],
): Promise<void> {
  const metadata = { name };
  await create(here, serviceAccounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  const role: Role = { apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules: [...rules] };
  const binding: RoleBinding = {
    ...{ apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata },
    roleRef: { apiGroup: rbac, kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace: here.namespace }],
  };
  await create(here, resource<Role>(role.apiVersion, 'Role'), role);
  await create(here, resource<RoleBinding>(binding.apiVersion, 'RoleBinding'), binding);
}

/** The same cluster as the account that has the token. */
export async function connectWithToken(here: Connection, token: string): Promise<Connection> {
  const { tls } = await here.credentials();
  const identity = { ca: String(tls.ca), cert: '', key: '' };
  return connectTo(here.server.origin, { namespace: here.namespace }, identity, token);
}

/** The same cluster as an account of the connection's namespace. */
export async function connectAs(here: Connection, name: string): Promise<Connection> {
  const asked = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
  const issued = await createSub(here, serviceAccounts, { name, subresource: 'token' }, asked);
  return connectWithToken(here, (issued as unknown as { status: { token: string } }).status.token);
}
