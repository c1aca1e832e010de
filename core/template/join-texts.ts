import { joined } from './collections';
import { Expression } from './expression';
import { NODE } from './nodes';
import type { Templated } from './types';

/** The texts of a list as one text, with the separator between them; the empty text for an empty list. */
export function joinTexts(
  list: Templated<readonly string[]>,
  separator: string,
): string | Expression<string> {
  if (Array.isArray(list)) return list.join(separator);
  return new Expression(joined((list as Expression<readonly string[]>)[NODE], separator, 'joinTexts'));
}
