import type { JsonObject } from '../template';
import { mergeGiven, mergeValues } from './merge';

test('maps merge key by key, lists and scalars as a whole', () => {
  const defaults = { a: { x: 1, y: [1, 2] }, b: 'b' };
  expect(mergeValues(defaults, { a: { y: [3] } })).toEqual({ a: { x: 1, y: [3] }, b: 'b' });
  expect(mergeValues(defaults, { a: 'text' })).toEqual({ a: 'text', b: 'b' });
});

test('a null takes a default away, and stays where there is none', () => {
  expect(mergeValues({ labels: { x: '1', y: '2' } }, { labels: { x: null, z: null } })).toEqual({
    labels: { y: '2', z: null },
  });
});

test('between two given files a null stays, to take the default away later', () => {
  const given = mergeGiven({ labels: { x: '1' } }, { labels: { x: null } });
  expect(given).toEqual({ labels: { x: null } });
  expect(mergeValues({ labels: { x: 'default' } }, given)).toEqual({ labels: {} });
});

test.each<[string, JsonObject, JsonObject, JsonObject]>([
  ['a list over a map', { a: { x: 1 } }, { a: [2] }, { a: [2] }],
  ['a map over a list', { a: [1, 2] }, { a: { x: 1 } }, { a: { x: 1 } }],
  ['a text over a map', { a: { x: 1 } }, { a: 'text' }, { a: 'text' }],
  ['a map over a text', { a: 'text' }, { a: { x: 1 } }, { a: { x: 1 } }],
  ['a map over a null', { a: null }, { a: { x: 1 } }, { a: { x: 1 } }],
  ['false over true', { a: true }, { a: false }, { a: false }],
  ['zero over a number', { a: 1 }, { a: 0 }, { a: 0 }],
  ['an empty list over a list', { a: [1] }, { a: [] }, { a: [] }],
  ['an empty map over a map', { a: { x: 1 } }, { a: {} }, { a: { x: 1 } }],
  ['a key that no default has', {}, { a: { x: null } }, { a: { x: null } }],
])('%s means the same over defaults and between two files', (_what, under, over, merged) => {
  expect(mergeValues(under, over)).toEqual(merged);
  expect(mergeGiven(under, over)).toEqual(merged);
});

test('a null takes a whole map or list away, also where it is deep, and a default that is null itself', () => {
  const defaults = { a: { b: { c: { d: 1 } }, e: [1] }, n: null };
  expect(mergeValues(defaults, { a: { b: { c: null }, e: null }, n: null })).toEqual({ a: { b: {} } });
  expect(mergeGiven(defaults, { a: { b: { c: null } } })).toEqual({
    a: { b: { c: null }, e: [1] },
    n: null,
  });
});

test('keys come in the order of the defaults, new ones after them', () => {
  const merged = mergeValues({ b: 1, a: { y: 1, x: 2 } }, { c: 3, a: { z: 0, x: 3 }, b: 2 });
  expect(JSON.stringify(merged)).toBe('{"b":2,"a":{"y":1,"x":3,"z":0},"c":3}');
});

test('neither input changes, and __proto__ is a key like any other', () => {
  const defaults = JSON.parse('{"__proto__": {"a": 1}, "m": {"k": 1}}');
  const merged = mergeValues(defaults, JSON.parse('{"__proto__": {"b": 2}, "m": {"k": null}}'));
  expect(JSON.stringify(merged)).toBe('{"__proto__":{"a":1,"b":2},"m":{}}');
  expect(JSON.stringify(defaults)).toBe('{"__proto__":{"a":1},"m":{"k":1}}');
  expect(({} as { a?: number }).a).toBeUndefined();
});
