import { isNode, isTreeList, isTreeMap, type Loop, type Node, type Tree } from './nodes';

/** Where a node is in a tree: keys and list positions. */
export type TreePath = readonly (string | number)[];

/** Visits every node of a tree, outer before inner. */
export function visitNodes(
  tree: Tree,
  visit: (node: Node, path: TreePath) => void,
  path: TreePath = [],
): void {
  if (isNode(tree)) {
    visit(tree, path);
    for (const part of childrenOf(tree)) visitNodes(part, visit, path);
  } else if (isTreeList(tree)) {
    tree.forEach((item, index) => {
      visitNodes(item, visit, [...path, index]);
    });
  } else if (isTreeMap(tree)) {
    for (const [key, value] of Object.entries(tree)) visitNodes(value, visit, [...path, key]);
  }
}

/** The trees that a node is made of. */
export function childrenOf(node: Node): readonly Tree[] {
  const { op } = node;
  switch (op.op) {
    case 'value':
    case 'item':
    case 'key':
    case 'builtin':
      return [];
    case 'concat':
      return op.parts;
    case 'if':
      return [op.cond, op.yes, op.no];
    case 'and':
    case 'or':
      return op.args;
    case 'not':
    case 'isSet':
    case 'isEmpty':
    case 'text':
    case 'length':
    case 'milliCpu':
    case 'bytes':
    case 'json':
      return [op.arg];
    case 'compare':
      return [op.left, op.right];
    case 'orElse':
      return [op.arg, op.fallback];
    case 'range':
      return [op.over, op.body];
    case 'filter':
    case 'some':
      return [op.over, op.cond];
    case 'keys':
      return [op.map];
    case 'merge':
      return [op.own, ...op.spreads];
    case 'splice':
    case 'join':
    case 'first':
      return [op.list];
    case 'fragment':
    case 'compact':
      return [op.body];
  }
}

/** The loop that a node runs for each entry of a list or map. */
export function loopOf({ op }: Node): Loop | undefined {
  return op.op === 'range' || op.op === 'filter' || op.op === 'some' ? op.loop : undefined;
}

/** The loops around a tree whose entry or key it reads. */
export function outerLoopsOf(tree: Tree): ReadonlySet<Loop> {
  const read = new Set<Loop>();
  const own = new Set<Loop | undefined>();
  visitNodes(tree, (node) => {
    own.add(loopOf(node));
    const { op } = node;
    if (op.op === 'item' || op.op === 'key') read.add(op.loop);
  });
  return new Set([...read].filter((loop) => !own.has(loop)));
}

/** Whether an expression is anywhere in the tree. */
export function holdsNode(tree: Tree): boolean {
  return someNode(tree, () => true);
}

/** Whether the tree is another one for each entry of a loop around it. */
export function usesLoopVariable(tree: Tree): boolean {
  return someNode(tree, ({ op }) => op.op === 'item' || op.op === 'key');
}

function someNode(tree: Tree, is: (node: Node) => boolean): boolean {
  if (isNode(tree)) return is(tree) || childrenOf(tree).some((child) => someNode(child, is));
  if (isTreeList(tree)) return tree.some((item) => someNode(item, is));
  return isTreeMap(tree) && Object.values(tree).some((entry) => someNode(entry, is));
}

/** The name in the metadata of an object. */
export function metadataNameOf(object: Tree): Tree {
  return fieldsOf(fieldsOf(object).metadata).name;
}

/** What is written in a map itself, also beside a map that is spread into it. */
export function fieldsOf(tree: Tree): { readonly [key: string]: Tree } {
  if (isNode(tree)) return tree.op.op === 'merge' ? tree.op.own : {};
  return isTreeMap(tree) ? tree : {};
}

/** The values that a tree reads, by owner and path, each with the places it reaches. */
export function valuesReadBy(tree: Tree): { readonly node: Node; readonly path: TreePath }[] {
  const read: { node: Node; path: TreePath }[] = [];
  visitNodes(tree, (node, path) => {
    if (node.op.op === 'value') read.push({ node, path });
  });
  return read;
}
