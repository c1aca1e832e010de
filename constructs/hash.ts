import { createHash } from 'node:crypto';
import { concatenation, Expression, isNode, type Node, type Templated, treeOf } from '../core/template';

/** Texts as one text, each on a line of its own. */
export function joined(texts: readonly Templated<string>[]): Expression<string> | string {
  const trees = texts.flatMap((one, index) => [...(index > 0 ? ['\n'] : []), treeOf(one) as string | Node]);
  return trees.some(isNode) ? new Expression<string>(concatenation(trees)) : trees.join('');
}

/** SHA-256 over texts, some of which may be known only at installation. */
export function sha256Of(texts: readonly Templated<string>[]): Templated<string> {
  const text = joined(texts);
  return typeof text === 'string' ? createHash('sha256').update(text, 'utf8').digest('hex') : text.sha256();
}

/** Ten digits of it, for names. */
export function shortHashOf(texts: readonly Templated<string>[]): Templated<string> {
  const text = joined(texts);
  return typeof text === 'string'
    ? createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 10)
    : text.shortHash();
}
