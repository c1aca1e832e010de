import { Expression } from './expression';
import { Node } from './nodes';
import { PLAIN_STRING } from './shape';
import { asMeant, text } from './text';

const name = new Expression<string>(new Node({ op: 'builtin', name: 'Release.Name' }, PLAIN_STRING));

test.each([
  ['undefined', undefined],
  ['null', null],
  ['a list', ['x']],
  ['an object', { a: 1 }],
])('%s in a text is refused, also where types were passed over', (found, given) => {
  expect(() => text`a:${given as never}`).toThrow(
    expect.objectContaining({ code: 'WRONG_USE', found, where: 'text, value 1, after "a:"' }),
  );
  expect(() => text`${name}:${given as never}`).toThrow(
    expect.objectContaining({ code: 'WRONG_USE', found }),
  );
});

test('strings, numbers, booleans and expressions have a text', () => {
  expect(text`a:${'x'}-${1}-${true}-${-0}`).toBe('a:x-1-true-0');
  expect(text`a:${name}`).toBeInstanceOf(Expression);
});

test('a text as it was meant is an expression where a value was put into it, and what is no text stays', () => {
  expect(asMeant(undefined)).toBeUndefined();
  expect(asMeant('plain')).toBe('plain');
  expect(asMeant(name)).toBe(name);
  expect(asMeant(`a-${name}`)).toBeInstanceOf(Expression);
});
