import { presentScalar } from './build';
import { Expression } from './expression';
import { isNode } from './nodes';
import { concatenation, treeOf } from './tree-of';
import type { Templated } from './types';

/** A text made of literals and expressions: text`${values.image.repository}:${values.image.tag}`. */
export function text(literals: TemplateStringsArray, ...values: readonly unknown[]): Expression<string> {
  const parts = literals.flatMap((literal, index) => {
    const value = index < values.length ? treeOf(values[index], 'text') : '';
    if (isNode(value)) return [literal, presentScalar(value)];
    return [literal, String(value)];
  });
  // Made of literals only it is one: in a program that runs with literals for its values.
  if (!parts.some(isNode)) return parts.join('') as unknown as Expression<string>;
  return new Expression(concatenation(parts.filter((part) => part !== '')));
}

/** A text as it was meant: one that was written as a template literal with values in it is an expression. */
export function asMeant<Given extends Templated<string> | undefined>(given: Given): Given {
  return typeof given === 'string' ? (text`${given}` as Templated<string> as Given) : given;
}
