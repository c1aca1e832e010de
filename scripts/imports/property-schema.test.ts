import { intOrString, quantity } from './handmade';
import type { Definition, Model } from './model';
import { propertySchema } from './property-schema';
import type { Scalar, Shape } from './shape';

const scalar = (name: Scalar): Shape => ({ is: 'scalar', scalar: name });
const definition = (id: string, name: string, content: Definition['content']): [string, Definition] => [
  id,
  { id, name, description: '', content },
];
const model: Model = new Map([
  definition('a.core.v1.Part', 'Part', { fields: [] }),
  definition(quantity, 'Quantity', { alias: scalar('quantity') }),
  definition(intOrString, 'IntOrString', { alias: scalar('intOrString') }),
]);
const schemaOf = (shape: Shape, orNull = false) => propertySchema(shape, model, { orNull });

test('what may be left out may be null, what may not may not', () => {
  expect(schemaOf(scalar('string'))).toEqual({ type: 'string' });
  expect(schemaOf(scalar('string'), true)).toEqual({ type: ['string', 'null'] });
  expect(schemaOf(scalar('intOrString'), true)).toMatchObject({ type: ['integer', 'string', 'null'] });
});

test('items of a list and values of a map are never null', () => {
  expect(schemaOf({ is: 'list', of: scalar('string') }, true)).toEqual({
    type: ['array', 'null'],
    items: { type: 'string' },
  });
  expect(schemaOf({ is: 'map', of: scalar('string') }, true)).toEqual({
    type: ['object', 'null'],
    additionalProperties: { type: 'string' },
  });
});

test('a part is a local reference, whose null is taken away where it is required', () => {
  const part: Shape = { is: 'definition', id: 'a.core.v1.Part' };
  expect(schemaOf(part, true)).toEqual({ $ref: '#/$defs/Part' });
  expect(schemaOf(part)).toEqual({ $ref: '#/$defs/Part', type: 'object' });
});

test('a definition that is a scalar is written where it is used', () => {
  expect(schemaOf({ is: 'definition', id: intOrString })).toEqual(schemaOf(scalar('intOrString')));
  expect(schemaOf({ is: 'definition', id: quantity }, true)).toEqual(schemaOf(scalar('quantity'), true));
});

test('anything is anything', () => {
  expect(schemaOf(scalar('anything'))).toBe(true);
});

test('either is any of its shapes', () => {
  const either: Shape = { is: 'either', of: [{ is: 'definition', id: 'a.core.v1.Part' }, scalar('boolean')] };
  expect(schemaOf(either)).toEqual({
    anyOf: [{ $ref: '#/$defs/Part', type: 'object' }, { type: 'boolean' }],
  });
  expect(schemaOf(either, true)).toMatchObject({ anyOf: [{}, { type: 'boolean' }, { type: 'null' }] });
});

test('an int32 ends where the decoder ends', () => {
  expect(schemaOf(scalar('int32'))).toEqual({ type: 'integer', minimum: -2147483648, maximum: 2147483647 });
});

// What Kubernetes' own decoders (apimachinery 0.34, sigs.k8s.io/json strict) said to each of these texts.
const verdicts: readonly { scalar: Scalar; takes: readonly string[]; refuses: readonly string[] }[] = [
  {
    scalar: 'quantity',
    takes: ['1e3', '1E3', '1E', '1.e3', '+5', '-2', ' 5 ', '1Ki', '1k', '1e+3', '5.Gi', '.5Gi', '100m', '1u'],
    refuses: ['', '1e', '1e1.5', '1ki', '1K', '1 Gi', 'true', 'lots', '1Mib'],
  },
  {
    scalar: 'time',
    takes: ['2024-01-01T00:00:00Z', '2024-01-01T00:00:00.5Z', '2024-01-01T00:00:00+01:00'],
    refuses: ['', '2024-01-01t00:00:00z', '2024-01-01T00:00Z', '2024-01-01', '2024-01-01T00:00:00'],
  },
  {
    scalar: 'microTime',
    takes: ['2024-01-01T00:00:00.000000Z', '2024-01-01T00:00:00.000000+01:00'],
    refuses: ['2024-01-01T00:00:00Z', '2024-01-01T00:00:00.5Z', '2024-01-01T00:00:00.000000000Z'],
  },
  {
    scalar: 'bytes',
    takes: ['', 'aGk=', 'aGl=', 'aG\nk=', 'aGk=\n', 'aA=\n=', 'aGkh', 'aGkhaGkh'],
    refuses: ['aGk', 'aGk=\n=', ' aGk=', 'a-_=', 'plain text'],
  },
];
const cases = verdicts.flatMap(({ scalar: name, takes, refuses }) => [
  ...takes.map((text) => ({ name, text, taken: true })),
  ...refuses.map((text) => ({ name, text, taken: false })),
]);

test.each(cases)('$name $text: taken as the server does: $taken', ({ name, text, taken }) => {
  const { pattern } = schemaOf(scalar(name)) as { pattern: string };
  expect(new RegExp(pattern).test(text)).toBe(taken);
});
