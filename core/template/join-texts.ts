import { collection } from './build';
import { Expression } from './expression';
import { NODE, Node } from './nodes';
import { alphabetOf, widerAlphabet } from './shape';
import { describe, wrongUse } from './wrong-use';

/** The texts of a list as one text, with the separator between them; the empty text for an empty list. */
export function joinTexts(
  list: readonly string[] | Expression<readonly string[]>,
  separator: string,
): string | Expression<string> {
  if (Array.isArray(list)) return list.join(separator);
  const node = collection((list as Expression<readonly string[]>)[NODE], 'joinTexts');
  const { shape } = node;
  if (shape.type !== 'list' || shape.items.type !== 'string') {
    throw wrongUse('joinTexts', describe(node), 'a list of texts', 'Declare the value as a list of strings.');
  }
  const text = widerAlphabet(shape.items.text, alphabetOf(separator));
  return new Expression(new Node({ op: 'join', list: node, separator }, { type: 'string', text }));
}
