import { list, map, ref, text } from './handmade';
import { shapeOf } from './shape';
import type { Schema } from './swagger';

test.each<[Schema, string]>([
  [text, 'string'],
  [{ type: 'string', format: 'byte' }, 'bytes'],
  [{ type: 'boolean' }, 'boolean'],
  [{ type: 'integer', format: 'int32' }, 'int32'],
  [{ type: 'integer', format: 'int64' }, 'int64'],
  [{ type: 'number', format: 'double' }, 'double'],
])('%j is the scalar %s', (schema, scalar) => {
  expect(shapeOf(schema, 'here')).toEqual({ is: 'scalar', scalar });
});

test('lists, maps and references nest', () => {
  expect(shapeOf(map(list(ref('a.v1.Part'))), 'here')).toEqual({
    is: 'map',
    of: { is: 'list', of: { is: 'definition', id: 'a.v1.Part' } },
  });
});

test('a keyword that says nothing about values is passed over', () => {
  const withMergeKey = { ...list(text), 'x-kubernetes-patch-merge-key': 'name' };
  expect(shapeOf(withMergeKey, 'here')).toEqual(shapeOf(list(text), 'here'));
});

test.each<[string, Schema]>([
  ['an enum', { type: 'string', enum: ['Always', 'Never'] } as Schema],
  ['a lower bound', { type: 'integer', format: 'int32', minimum: 1 } as Schema],
  ['a keyword below a list', list({ type: 'string', maxLength: 3 } as Schema)],
])('refuses a constraint that it would lose: %s', (_, schema) => {
  expect(() => shapeOf(schema, 'Pod spec')).toThrow(
    expect.objectContaining({ code: 'UNKNOWN_KEYWORD', where: 'Pod spec' }),
  );
});

test('refuses a description that lists values, which the document in use does not', () => {
  const schema = { type: 'string', description: 'When.\n\nPossible enum values:\n - `"Always"` each time' };
  expect(() => shapeOf(schema, 'here')).toThrow(expect.objectContaining({ code: 'UNKNOWN_KEYWORD' }));
  expect(shapeOf({ ...schema, description: 'When.' }, 'here')).toEqual({ is: 'scalar', scalar: 'string' });
});

test.each<[string, Schema]>([
  ['an unknown format', { type: 'string', format: 'uuid' }],
  ['no type', {}],
  ['an object that says nothing about its content', { type: 'object' }],
  ['a list that says nothing about its items', { type: 'array' }],
])('refuses %s', (_, schema) => {
  expect(() => shapeOf(schema, 'here')).toThrow(expect.objectContaining({ code: 'UNKNOWN_SHAPE' }));
});
