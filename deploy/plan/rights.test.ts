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
    expect(told?.found).toBe(
      `no right to ${['create', 'delete', 'get', 'patch'].map((verb) => `${verb} leases.coordination.k8s.io in here`).join('; ')}`,
    );
  });

  test('are not asked for where nothing is done', async () => {
    const { of, asked } = asking(() => false);
    expect(await missingRights(of, release, [], [])).toBeUndefined();
    expect(asked).toEqual([]);
  });
});
