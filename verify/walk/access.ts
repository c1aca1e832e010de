import type { RoleBinding } from '../../imports/k8s';
import type { Stored } from '../../kube';
import type { Cause } from '../finding';
import { type Live, placeOf, type State } from '../state';

/** What a binding gives nothing for: its role or its account is not there. */
export function bindingCause(state: State, live: Stored<Live>): Cause | undefined {
  const { roleRef, subjects = [] } = live as unknown as RoleBinding;
  const own = live.metadata.namespace;
  const where = placeOf(live);
  const place = roleRef.kind === 'ClusterRole' ? undefined : own;
  if (state.wasRead(roleRef.kind, place) && !state.find(roleRef.kind, place, roleRef.name)) {
    return {
      code: 'ROLE_MISSING',
      where,
      found: `no ${roleRef.kind} ${roleRef.name}`,
      expected: 'the role that it gives',
      remedy: 'Make the role; a binding to one that is not there gives no right.',
    };
  }
  const gone = subjects.find(({ kind, name, namespace = own }) => {
    return kind === 'ServiceAccount' && state.wasRead(kind, namespace) && !state.find(kind, namespace, name);
  });
  if (!gone) return undefined;
  return {
    code: 'ACCOUNT_MISSING',
    where,
    found: `no ServiceAccount ${gone.name} in namespace ${gone.namespace ?? own}`,
    expected: 'the account to which it gives its role',
    remedy: 'Make the account, or correct the subject.',
  };
}
