import { comparison } from './build';
import { Expression } from './expression';
import { NODE } from './nodes';

/** Whether the whole of a text is like a pattern, one that Go and JavaScript read alike (see core/values/pattern.ts). */
export function fitsPattern(text: string, pattern: string): boolean;
export function fitsPattern(text: Expression<string>, pattern: string): Expression<boolean>;
export function fitsPattern(
  text: string | Expression<string>,
  pattern: string,
): boolean | Expression<boolean> {
  if (!(text instanceof Expression)) return new RegExp(pattern, 'u').test(text);
  return new Expression(comparison(text[NODE], 'matches', pattern));
}
