import { Expression } from './expression';
import { Node, type Tree } from './nodes';
import { writtenHere } from './written-at';

/**
 * A map as one text that is the same whenever the map is the same: JSON with sorted keys. It is what the hash of a whole
 * object is taken over.
 *
 * @param map a helper that is a map, a value that is one, or a map of texts which are always there
 */
export function canonicalJson(map: Tree): Expression<string> {
  return new Expression(writtenHere(new Node({ op: 'json', arg: map }, { type: 'string', text: 'any' })));
}
