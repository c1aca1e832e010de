import type { DrydockError } from '../../errors';
import { presentScalar } from './build';
import { Expression } from './expression';
import { isNode } from './nodes';
import { concatenation, treeOf } from './tree-of';
import type { Templated, TextPart } from './types';
import { wrongUse } from './wrong-use';

/**
 * A text made of literals and expressions: text`${values.image.repository}:${values.image.tag}`. What may not be there
 * has no text: `undefined`, `null` and optional values are refused.
 *
 * @example
 * const values = defineValues({ tag: value.string({ default: '1.4.2', doc: 'Tag of the image' }) });
 * const image = text`registry.example.com/shop:${values.tag}`;
 */
export function text(literals: TemplateStringsArray, ...values: readonly TextPart[]): Expression<string> {
  const parts = literals.flatMap((literal, index) => {
    if (index >= values.length) return [literal];
    const given: unknown = values[index];
    const part = treeOf(given, `text, value ${index + 1}`);
    if (isNode(part)) return [literal, presentScalar(part)];
    if (typeof part === 'object' || part === undefined) throw noText(given, index, literals);
    return [literal, String(part)];
  });
  // Made of literals only it is one: in a program that runs with literals for its values.
  if (!parts.some(isNode)) return parts.join('') as unknown as Expression<string>;
  return new Expression(concatenation(parts.filter((part) => part !== '')));
}

/** A text as it was meant: one that was written as a template literal with values in it is an expression. */
export function asMeant<Given extends Templated<string | undefined>>(given: Given): Given {
  return typeof given === 'string' ? (text`${given}` as Templated<string | undefined> as Given) : given;
}

function noText(given: unknown, index: number, literals: TemplateStringsArray): DrydockError {
  const kind = Array.isArray(given)
    ? 'a list'
    : typeof given === 'object' && given !== null
      ? 'an object'
      : given;
  return wrongUse(
    `text, value ${index + 1}, after ${JSON.stringify(literals[index])}`,
    String(kind),
    'a string, number, boolean or expression that is always there',
    'Use `.orElse(...)` on an optional value and `?? ...` on what JavaScript may not have.',
  );
}
