import { conditionOf, madeBy, nameOf, oneOf, placeOf, selects, warningsOf } from './state';
import { live, stateOf } from './testing-only/state';

test('an object is named as people write it, with its namespace where it has one', () => {
  expect([nameOf(live('Pod', 'a')), nameOf({ apiVersion: 'v1', kind: 'Pod' })]).toEqual(['Pod/a', 'Pod/']);
  expect([placeOf(live('Pod', 'a')), placeOf(live('Node', 'a', {}, null))]).toEqual([
    'Pod/a in namespace shop',
    'Node/a',
  ]);
  expect(placeOf({ apiVersion: 'v1', kind: 'Pod' })).toBe('Pod/');
});

test('what would have been right is one of what is there', () => {
  expect([oneOf(['a', 'b'], 'none'), oneOf([], 'none')]).toEqual(['one of a, b', 'none']);
});

test('what a controller made is what names its uid', () => {
  const owner = live('ReplicaSet', 'rs');
  const owned = (uid: string) => live('Pod', uid, { metadata: { ownerReferences: [{ uid: 'x' }, { uid }] } });
  const mine = owned(owner.metadata.uid);
  expect(madeBy(owner, [owned('y'), mine, live('Pod', 'orphan')])).toEqual([mine]);
});

test('warnings about an object are those of its kind, name and place, the newest last', () => {
  const pod = live('Pod', 'a');
  const event = (
    message: string,
    more: object,
    involvedObject: object = { kind: 'Pod', name: 'a' },
    place = 'shop',
  ) => live('Event', message, { type: 'Warning', message, involvedObject, ...more }, place);
  const events = [
    event('third', { lastTimestamp: '2026-01-03T00:00:00Z' }),
    event('second', { lastTimestamp: null, eventTime: '2026-01-02T00:00:00Z' }),
    event('first', {}),
    event('fourth', { lastTimestamp: '2026-01-04T00:00:00Z', eventTime: '2026-01-01T00:00:00Z' }),
    event('no warning', { type: 'Normal' }),
    event('of another', {}, { kind: 'Pod', name: 'b' }),
    event('of another kind', {}, { kind: 'Job', name: 'a' }),
    event('elsewhere', {}, { kind: 'Pod', name: 'a' }, 'other'),
  ];
  const messages = warningsOf(stateOf([], events), pod).map(({ message }) => message);
  expect(messages).toEqual(['first', 'second', 'third', 'fourth']);
});

test('a condition is found by its type', () => {
  const conditions = [
    { type: 'A', status: 'False' },
    { type: 'B', status: 'True' },
  ];
  expect(conditionOf(live('Pod', 'a', { status: { conditions } }), 'B')).toBe(conditions[1]);
  expect(conditionOf(live('Pod', 'a', { status: {} }), 'B')).toBeUndefined();
});

test('a selector asks for all of its labels, and one that asks for nothing selects nothing', () => {
  expect(selects({ a: '1', b: '2' }, { a: '1', b: '2', c: '3' })).toBe(true);
  expect(selects({ a: '1', b: '2' }, { a: '1' })).toBe(false);
  expect(selects({ a: '1' }, undefined)).toBe(false);
  expect(selects({}, { a: '1' })).toBe(false);
  expect(selects(undefined, { a: '1' })).toBe(false);
});
