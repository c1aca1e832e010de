import { releaseOf } from '../inventory/names';
import { member } from '../testing-only/member';
import { ModelApi } from '../testing-only/model-api';
import { missingRights } from './rights';

describe('rights', () => {
  const release = releaseOf('shop', 'here');
  const asking = (may: (right: object) => boolean) => {
    const asked: object[] = [];
    const api = new ModelApi();
    const of = Object.assign(Object.create(api), {
      may: async (right: object) => {
        asked.push(right);
        return may(right);
      },
    });
    return { of, asked };
  };

  test('are asked for once each: to remember the release, to write the set, and to delete', async () => {
    const { of, asked } = asking(() => true);
    const removed = [{ verb: 'delete', group: '', resource: 'configmaps', namespace: 'here' }];
    const two = [member('ConfigMap'), member('ConfigMap')];
    expect(await missingRights(of, release, two, removed)).toBeUndefined();
    const told = asked.map((right) => {
      const { verb, group, resource, namespace } = right as Record<string, string>;
      return `${verb} ${group}/${resource} ${namespace}`;
    });
    expect(told.sort()).toEqual(
      [
        ...['create', 'delete', 'get', 'list', 'patch'].map((verb) => `${verb} /secrets here`),
        ...['create', 'delete', 'get', 'patch'].map((verb) => `${verb} coordination.k8s.io/leases here`),
        ...['create', 'delete', 'get', 'patch'].map((verb) => `${verb} /configmaps here`),
      ].sort(),
    );
  });

  test('that are missing are all told, as kubectl writes them', async () => {
    const { of } = asking((right) => (right as { resource: string }).resource !== 'leases');
    const told = await missingRights(of, release, [member('ConfigMap')], []);
    expect(told).toMatchObject({
      code: 'RIGHTS_MISSING',
      where: 'the account that applies this',
      expected: 'every right that this set needs',
      remedy: 'Grant them with a Role and a RoleBinding, or use another account. Nothing was written.',
    });
    expect(told?.found).toBe(
      `no right to ${['create', 'delete', 'get', 'patch'].map((verb) => `${verb} leases.coordination.k8s.io in here`).join('; ')}`,
    );
  });

  test('of what is cluster-wide are asked for, and told, without a namespace', async () => {
    const { of, asked } = asking((right) => (right as { resource: string }).resource !== 'roles');
    const wide = member('Role');
    const { namespace: _namespace, ...ref } = wide.ref;
    const resource = { ...wide.resource, apiVersion: 'rbac.authorization.k8s.io/v1' };
    const told = await missingRights(of, release, [{ ...wide, ref, resource }], []);
    expect(told?.found).toBe(
      `no right to ${['create', 'get', 'patch'].map((verb) => `${verb} roles.rbac.authorization.k8s.io`).join('; ')}`,
    );
    expect(asked).toContainEqual({ verb: 'get', group: 'rbac.authorization.k8s.io', resource: 'roles' });
  });

  test('are asked for where something is only to go', async () => {
    const { of, asked } = asking(() => true);
    await missingRights(of, release, [], [{ verb: 'delete', group: '', resource: 'configmaps' }]);
    expect(asked).toHaveLength(10);
  });

  test('are not asked for where nothing is done', async () => {
    const { of, asked } = asking(() => false);
    expect(await missingRights(of, release, [], [])).toBeUndefined();
    expect(asked).toEqual([]);
  });
});
