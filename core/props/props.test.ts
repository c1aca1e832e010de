import { DOOR, RIGHT, refusalOf } from '../../test/support/door';
import { type FieldsOf, prop, requireProps } from '.';

test('what is right is accepted', () => {
  const folders = ['/data', { path: '/tmp' }];
  const full = { ...RIGHT, replicas: 9, labels: { 'example.com/team': 'a', tier: '' }, mode: false, folders };
  expect(requireProps('shop/door', DOOR, full)).toEqual([]);
  expect(requireProps('shop/door', DOOR, { ...RIGHT, replicas: undefined })).toEqual([]);
});

test.each<[string, unknown, object]>([
  [
    'an unknown prop is told with the nearest name',
    { ...RIGHT, replica: 3 },
    { code: 'PROP_UNKNOWN', where: 'shop/door replica', remedy: 'Did you mean replicas?' },
  ],
  [
    'an absent required one is told as absent',
    { port: 80 },
    { code: 'PROP_MISSING', where: 'shop/door image', found: 'nothing' },
  ],
  ['null', { ...RIGHT, replicas: null }, { where: 'shop/door replicas', found: 'null' }],
  ['no props at all', undefined, { code: 'PROP_MISSING', where: 'shop/door props' }],
  ['props that are a list', [], { code: 'PROP_INVALID', where: 'shop/door props' }],
  ['a wrong kind', { ...RIGHT, port: '80' }, { code: 'PORT_RANGE', found: 'a text, "80"' }],
  ['an invalid number', { ...RIGHT, replicas: Number.NaN }, { found: 'a number, NaN' }],
  ['a number out of range', { ...RIGHT, replicas: 10 }, { expected: 'a whole number from 1 to 9' }],
  ['a label that is too long', { ...RIGHT, labels: { a: 'x'.repeat(64) } }, { where: 'shop/door labels.a' }],
  ['a number for a label', { ...RIGHT, labels: { a: 5 } }, { remedy: 'Write it in quotes.' }],
  ['a label without text', { ...RIGHT, labels: { a: undefined } }, { code: 'PROP_MISSING' }],
  ['a key from JSON that is the prototype', { ...RIGHT, labels: JSON.parse('{"__proto__": "a"}') }, {}],
  ['an invalid choice', { ...RIGHT, mode: 'ajar' }, { expected: 'one of open, closed, half-open' }],
  ['true where only false is meant', { ...RIGHT, mode: true }, { expected: 'false' }],
  ['a kind that is none of them', { ...RIGHT, mode: 3 }, { expected: 'a mode or false' }],
  ['an entry of a list', { ...RIGHT, folders: ['/a', 'b'] }, { where: 'shop/door folders[1]' }],
  ['a prop of an entry', { ...RIGHT, folders: [{ path: '../a' }] }, { where: 'shop/door folders[0].path' }],
  ['a hole in a list', { ...RIGHT, folders: [undefined] }, { code: 'PROP_MISSING' }],
  ['a function', { ...RIGHT, port: () => 80 }, { found: 'a function' }],
])('%s', (_, props, expected) => {
  expect(refusalOf(props)).toMatchObject(expected);
});

test('a text that may be a secret is not in the error', () => {
  expect(refusalOf({ ...RIGHT, secret: 'hunter2' }).message).not.toContain('hunter2');
});

test('an object that holds itself is told by its kind', () => {
  const round: { self?: unknown } = {};
  round.self = round;
  expect(refusalOf({ ...RIGHT, image: round }).found).toBe('an object');
});

test('a shape is complete by its type', () => {
  type Two = { readonly a: string; readonly b?: number };
  const fields: FieldsOf<Two> = { a: prop.text().required(), b: prop.integer() };
  // @ts-expect-error a prop without a shape
  const lacking: FieldsOf<Two> = { a: prop.text().required() };
  // @ts-expect-error a required prop whose shape does not ask for it
  const lax: FieldsOf<Two> = { a: prop.text(), b: prop.integer() };
  // @ts-expect-error a shape without a prop
  const extra: FieldsOf<Two> = { a: prop.text().required(), b: prop.integer(), c: prop.text() };
  expect([fields, lacking, lax, extra].every((one) => typeof one === 'object')).toBe(true);
});
