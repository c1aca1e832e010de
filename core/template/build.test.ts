import { condition } from './build';

test.each<[string, unknown, string]>([
  ['a text', 'yes', '"yes"'],
  ['a number', 5, '5'],
  ['a number of any size', 10n, '10'],
  ['nothing', undefined, 'undefined'],
  ['null', null, 'null'],
  ['a list', [], 'a list'],
  ['a function', () => true, 'a function'],
  ['an object', { a: 1 }, 'an object'],
  ['an object that holds itself, such as a construct', circle(), 'an object'],
])('%s is refused as a condition with what it is', (_, given, found) => {
  expect(() => condition(given)).toThrow(expect.objectContaining({ code: 'WRONG_USE', found }));
});

function circle(): object {
  const one: { self?: object } = {};
  one.self = one;
  return one;
}
