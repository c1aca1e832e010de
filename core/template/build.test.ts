import { condition, textFunction } from './build';
import { Node, Owner, type TextFunction } from './nodes';
import type { Shape } from './shape';

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

const PLAIN: Shape = { type: 'string', text: 'plain', pattern: '^a$' };

test.each<[TextFunction, Shape, Shape]>([
  ['lower', PLAIN, { type: 'string', text: 'plain' }],
  ['upper', PLAIN, { type: 'string', text: 'plain' }],
  ['b64enc', { type: 'string', text: 'any' }, { type: 'string', text: 'plain' }],
  ['sha256sum', { type: 'string', text: 'any' }, { type: 'string', text: 'plain' }],
  ['shortHash', { type: 'string', text: 'quotable' }, { type: 'string', text: 'plain' }],
  ['labelValue', PLAIN, PLAIN],
  // It has the letters of its argument, but not its pattern.
  ['verbatim', { type: 'string', text: 'any', pattern: '^a$' }, { type: 'string', text: 'any' }],
  ['verbatim', PLAIN, { type: 'string', text: 'plain' }],
])('of what %s makes of %j, %j is known', (how, shape, known) => {
  const owner = new Owner('values', 1, '');
  const arg = new Node({ op: 'value', owner, path: ['a'], optional: false }, shape);
  expect(textFunction(arg, how).shape).toEqual(known);
});
