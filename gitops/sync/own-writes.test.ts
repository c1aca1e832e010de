import type { Outcome, Report } from '../../deploy';
import { seenChange } from '../testing-only/seen-change';
import { ownWrites } from './own-writes';

const outcome = (more: Partial<Outcome>): Outcome => ({
  ...{ group: '', kind: 'ConfigMap', namespace: 'here', name: 'a', result: 'applied' },
  ...more,
});
const report = (...outcomes: readonly Outcome[]): Report => ({
  ...{ release: 'shop', namespace: 'here', revision: 1, changed: true, outcomes },
});
const seen = (uid: string, resourceVersion: string, isGone = false) =>
  seenChange(uid, resourceVersion, { isGone });

test('our write and all before it are ours, what comes after it is not, and neither is its deletion', () => {
  const isOwn = ownWrites(report(outcome({ uid: 'a', resourceVersion: '10' })));
  expect(['9', '10', '11'].map((version) => isOwn(seen('a', version)))).toEqual([true, true, false]);
  expect(isOwn(seen('a', '10', true))).toBe(false);
  expect(isOwn(seen('b', '9'))).toBe(false);
});

test('of what was pruned the end is ours, and of what was not written nothing', () => {
  const pruned = outcome({ result: 'pruned', uid: 'a' });
  const isOwn = ownWrites(report(pruned, outcome({ result: 'unchanged' }), outcome({ result: 'kept' })));
  expect([isOwn(seen('a', '12', true)), isOwn(seen('b', '12', true)), isOwn(seen('b', '1'))]).toEqual([
    true,
    false,
    false,
  ]);
});
