import type { SeenChange } from './drift';
import { type Quiet, Settled } from './settled';

const seen = (uid: string, resourceVersion = '1'): SeenChange => ({ uid, resourceVersion, isGone: false });
const quiet = (...own: readonly string[]) =>
  ({ verdict: { own: ({ uid }: SeenChange) => own.includes(uid) } }) as unknown as Quiet;

test('what a look has written itself does not keep it from being settled, told before its end or after', () => {
  const settled = new Settled();
  const before = settled.changes('one');
  settled.changed('one', seen('a'));
  settled.settle('one', before, quiet('a'));
  expect(settled.get('one')).toBeDefined();
  settled.changed('one', seen('a', '2'));
  expect(settled.get('one')).toBeDefined();
  settled.changed('one', seen('b'));
  expect(settled.get('one')).toBeUndefined();
});

test('what somebody else changes while it is looked at does, also where it is one of many', () => {
  const settled = new Settled();
  const before = settled.changes('one');
  for (const uid of ['a', 'other', 'a']) settled.changed('one', seen(uid));
  settled.settle('one', before, quiet('a'));
  expect(settled.get('one')).toBeUndefined();
  settled.settle('one', settled.changes('one'), quiet());
  expect(settled.get('one')).toBeDefined();
});

test('of more objects than are remembered it is known that they have changed', () => {
  const settled = new Settled();
  const before = settled.changes('one');
  settled.changed('one', seen('other'));
  for (let count = 0; count < 1_500; count += 1) settled.changed('one', seen(`a-${count}`));
  const all = { verdict: { own: ({ uid }: SeenChange) => uid !== 'other' } } as unknown as Quiet;
  settled.settle('one', before, all);
  expect(settled.get('one')).toBeUndefined();
});
