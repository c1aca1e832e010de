import { programLine, whereProgramIs } from '../../errors';
import type { Node, Tree } from './nodes';
import { visitNodes } from './questions';

const places = new WeakMap<Node, Error>();

/** Keeps which line of the program a node comes from, for nodes that may turn out to be nothing that helm can say. */
export function writtenHere(node: Node): Node {
  places.set(node, whereProgramIs());
  return node;
}

/** The line of the program that a tree comes from: that of its outermost node which knows it. */
export function lineOf(tree: Tree): string | undefined {
  let found: Error | undefined;
  visitNodes(tree, (node) => {
    found ??= places.get(node);
  });
  return found && programLine(found);
}
