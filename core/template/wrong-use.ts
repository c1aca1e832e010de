import { DrydockError, kindOf, programLine } from '../../errors';
import { mayBeAbsent, type Node } from './nodes';

/** A node in the words of an error. */
export function describe(node: Node): string {
  const { op } = node;
  const { type } = node.shape;
  const article = /^[aeiou]/.test(type) ? 'an ' : 'a ';
  const absent = mayBeAbsent(node) ? 'an optional ' : article;
  const name = op.op === 'value' ? ` value ${op.path.join('.')}` : '';
  return `${absent}${type}${name}`;
}

/** What was given in the place of an expression: an object is not written out, it may hold anything, also itself. */
export function inShort(given: unknown): string {
  if (typeof given === 'string') return JSON.stringify(given);
  const isScalar = given === null || !['object', 'function'].includes(typeof given);
  return isScalar ? String(given) : kindOf(given);
}

export function wrongUse(where: string, found: string, expected: string, remedy: string): DrydockError {
  return new DrydockError('WRONG_USE', { where, found, expected, remedy, line: programLine() });
}

export function awaited(): DrydockError {
  return wrongUse(
    'then',
    'a function, as `await` and promises pass one',
    'the result for when the value is true',
    'An expression cannot be awaited or returned from an async function; keep it inside an object.',
  );
}
