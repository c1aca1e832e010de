import { live, type Odd, stateOf } from '../testing-only/state';
import { bindingCause } from './access';

const binding = (roleRef: object, subjects?: object[]) =>
  live('RoleBinding', 'give', { roleRef, ...(subjects && { subjects }) });
const account = (name: string, namespace?: string) => ({ kind: 'ServiceAccount', name, namespace });
const toRole = { kind: 'Role', name: 'reader' };
const role = live('Role', 'reader');

function causeOf(of: ReturnType<typeof binding>, there: ReturnType<typeof live>[] = [], odd: Odd = {}) {
  return bindingCause(stateOf([], there, odd), of);
}

test('a role that is not there is told, one that is there is not', () => {
  expect(causeOf(binding(toRole))).toEqual({
    code: 'ROLE_MISSING',
    where: 'RoleBinding/give in namespace shop',
    found: 'no Role reader',
    expected: 'the role that it gives',
    remedy: 'Make the role; a binding to one that is not there gives no right.',
  });
  expect(causeOf(binding(toRole), [role])).toBeUndefined();
  expect(causeOf(binding(toRole), [live('Role', 'reader', {}, 'other')])?.code).toBe('ROLE_MISSING');
});

test('a role of the cluster is looked for without a namespace', () => {
  const of = binding({ kind: 'ClusterRole', name: 'view' });
  expect(causeOf(of)?.found).toBe('no ClusterRole view');
  expect(causeOf(of, [live('ClusterRole', 'view', {}, null)])).toBeUndefined();
});

test('an account that is not there is told, with its namespace', () => {
  const expected = {
    code: 'ACCOUNT_MISSING',
    where: 'RoleBinding/give in namespace shop',
    expected: 'the account to which it gives its role',
    remedy: 'Make the account, or correct the subject.',
  };
  const here = live('ServiceAccount', 'app');
  expect(causeOf(binding(toRole, [account('app')]), [role])).toEqual({
    ...expected,
    found: 'no ServiceAccount app in namespace shop',
  });
  expect(causeOf(binding(toRole, [account('app')]), [role, here])).toBeUndefined();
  expect(causeOf(binding(toRole, [account('app', 'ci')]), [role, here])).toEqual({
    ...expected,
    found: 'no ServiceAccount app in namespace ci',
  });
  expect(
    causeOf(binding(toRole, [account('app', 'ci')]), [role, live('ServiceAccount', 'app', {}, 'ci')]),
  ).toBe(undefined);
  // One of two is enough.
  const found = causeOf(binding(toRole, [account('app'), account('gone')]), [role, here])?.found;
  expect(found).toContain('ServiceAccount gone');
});

test('people and groups are nowhere in a cluster, and what could not be read is not missing', () => {
  expect(causeOf(binding(toRole, [{ kind: 'Group', name: 'devs' }]), [role])).toBeUndefined();
  expect(causeOf(binding(toRole), [], { unread: ['Role'] })).toBeUndefined();
  const unread = { unread: ['ServiceAccount'] };
  expect(causeOf(binding(toRole, [account('app')]), [role], unread)).toBeUndefined();
});
