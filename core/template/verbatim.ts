import { textFunction } from './build';
import { Expression } from './expression';
import { NODE } from './nodes';
import type { Templated } from './types';

/**
 * A text of a command or an environment that has to arrive in the container byte for byte. There Kubernetes makes `$` of
 * `$$`, and a variable's value of `$(NAME)`; it leaves a text alone in which every `$` is doubled.
 */
export function verbatim(text: string): string;
export function verbatim(text: Templated<string>): Templated<string>;
export function verbatim(text: Templated<string>): Templated<string> {
  return text instanceof Expression
    ? new Expression(textFunction((text as Expression<string>)[NODE], 'verbatim'))
    : doubled(text as string);
}

export function doubled(text: string): string {
  return text.replaceAll('$', () => '$$');
}
