import { defineValues, value } from '.';
import type { Declarations } from './declarations';
import { definitionOf, withReleaseKeys } from './definition';
import type { Schema } from './schema';

// The schema that helm holds given values against, kind by kind; that helm and `parse` refuse the same is asked in test/laws.

const doc = 'd';
const schemaOf = (declarations: Declarations) => definitionOf(defineValues(declarations)).schema;
const SAFE = Number.MAX_SAFE_INTEGER;
const NAME = '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$';

test.each<[string, Declarations[string], Schema]>([
  ['integer', value.integer({ doc, min: 3 }), { type: 'integer', minimum: 3, maximum: SAFE, examples: [3] }],
  [
    'integer',
    value.integer({ doc, default: 0 }),
    { type: 'integer', minimum: -SAFE, maximum: SAFE, default: 0 },
  ],
  [
    'number',
    value.number({ doc, default: 0.5, min: 0, max: 1 }),
    { type: 'number', minimum: 0, maximum: 1, default: 0.5 },
  ],
  ['port', value.port({ doc, default: 80 }), { type: 'integer', minimum: 1, maximum: 65_535, default: 80 }],
  ['boolean', value.boolean({ doc, optional: true }), { type: 'boolean', examples: [true] }],
  [
    'string',
    value.string({ doc, default: '', minLength: 0, maxLength: 9 }),
    { type: 'string', minLength: 0, maxLength: 9, default: '' },
  ],
  ['string', value.string({ doc, pattern: '^OPS-[0-9]{5}$' }), { type: 'string', pattern: '^OPS-[0-9]{5}$' }],
  ['dnsName', value.dnsName({ doc }), { type: 'string', pattern: NAME, examples: ['example'] }],
  ['oneOf', value.oneOf(['a', 'b'], { doc }), { type: 'string', enum: ['a', 'b'] }],
  [
    'duration',
    value.duration({ doc, default: '5m' }),
    { type: 'string', minLength: 2, pattern: expect.stringMatching(/^\^.*h.*m.*s.*\$$/), default: '5m' },
  ],
  [
    'list',
    value.list(value.port({ doc }), { doc, default: [], minItems: 0, maxItems: 3 }),
    {
      type: 'array',
      items: { type: 'integer', minimum: 1, maximum: 65_535 },
      minItems: 0,
      maxItems: 3,
      default: [],
    },
  ],
  [
    'map',
    value.map(value.boolean({ doc }), { doc, optional: true }),
    {
      type: 'object',
      additionalProperties: { type: 'boolean' },
      propertyNames: { pattern: '^[A-Za-z0-9][-A-Za-z0-9_./]{0,252}$' },
      examples: [{}],
    },
  ],
  [
    'object',
    value.object(
      { a: value.boolean({ doc }), bC: value.boolean({ doc: 'Two', optional: true }) },
      { doc, optional: true },
    ),
    {
      type: 'object',
      properties: {
        a: { title: 'A', type: 'boolean', description: 'd' },
        bC: { title: 'B c', type: 'boolean', description: 'Two' },
      },
      required: ['a'],
      additionalProperties: false,
      examples: [{ a: true }],
    },
  ],
  [
    'raw',
    value.raw({ doc, default: { a: 1 } }),
    { allOf: [{ $ref: '#/definitions/anything' }], default: { a: 1 } },
  ],
])('of %s', (_kind, declaration, schema) => {
  expect(schemaOf({ myName: declaration }).properties?.myName).toEqual({
    title: 'My name',
    description: 'd',
    ...schema,
  });
});

test('what has no default has to be given, and so has a group of it; what has one may not be taken away', () => {
  const must = value.string({ doc });
  const usual = value.boolean({ doc, default: true });
  const maybe = value.boolean({ doc, optional: true });
  const schema = schemaOf({
    must,
    usual,
    maybe,
    group: { must },
    kept: { usual },
    open: { maybe },
    deep: { group: { must } },
  });
  expect(schema).toMatchObject({
    type: 'object',
    required: ['must', 'group', 'deep'],
    allOf: [{ required: ['usual', 'kept', 'open'] }],
    additionalProperties: false,
  });
  expect(schema.properties?.group).toEqual({
    title: 'Group',
    type: 'object',
    properties: { must: expect.anything() },
    required: ['must'],
    additionalProperties: false,
  });
  expect(schemaOf({ must }).allOf).toBeUndefined();
});

