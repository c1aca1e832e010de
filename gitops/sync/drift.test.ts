import type { KubeObject, Store, Stored } from '../../kube';
import { DriftWatch, type Followed, type SeenChange } from './drift';

type Change = Parameters<Parameters<Store<KubeObject>['onChange']>[0]>[0];

const objectOf = (uid: string, more: object = {}, release = 'release-1') =>
  ({
    ...{ apiVersion: 'apps/v1', kind: 'Deployment' },
    metadata: {
      ...{ name: uid, namespace: 'shop', uid, resourceVersion: '1', generation: 1 },
      labels: { 'applyset.kubernetes.io/part-of': release },
      ...more,
    },
  }) as Stored<KubeObject>;

/** A watch whose kind has these objects, and what was opened and woken. */
async function watching(...objects: readonly Stored<KubeObject>[]) {
  const listeners: Array<(change: Change) => void> = [];
  const opened: string[] = [];
  const woken: string[] = [];
  let refusals = 0;
  const open = async (apiVersion: string, kind: string): Promise<Followed> => {
    opened.push(`${apiVersion} ${kind}`);
    if (refusals > 0) {
      refusals -= 1;
      throw new Error('no right to watch');
    }
    const onChange = (listener: (change: Change) => void) => {
      listeners.push(listener);
      return () => {};
    };
    return { all: () => objects, onChange };
  };
  const changed: string[] = [];
  const seen: SeenChange[] = [];
  const drift = new DriftWatch(open, {
    changed: (key, change) => {
      changed.push(key);
      seen.push(change);
    },
    drifted: (key) => woken.push(key),
  });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  const tell = (type: Change['type'], object: Stored<KubeObject>) => {
    for (const listener of listeners) listener({ type, object, finalStateUnknown: false } as Change);
  };
  return { drift, tell, opened, woken, changed, seen, settled, refuse: () => (refusals += 1) };
}

test('a change, a deletion and a lost label wake the Application whose object it was, and no other', async () => {
  const { drift, tell, woken, seen, settled } = await watching(objectOf('a'), objectOf('b', {}, 'release-2'));
  drift.follow('team/one', 'release-1', [objectOf('a')]);
  drift.follow('team/two', 'release-2', [objectOf('b')]);
  await settled();
  tell('modified', objectOf('a', { generation: 2, resourceVersion: '7' }));
  expect(woken).toEqual(['team/one']);
  tell('deleted', objectOf('b', {}, 'release-2'));
  expect(woken).toEqual(['team/one', 'team/two']);
  const of = (name: string) => ({
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', uid: name },
    at: { namespace: 'shop', name },
  });
  expect(seen).toEqual([
    { ...of('a'), resourceVersion: '7', isGone: false, isStatusOnly: false },
    { ...of('b'), resourceVersion: '1', isGone: true, isStatusOnly: false },
  ]);
  tell('modified', objectOf('a', { generation: 2, annotations: { a: 'b' } }));
  expect(woken).toHaveLength(3);
  tell('modified', objectOf('x', { generation: 2 }, 'of nobody here'));
  expect(woken).toHaveLength(3);
});

test('a status that moves on, and an object that is new, wake none; a kind without a generation counts every change', async () => {
  const { drift, tell, woken, changed, seen, settled } = await watching(objectOf('a'));
  drift.follow('team/one', 'release-1', [objectOf('a')]);
  await settled();
  tell('modified', objectOf('a', { resourceVersion: '2' }));
  tell('added', objectOf('b'));
  expect([woken, changed]).toEqual([[], ['team/one', 'team/one']]);
  expect(seen.map(({ isStatusOnly }) => isStatusOnly)).toEqual([true, false]);
  const counted = { annotations: { 'deployment.kubernetes.io/revision': '2' } };
  tell('modified', objectOf('a', { resourceVersion: '3', ...counted }));
  expect([woken, seen.at(-1)?.isStatusOnly]).toEqual([[], true]);
  const plain = (resourceVersion: string) => objectOf('c', { generation: undefined, resourceVersion });
  tell('added', plain('1'));
  tell('modified', plain('2'));
  expect(woken).toEqual(['team/one']);
});

test('one kind is opened once for all, and again after a refusal; whether all is seen is said', async () => {
  const { drift, opened, settled, refuse } = await watching();
  refuse();
  const one = () => drift.follow('team/one', 'release-1', [objectOf('a'), objectOf('b')]);
  const two = () => drift.follow('team/two', 'release-2', [objectOf('c')]);
  expect([one(), two(), opened]).toEqual(['opening', 'opening', ['apps/v1 Deployment']]);
  await settled();
  expect([two(), opened.length]).toEqual(['refused', 2]);
  await settled();
  expect([one(), two(), opened.length]).toEqual(['watching', 'watching', 2]);
  const more = [objectOf('a'), { apiVersion: 'v1', kind: 'Secret' }];
  expect(drift.follow('team/one', 'release-1', more)).toBe('opening');
});

test('who writes without end is put right some times a minute, and holds up no other', async () => {
  const { drift, tell, woken, settled } = await watching();
  drift.follow('team/one', 'release-1', [objectOf('a')]);
  drift.follow('team/two', 'release-2', [objectOf('b')]);
  await settled();
  for (let generation = 2; generation < 1_000; generation += 1)
    tell('modified', objectOf('a', { generation }));
  const count = woken.length;
  expect(count).toBeLessThan(20);
  tell('modified', objectOf('b', { generation: 2 }, 'release-2'));
  expect(woken.slice(count)).toEqual(['team/two']);
  drift.forget('release-2');
  tell('modified', objectOf('b', { generation: 3 }, 'release-2'));
  expect(woken).toHaveLength(count + 1);
});

test('one that was deleted is not remembered: told of again it is news', async () => {
  const { drift, tell, woken, settled } = await watching(objectOf('a'));
  drift.follow('team/one', 'release-1', [objectOf('a')]);
  await settled();
  tell('deleted', objectOf('a'));
  tell('modified', objectOf('a'));
  expect(woken).toEqual(['team/one', 'team/one']);
});
