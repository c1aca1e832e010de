import { withoutFields } from './field-sets';

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
