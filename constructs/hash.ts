import { createHash } from 'node:crypto';
import {
  concatenation,
  Expression,
  isNode,
  mayBeAbsent,
  type Node,
  type Templated,
  text,
  treeOf,
} from '../core/template';

/** Texts as one text, each on a line of its own; one that is not there has no line. */
export function joined(texts: readonly Templated<string>[]): Expression<string> | string {
  const trees = texts.flatMap((one, index) => lineOf(treeOf(one) as string | Node, index === 0));
  return trees.some(isNode) ? new Expression<string>(concatenation(trees)) : trees.join('');
}

function lineOf(one: string | Node, isFirst: boolean): (string | Node)[] {
  if (!isNode(one) || !mayBeAbsent(one)) return isFirst ? [one] : ['\n', one];
  const given = new Expression<string | undefined>(one);
  return [treeOf(given.isSet.then(text`\n${given.orElse('') as Expression<string>}`, '')) as Node];
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
