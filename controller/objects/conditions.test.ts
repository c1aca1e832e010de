import { outcomeConditions, withConditions } from './conditions';

const words = { reason: 'Greeted', message: 'The greeting is there' };
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

test('the same said again changes nothing; another status moves its time, and another word does not', () => {
  const first = withConditions([], outcomeConditions('ready', words), 1, at(1));
  expect(withConditions(first, outcomeConditions('ready', words), 1, at(2))).toEqual(first);
  const other = withConditions(first, outcomeConditions('ready', { ...words, message: 'x' }), 1, at(3));
  expect(other.map(({ lastTransitionTime }) => lastTransitionTime)).toEqual(
    Array(3).fill('2026-01-01T00:00:01Z'),
  );
  const failed = withConditions(first, outcomeConditions('failed', words), 2, at(4));
  expect(failed.map(({ type, lastTransitionTime }) => [type, lastTransitionTime.slice(17, 19)])).toEqual([
    ...[
      ['Ready', '04'],
      ['Reconciling', '04'],
    ],
    ['Stalled', '01'],
  ]);
});

test.each([
  ['ready', 'True', 'False', 'False'],
  ['working', 'False', 'True', 'False'],
  ['failed', 'False', 'True', 'False'],
  ['stalled', 'False', 'False', 'True'],
] as const)('%s is Ready %s, Reconciling %s, Stalled %s', (outcome, ready, reconciling, stalled) => {
  const conditions = withConditions([], outcomeConditions(outcome, words), 7, at(0));
  expect(
    conditions.map(({ type, status, observedGeneration }) => [type, status, observedGeneration]),
  ).toEqual([
    ...[
      ['Ready', ready, 7],
      ['Reconciling', reconciling, 7],
    ],
    ['Stalled', stalled, 7],
  ]);
});

test('conditions of others stay, and a kind without a generation has none observed', () => {
  const theirs = {
    type: 'Theirs',
    status: 'True',
    reason: 'X',
    message: '',
    lastTransitionTime: 'then',
  } as const;
  const all = withConditions([theirs], [{ type: 'Ready', status: 'True', ...words }], undefined, at(0));
  expect(all[0]).toEqual(theirs);
  expect(all[1]).not.toHaveProperty('observedGeneration');
});

test.each([
  ['Ready', 'no such image'],
  ['Ready', ''],
  ['Ready', '1st'],
  ['not ready', 'Word'],
])('%s because of "%s" is refused before the API server refuses the whole status', (type, reason) => {
  expect(() => withConditions([], [{ type, status: 'True', reason, message: '' }], 1)).toThrow(
    expect.objectContaining({ code: 'CONDITION_INVALID' }),
  );
});
