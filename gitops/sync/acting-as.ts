import { type Connection, getIfThere, resource, type Stored } from '../../kube';
import type { Application } from '../api/application';
import { GitopsError } from '../errors';
import type { Settings } from './settings';

const serviceAccounts = resource('v1', 'ServiceAccount');

/** By connection, those in the name of others: what a cluster is asked once is asked once for each of them. */
const others = new WeakMap<Connection, Map<string, Connection>>();

/** The connection by which an Application is applied: it can do what its account may, and nothing else of the controller's. */
export function actingAs(connection: Connection, { user }: Pick<Settings, 'user'>): Connection {
  if (user === undefined) return connection;
  const known = others.get(connection) ?? new Map<string, Connection>();
  others.set(connection, known);
  const own = known.get(user) ?? connection.as(user);
  known.set(user, own);
  return own;
}

/** Where the platform wants each Application to name its account, one that does not is refused. */
export function requireAccount({ spec }: Pick<Application, 'spec'>): void {
  if (spec.serviceAccount !== undefined) return;
  throw new GitopsError('ACCOUNT_MISSING', {
    where: 'spec.serviceAccount',
    found: 'nothing',
    expected: 'an account of the namespace of the Application, as this controller is set to want it',
    remedy: 'make a ServiceAccount with the rights that the objects need, and name it',
  });
}

/** Whether the account of an Application is there: with one that has gone, nothing can be deleted in its name any more. */
export async function hasAccount(
  connection: Connection,
  { metadata: { namespace = 'default' }, spec }: Stored<Application>,
): Promise<boolean> {
  if (spec.serviceAccount === undefined) return true;
  const account = await getIfThere(connection, serviceAccounts, { namespace, name: spec.serviceAccount });
  return account !== undefined;
}
