import { comparison } from './build';
import { Expression } from './expression';
import { NODE } from './nodes';

/** Whether the whole of a text is like a pattern, one that Go and JavaScript read alike (see core/values/pattern.ts). */
export function fitsPattern(text: Expression<string>, pattern: string): Expression<boolean> {
  return new Expression(comparison(text[NODE], 'matches', pattern));
}
