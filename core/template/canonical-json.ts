import { Expression } from './expression';
import { Node } from './nodes';

/**
 * A helper that is a map, as one text that is the same whenever the map is the same: JSON with sorted keys. It is what
 * the hash of a whole object is taken over.
 */
export function canonicalJson(helper: Node): Expression<string> {
  return new Expression(new Node({ op: 'json', arg: helper }, { type: 'string', text: 'any' }));
}
