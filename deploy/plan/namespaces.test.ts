import { releaseOf } from '../inventory/names';
import type { Member } from '../objects/members';
import { member } from '../testing-only/member';
import { ModelApi, refusal } from '../testing-only/model-api';
import { absentNamespaces } from './namespaces';

describe('namespaces', () => {
  const release = releaseOf('shop', 'here');
  const there = (state: Readonly<Record<string, object | undefined>>) =>
    Object.assign(Object.create(new ModelApi()), {
      get: async (_: unknown, { name }: { name: string }) => state[name],
    });
  const live = { metadata: {} };
  const into = (namespace: string): Member => {
    const one = member('ConfigMap');
    return { ...one, ref: { ...one.ref, namespace } };
  };
  const made = (name: string): Member => ({
    ...member('Namespace'),
    ref: { group: '', kind: 'Namespace', name },
  });

  test('that are there are no matter; one that the set brings is coming', async () => {
    const found = await absentNamespaces(
      there({ here: live, far: live }),
      [into('far'), into('new'), made('new')],
      release,
    );
    expect(found).toEqual({ coming: new Set(['new']), missing: new Set(), problems: [] });
  });

  test('that are missing or on their way out are told, each with its object; that of the release must be there before', async () => {
    const ending = { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } };
    const { missing, problems } = await absentNamespaces(
      there({ old: ending }),
      [into('far'), into('old'), made('here'), made('old')],
      release,
    );
    expect([...missing].sort()).toEqual(['far', 'here', 'old']);
    expect(problems.map(({ code, where }) => `${code} ${where}`).sort()).toEqual([
      'NAMESPACE_MISSING namespace far (set.yaml)',
      'NAMESPACE_MISSING namespace here (release shop)',
      'NAMESPACE_TERMINATING namespace old (set.yaml)',
    ]);
  });

  test('that may not be looked at are left to the dry-runs', async () => {
    const forbidden = Object.assign(Object.create(new ModelApi()), {
      get: () => Promise.reject(refusal(403, 'Forbidden', 'no')),
    });
    expect((await absentNamespaces(forbidden, [into('far')], release)).problems).toEqual([]);
    const broken = Object.assign(Object.create(new ModelApi()), {
      get: () => Promise.reject(new Error('broken')),
    });
    await expect(absentNamespaces(broken, [into('far')], release)).rejects.toThrow('broken');
  });
});