test('a secret is a group of texts that are never shown, and the name of one that exists', () => {
  const { login } =
    schemaOf({ login: value.secret({ doc: 'Login', keys: { password: 'Password' } }) }).properties ?? {};
  expect(login).toEqual({
    title: 'Login',
    type: 'object',
    properties: {
      existingSecret: {
        title: 'Existing secret',
        type: 'string',
        pattern: `^(${NAME.slice(1, -1)})?$`,
        description: 'Login: name of a Secret that exists already',
        default: '',
      },
      password: {
        title: 'Password',
        type: 'string',
        minLength: 1,
        writeOnly: true,
        description: 'Password (secret)',
      },
    },
    required: [],
    allOf: [{ required: ['existingSecret'] }],
    additionalProperties: false,
  });
});

test('globals are open, for a parent hands all of its own down; other groups are not', () => {
  const schema = schemaOf({
    global: { a: value.boolean({ doc, default: true }), g: { b: value.boolean({ doc, optional: true }) } },
  });
  const flag = { title: 'A', type: 'boolean', description: 'd', default: true };
  expect(schema).toEqual({
    type: 'object',
    required: [],
    allOf: [{ required: ['global'] }],
    additionalProperties: false,
    properties: {
      global: {
        type: 'object',
        properties: {
          a: flag,
          g: { title: 'G', type: 'object', properties: { b: expect.anything() }, required: [] },
        },
        required: [],
        allOf: [{ required: ['a', 'g'] }],
      },
    },
  });
});

describe('a subchart in its parent', () => {
  const inner = defineValues({
    global: { z: value.boolean({ default: true, doc }) },
    tags: { t: value.boolean({ default: true, doc }) },
    host: value.dnsName({ doc }),
    count: value.integer({ default: 1, doc }),
  });
  const without = defineValues({ count: value.integer({ default: 1, doc }) });
  const subOf = (declaration: Declarations[string]) =>
    schemaOf({ sub: declaration }).properties?.sub as Schema;

  test('needs nothing, for it may be left out, and has the defaults that the parent gives', () => {
    const sub = subOf(value.subchart(inner, { enabled: false, values: { count: 2 } }));
    expect(sub.required).toEqual([]);
    expect(sub.properties?.count).toMatchObject({ default: 2 });
    expect(sub.allOf).toEqual([{ required: ['enabled', 'count', 'nameOverride', 'fullnameOverride'] }]);
    expect(Object.keys(sub.properties ?? {})).toEqual([
      'global',
      'enabled',
      'host',
      'count',
      'nameOverride',
      'fullnameOverride',
      'tags',
    ]);
    expect(sub.properties?.enabled).toEqual({
      title: 'Enabled',
      type: 'boolean',
      description: 'Whether it is installed',
      default: false,
    });
    // What helm puts there, of which the chart itself asks the rest.
    expect(sub.properties?.global).toEqual({
      type: 'object',
      description: 'Values shared by all charts of an umbrella',
    });
    expect(sub.properties?.tags).toEqual({ type: 'object' });
    expect(sub.additionalProperties).toBe(false);
  });

  test('has no switch and no tags where there are none', () => {
    expect(Object.keys(subOf(value.subchart(without)).properties ?? {})).toEqual([
      'global',
      'count',
      'nameOverride',
      'fullnameOverride',
    ]);
    expect(Object.keys(subOf(value.subchart(undefined)).properties ?? {})).toEqual([
      'global',
      'nameOverride',
      'fullnameOverride',
    ]);
  });

  test('is one at any depth', () => {
    const middle = defineValues({ leaf: value.subchart(inner) });
    const sub = subOf(value.subchart(middle));
    expect(Object.keys(sub.properties?.leaf?.properties ?? {})).toEqual([
      'global',
      'host',
      'count',
      'nameOverride',
      'fullnameOverride',
      'tags',
    ]);
  });
});

test('a chart takes what its parent puts among its values', () => {
  const schema = schemaOf({ size: value.port({ doc, default: 1 }) });
  expect(withReleaseKeys(schema).properties).toEqual({
    enabled: { type: 'boolean', description: 'Read by the chart that this one is a part of' },
    global: { type: 'object', description: 'Values shared by all charts of an umbrella' },
    ...schema.properties,
  });
});

test('a copy of values has no declarations, and a chart declares no name twice', () => {
  expect(() => definitionOf({})).toThrow(
    expect.objectContaining({
      code: 'NOT_A_VALUE',
      where: 'the values of a chart',
      remedy: expect.stringMatching(/a copy such as/),
    }),
  );
  const own = defineValues({ nameOverride: value.string({ default: '', doc }) });
  expect(() => value.subchart(own)).toThrow(
    expect.objectContaining({
      code: 'VALUE_NAME',
      found: 'the name "nameOverride (in value.subchart)"',
      remedy: expect.stringMatching(/declares it already/),
    }),
  );
});
