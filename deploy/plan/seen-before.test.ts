import type { ClusterApi, Live } from '../cluster/cluster-api';
import { PART_OF, releaseOf } from '../inventory/names';
import type { Entry } from '../inventory/release-store';
import type { Member } from '../objects/members';
import { keyOf } from '../objects/object-ref';
import { member } from '../testing-only/member';
import { refusal } from '../testing-only/model-api';
import { seenBefore } from './seen-before';

const release = releaseOf('shop', 'here');
const live = (name: string): Live => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap' },
  metadata: { name, uid: name, resourceVersion: '1' },
});
const called = (name: string, namespace: string | undefined = 'here', more: Partial<Member> = {}): Member => {
  const { namespace: _namespace, ...ref } = member('ConfigMap').ref;
  return {
    ...member('ConfigMap'),
    ref: { ...ref, name, ...(namespace === 'none' ? {} : { namespace }) },
    ...more,
  };
};

/** What is seen of these, which the inventory has, with a digest or without; and what was asked. */
async function seen(
  members: readonly Member[],
  { digest = 'd', api = {} }: { digest?: string | undefined; api?: Partial<ClusterApi> } = {},
) {
  const asked: unknown[] = [];
  const cluster = {
    get: async (_of: unknown, at: { name: string; namespace?: string }) => {
      asked.push(`get ${at.namespace}/${at.name}`);
      return at.name === 'gone' ? undefined : live(at.name);
    },
    list: async (_of: unknown, namespace: string | undefined, labels: string) => {
      asked.push(`list ${namespace} ${labels}`);
      return [live('a'), live('x')];
    },
    ...api,
  } as unknown as ClusterApi;
  const inventory = new Map(
    members
      .filter(({ ref }) => ref.name !== 'new')
      .map(({ ref }) => [keyOf(ref), { ...(digest === '' ? {} : { digest }) } as Entry]),
  );
  return { found: [...(await seenBefore(cluster, release, members, inventory)).keys()], asked };
}

test('objects of one kind and namespace are one list, by the label of the release', async () => {
  expect(await seen([called('a'), called('b')])).toEqual({
    found: ['/ConfigMap/here/a', '/ConfigMap/here/x'],
    asked: [`list here ${PART_OF}=${release.id}`],
  });
  expect(await seen([called('a', 'none'), called('b', 'none')])).toEqual({
    found: ['/ConfigMap//a', '/ConfigMap//x'],
    asked: [`list undefined ${PART_OF}=${release.id}`],
  });
});

test('one that is alone is looked at, if its digest is known, and may be gone', async () => {
  expect(await seen([called('a'), called('b', 'there')])).toEqual({
    found: ['/ConfigMap/here/a', '/ConfigMap/there/b'],
    asked: ['get here/a', 'get there/b'],
  });
  expect(await seen([called('gone')])).toEqual({ found: [], asked: ['get here/gone'] });
  expect(await seen([called('a')], { digest: '' })).toEqual({ found: [], asked: [] });
});

test('what is new, or of a kind that is to come, is not asked for', async () => {
  expect(await seen([called('new'), called('a', 'here', { kindComes: true })])).toEqual({
    found: [],
    asked: [],
  });
});

test('what may not be seen was not seen; any other refusal is told', async () => {
  const failing = (code: number, reason: string) => {
    const fail = () => Promise.reject(refusal(code, reason, 'planted'));
    return { api: { get: fail, list: fail } };
  };
  for (const members of [[called('a')], [called('a'), called('b')]]) {
    expect((await seen(members, failing(403, 'Forbidden'))).found).toEqual([]);
    await expect(seen(members, failing(500, 'InternalError'))).rejects.toThrow('planted');
  }
});
