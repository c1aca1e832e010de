import type { ConfigMap } from '../../imports/k8s';
import type { Stored } from '../resource';
import { isNewer, KnownObjects } from './known-objects';

type Stage = readonly [name: string, uid: string, version: string];

function configMap([name, uid, resourceVersion]: Stage, namespace?: string): Stored<ConfigMap> {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, uid, resourceVersion, namespace } };
}

/** Knows `a` and `b`, as a first list told them. */
function knowing(): KnownObjects<ConfigMap> {
  const known = new KnownObjects<ConfigMap>();
  known.listed([configMap(['a', 'u-a', '5']), configMap(['b', 'u-b', '7'])], '10');
  return known;
}

const told = (changes: ReturnType<KnownObjects<ConfigMap>['listed']>) =>
  changes.map((change) => {
    if (change.type === 'synced') return change.type;
    const { name, uid, resourceVersion } = change.object.metadata;
    const how = change.type === 'deleted' && change.finalStateUnknown ? 'deleted unseen' : change.type;
    return `${how} ${name} ${uid} ${resourceVersion}`;
  });

test('the first list tells everything, and a watch goes on from its version', () => {
  const known = new KnownObjects<ConfigMap>();
  expect(known.version).toBe('');
  expect(told(known.listed([configMap(['a', 'u-a', '5'])], '10'))).toEqual(['added a u-a 5']);
  expect(known.version).toBe('10');
});

test('a list of what is known tells nothing: what lives is neither deleted nor added again', () => {
  const known = knowing();
  expect(told(known.listed([configMap(['a', 'u-a', '5']), configMap(['b', 'u-b', '7'])], '20'))).toEqual([]);
  expect(known.version).toBe('20');
});

test('a list tells what changed, what came, and what went unseen, in its last known state', () => {
  const now = [configMap(['a', 'u-a', '15']), configMap(['c', 'u-c', '16'])];
  expect(told(knowing().listed(now, '20'))).toEqual([
    'deleted unseen b u-b 7',
    'modified a u-a 15',
    'added c u-c 16',
  ]);
});

test('what was deleted and made again under its name is another object: the old one is told as gone first', () => {
  const again = configMap(['a', 'u-new', '15']);
  const both = ['deleted unseen a u-a 5', 'added a u-new 15'];
  expect(told(knowing().listed([again, configMap(['b', 'u-b', '7'])], '20'))).toEqual(both);
  expect(told(knowing().heard({ type: 'ADDED', object: again }))).toEqual(both);
});

test('objects of one name in two namespaces are two', () => {
  const known = new KnownObjects<ConfigMap>();
  const there = [configMap(['a', 'u-1', '5'], 'one'), configMap(['a', 'u-2', '6'], 'two')];
  expect(told(known.listed(there, '10'))).toEqual(['added a u-1 5', 'added a u-2 6']);
  expect(told(known.listed(there.slice(1), '11'))).toEqual(['deleted unseen a u-1 5']);
});

test('a deletion that was seen tells the final state, and only once', () => {
  const known = knowing();
  const gone = { type: 'DELETED', object: configMap(['a', 'u-a', '11']) } as const;
  expect(told(known.heard(gone))).toEqual(['deleted a u-a 11']);
  expect(told(known.heard(gone))).toEqual([]);
  expect(told(known.listed([configMap(['b', 'u-b', '7'])], '12'))).toEqual([]);
  expect(told(known.heard({ type: 'ADDED', object: configMap(['a', 'u-new', '13']) }))).toEqual([
    'added a u-new 13',
  ]);
});

test('the deletion of another object of that name says that the known one went unseen', () => {
  const gone = { type: 'DELETED', object: configMap(['a', 'u-other', '11']) } as const;
  expect(told(knowing().heard(gone))).toEqual(['deleted unseen a u-a 5']);
});

test('the deletion of what was never told is not told, and the watch goes on from it', () => {
  const known = knowing();
  expect(told(known.heard({ type: 'DELETED', object: configMap(['x', 'u-x', '11']) }))).toEqual([]);
  expect(known.version).toBe('11');
});

test('events that are not newer than the last one are repetitions', () => {
  const known = knowing();
  expect(told(known.heard({ type: 'MODIFIED', object: configMap(['a', 'u-a', '9']) }))).toEqual([]);
  expect(told(known.heard({ type: 'MODIFIED', object: configMap(['a', 'u-a', '10']) }))).toEqual([]);
  expect(told(known.heard({ type: 'MODIFIED', object: configMap(['a', 'u-a', '11']) }))).toEqual([
    'modified a u-a 11',
  ]);
  expect(known.version).toBe('11');
});

test('a bookmark tells nothing, and moves the place where a watch goes on', () => {
  const known = knowing();
  expect(known.heard({ type: 'BOOKMARK', resourceVersion: '30' })).toEqual([]);
  expect(known.version).toBe('30');
  expect(known.heard({ type: 'BOOKMARK', resourceVersion: '20' })).toEqual([]);
  expect(known.version).toBe('30');
});

test.each([
  ['10', '9', true],
  ['9', '10', false],
  ['10', '10', false],
  ['18446744073709551616', '18446744073709551615', true],
  // A server whose versions are no numbers can only be asked whether they differ.
  ['abc', 'abd', true],
  ['abc', 'abc', false],
  ['10', 'x9', true],
  ['1x', '9', true],
  ['x1', '9', true],
  ['9', '10x', true],
  ['9', '', true],
])('version %j after %j is newer: %p', (version, than, expected) => {
  expect(isNewer(version, than)).toBe(expected);
});
