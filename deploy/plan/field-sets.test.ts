import { elementIn, pathsIn, unionOf, withoutFields } from './field-sets';

test.each<readonly [string, unknown, unknown, unknown, unknown]>([
  ['a field goes', { a: 1, b: 2 }, { 'f:a': {} }, undefined, { b: 2 }],
  ['a field that is kept stays', { a: 1, b: 2 }, { 'f:a': {} }, { 'f:a': {} }, { a: 1, b: 2 }],
  [
    'a field that is kept in part stays whole',
    { a: { x: 1, y: 2 } },
    { 'f:a': {} },
    { 'f:a': { 'f:x': {} } },
    { a: { x: 1, y: 2 } },
  ],
  [
    'what is kept as a whole keeps all in it',
    { a: { x: 1 } },
    { 'f:a': { 'f:x': {} } },
    { 'f:a': {} },
    { a: { x: 1 } },
  ],
  ['a map goes with its last field', { a: { x: 1 }, b: 2 }, { 'f:a': { 'f:x': {} } }, undefined, { b: 2 }],
  [
    'a map that is kept stays empty',
    { a: { x: 1 } },
    { 'f:a': { 'f:x': {} } },
    { 'f:a': { '.': {} } },
    { a: {} },
  ],
  ['a map that was empty stays', { a: {}, b: 1 }, { 'f:a': { '.': {} }, 'f:b': {} }, undefined, { a: {} }],
  [
    'an element goes by its key',
    { l: [{ name: 'x', v: 1 }, { name: 'y' }] },
    { 'f:l': { 'k:{"name":"x"}': {} } },
    undefined,
    { l: [{ name: 'y' }] },
  ],
  ['an element goes by its value', { l: ['x', 'y'] }, { 'f:l': { 'v:"x"': {} } }, undefined, { l: ['y'] }],
  ['an element goes by its place', { l: [1, 2] }, { 'f:l': { 'i:1': {} } }, undefined, { l: [1] }],
  ['a list goes with its last element', { l: ['x'], a: 1 }, { 'f:l': { 'v:"x"': {} } }, undefined, { a: 1 }],
  [
    'a field of an element goes',
    { l: [{ name: 'x', v: 1 }] },
    { 'f:l': { 'k:{"name":"x"}': { 'f:v': {} } } },
    undefined,
    { l: [{ name: 'x' }] },
  ],
  ['what is not there cannot go', { a: 1 }, { 'f:b': {} }, undefined, { a: 1 }],
  ['all can go', { a: 1 }, { 'f:a': {} }, undefined, undefined],
])('%s', (_title, value, gone, kept, left) => {
  expect(withoutFields(value, gone, kept)).toEqual(left);
});

test.each<readonly [string, unknown, unknown, unknown]>([
  ['a text by its value', { 'v:"x"': 1 }, { element: 'x', index: 0 }, 1],
  ['a map by its value', { 'v:{"a":1}': 1 }, { element: { a: 1 }, index: 0 }, 1],
  ['a place', { 'i:2': 1 }, { element: 'x', index: 2 }, 1],
  ['another place', { 'i:2': 1 }, { element: 'x', index: 1 }, undefined],
  ['a map by its key', { 'k:{"name":"x"}': 1 }, { element: { name: 'x', v: 2 }, index: 0 }, 1],
  [
    'a map by both of its keys',
    { 'k:{"port":1,"protocol":"TCP"}': 1 },
    { element: { port: 1, protocol: 'UDP' }, index: 0 },
    undefined,
  ],
  ['no map by a key', { 'k:{"name":"x"}': 1 }, { element: 'x', index: 0 }, undefined],
  ['nothing among fields', { 'f:a': 1 }, { element: 'a', index: 0 }, undefined],
])('an element is found: %s', (_what, node, element, found) => {
  expect(elementIn(node as never, element as never)).toBe(found);
});

test('a list that was empty stays, and one of which all goes stays where it is kept', () => {
  expect(withoutFields({ l: [], a: 1 }, { 'f:l': { '.': {} }, 'f:a': {} }, undefined)).toEqual({ l: [] });
  expect(withoutFields({ l: ['x'] }, { 'f:l': { 'v:"x"': {} } }, { 'f:l': { '.': {} } })).toEqual({ l: [] });
});

test('what is no set of fields takes nothing away, and no field is taken out of what is no map', () => {
  expect(withoutFields({ a: 1 }, undefined, undefined)).toEqual({ a: 1 });
  expect(withoutFields({ a: 1 }, 'x', undefined)).toEqual({ a: 1 });
  expect(withoutFields('x', { 'f:a': {} }, undefined)).toBe('x');
  expect(withoutFields({ a: 1 }, {}, { 'f:b': {} })).toEqual({ a: 1 });
});

test('a union has what both have, and of a field that both have, what each has in it', () => {
  expect(unionOf({ 'f:a': { 'f:x': {} } }, undefined)).toEqual({ 'f:a': { 'f:x': {} } });
  expect(unionOf({ 'f:a': { 'f:x': {} } }, { 'f:a': { 'f:y': {} }, 'f:b': {} })).toEqual({
    'f:a': { 'f:x': {}, 'f:y': {} },
    'f:b': {},
  });
});

test.each<readonly [unknown, string[]]>([
  [{ 'f:a': {} }, ['a']],
  [{ 'f:a': { '.': {} } }, ['a']],
  [{ 'f:a.b': { 'f:c': {}, 'f:d/e': {} } }, ['["a.b"].c', '["a.b"]["d/e"]']],
  [
    { 'f:l': { 'k:{"port":1,"protocol":"TCP"}': {}, 'i:3': {}, 'v:7': {} } },
    ['l[port=1,protocol=TCP]', 'l[3]', 'l[7]'],
  ],
  [undefined, []],
  ['x', []],
])('the fields of %j in words', (fields, words) => {
  expect(pathsIn(fields)).toEqual(words);
});
