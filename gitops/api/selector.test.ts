import { selects } from './selector';

const live = { tier: 'live', region: 'eu' };
const of = (
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist',
  values?: readonly string[],
  key = 'tier',
) => ({
  matchExpressions: [{ key, operator, ...(values ? { values } : {}) }],
});

test.each([
  [{ matchLabels: { tier: 'live' } }, { matchLabels: { tier: 'test' } }],
  [{ matchLabels: live }, { matchLabels: { ...live, region: 'us' } }],
  [of('In', ['test', 'live']), of('In', ['test'])],
  [of('NotIn', ['test']), of('NotIn', ['test', 'live'])],
  // As Kubernetes has it: what is not there is not in.
  [of('NotIn', ['a'], 'absent'), of('In', ['a'], 'absent')],
  [of('Exists'), of('Exists', undefined, 'absent')],
  [of('DoesNotExist', undefined, 'absent'), of('DoesNotExist')],
  [
    { matchLabels: { tier: 'live' }, ...of('Exists', undefined, 'region') },
    { matchLabels: { tier: 'live' }, ...of('DoesNotExist', undefined, 'region') },
  ],
])('%j selects what has these labels, and %j does not', (selecting, other) => {
  expect([selects(selecting, live), selects(other, live)]).toEqual([true, false]);
});

test('names that every object of JavaScript has are no labels', () => {
  expect(selects(of('Exists', undefined, 'constructor'), {})).toBe(false);
  expect(selects(of('Exists'), undefined)).toBe(false);
});
