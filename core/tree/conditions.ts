import {
  condition,
  type ElementOf,
  type Expression,
  type Item,
  loopOver,
  loopVariables,
  NODE,
} from '../template';
import { underGuard } from './guards';

/**
 * Makes the constructs of the callback only where the flag is true. In a chart that is an `if` around each of their
 * objects; with a plain boolean it is JavaScript's own `if`.
 */
export function when<R>(flag: boolean | Expression<boolean>, constructs: () => R): R | undefined {
  if (typeof flag === 'boolean') return flag ? constructs() : undefined;
  return underGuard({ kind: 'when', cond: condition(flag) }, constructs);
}

/**
 * Makes the constructs of the callback once for every entry of a list or map. The callback runs once; what it makes
 * must have a name that comes from the entry. With a plain array or object it is JavaScript's own loop.
 */
export function forEach<T extends readonly unknown[] | Readonly<Record<string, unknown>>>(
  entries: T | Expression<T>,
  constructs: (item: Item<ElementOf<T>>, key: Expression<string>) => void,
): void {
  const node = (entries as Expression<T>)[NODE];
  if (!node) {
    for (const [key, item] of Object.entries(entries)) constructs(item as never, key as never);
    return;
  }
  const loop = loopOver(node.shape);
  const { item, key } = loopVariables(loop);
  underGuard({ kind: 'forEach', over: node, loop }, () => constructs(item as never, key as never));
}
