import { BYTE_UNITS, bytesOf, readBytes } from './bytes';
import { evaluate, type Inputs } from './evaluate';
import { Expression } from './expression';
import { Node, Owner } from './nodes';
import type { Shape } from './shape';
import { treeOf } from './tree-of';

const owner = new Owner('values', 1, '');
const value = <T>(shape: Shape, optional = false) =>
  new Expression<T>(new Node({ op: 'value', owner, path: ['memory'], optional }, shape));
const PLAIN: Shape = { type: 'string', text: 'plain' };

const AMOUNTS: readonly (readonly [string, number])[] = [
  ...Object.entries(BYTE_UNITS).map(([unit, bytes]) => [`12${unit}`, 12 * bytes] as const),
  ['1Ki', 1024],
  ['999999999T', 999_999_999e12],
  ...['', '12', '0Mi', '1.5Gi', '1 Gi', '-1Gi', 'Gi', '1gi', '1Gii', '1000000000k'].map(
    (none) => [none, -1] as const,
  ),
];

test.each(AMOUNTS)('%j is %p bytes, written in the program and given at installation', (amount, bytes) => {
  expect(readBytes(amount)).toBe(bytes);
  expect(bytesOf(amount)).toBe(bytes);
  const given: Inputs = {
    values: new Map([[owner, { memory: amount }]]),
    builtins: {} as Inputs['builtins'],
  };
  expect(evaluate(treeOf(bytesOf(value<string>(PLAIN))), given)).toBe(bytes);
});

test('what is compared is a number, of a text that is always there', () => {
  expect(treeOf(bytesOf(value<string>(PLAIN)))).toMatchObject({ shape: { type: 'number' } });
  expect(bytesOf(value<string>(PLAIN)).ge(bytesOf('1Mi'))).toBeInstanceOf(Expression);
  for (const wrong of [value<string>({ type: 'boolean' }), value<string>(PLAIN, true)])
    expect(() => bytesOf(wrong)).toThrow(
      expect.objectContaining({ code: 'WRONG_USE', where: 'bytesOf', remedy: 'Use `.orElse(...)` first.' }),
    );
});
