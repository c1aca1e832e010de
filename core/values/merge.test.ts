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

test('neither input changes, and __proto__ is a key like any other', () => {
  const defaults = JSON.parse('{"__proto__": {"a": 1}, "m": {"k": 1}}');
  const merged = mergeValues(defaults, JSON.parse('{"__proto__": {"b": 2}, "m": {"k": null}}'));
  expect(JSON.stringify(merged)).toBe('{"__proto__":{"a":1,"b":2},"m":{}}');
  expect(JSON.stringify(defaults)).toBe('{"__proto__":{"a":1},"m":{"k":1}}');
  expect(({} as { a?: number }).a).toBeUndefined();
});
