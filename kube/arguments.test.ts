import { isCount, isDuration } from './amounts';
import { checkObject, checkTexts, invalid } from './arguments';
import { expectFourFacts } from './testing-only/failure';

test('only an object is one: neither null nor a list nor a scalar', () => {
  expect(() => checkObject('here', 'options', {})).not.toThrow();
  for (const given of [null, undefined, [], 'x', 5, true, () => {}]) {
    expect(() => checkObject('here', 'options', given)).toThrow(
      expect.objectContaining({
        code: 'ARGUMENT_INVALID',
        where: 'here options',
        expected: 'an object',
        effect: 'none',
      }),
    );
  }
});

test('a text may be left out, and nothing else takes its place', () => {
  expect(() => checkTexts('here', { name: 'a', empty: '', other: undefined })).not.toThrow();
  for (const given of [null, 5, {}, ['a']]) {
    expect(() => checkTexts('here', { first: 'a', name: given })).toThrow(
      expect.objectContaining({ where: 'here name', expected: 'a text' }),
    );
  }
});

test.each([
  [5, 'a number, 5'],
  [Number.NaN, 'a number, NaN'],
  ['a', 'a text, "a"'],
  [null, 'null'],
  [[1], 'a list, [1]'],
  [undefined, 'nothing'],
  [5n, 'a bigint, 5'],
  [() => {}, 'a function'],
])('an invalid argument is told as it was found: %p', (given, found) => {
  const error = expectFourFacts(invalid('here', 'x', given, 'another'));
  expect(error.found).toBe(found);
  expect(error.remedy).toContain('`x`');
});

test('a duration is above 0 and one that a timer can wait for; a count is whole', () => {
  expect([0.5, 1, 2 ** 31 - 1].map(isDuration)).toEqual([true, true, true]);
  expect([0, -1, 2 ** 31, Number.NaN, Number.POSITIVE_INFINITY, '5', undefined].map(isDuration)).toEqual(
    Array(7).fill(false),
  );
  expect([1, 7, Number.MAX_SAFE_INTEGER].map((count) => isCount(count, 1))).toEqual([true, true, true]);
  expect([0, 1.5, 2 ** 53, '5', Number.NaN].map((count) => isCount(count, 1))).toEqual(Array(5).fill(false));
  expect(isCount(0, 0)).toBe(true);
});
