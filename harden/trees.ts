import {
  isNode,
  isTreeList,
  isTreeMap,
  type Json,
  type Node,
  standInsExist,
  type Tree,
  treeOf,
} from '../core/template';

/** A map that is changed in place; what is in it may be an expression. */
export type Part = { [key: string]: Tree };

/** A copy that may be changed, with the expressions as they are. */
export function copyOf(tree: Tree): Tree {
  if (isNode(tree) || typeof tree !== 'object' || tree === null) return tree;
  if (isTreeList(tree)) return tree.map(copyOf);
  return Object.fromEntries(Object.entries(tree).map(([key, entry]) => [key, copyOf(entry)]));
}

/** What is known now: without the places where an expression is, and without those where nothing is. */
export function knownOf(tree: Tree): Json | undefined {
  if (tree === undefined || tree === null || isNode(tree)) return undefined;
  if (isTreeList(tree)) return tree.map((entry) => knownOf(entry) ?? {});
  if (!isTreeMap(tree)) return tree as Json;
  const entries = Object.entries(tree).map(([key, entry]) => [key, knownOf(entry)] as const);
  return Object.fromEntries(entries.filter(([, entry]) => entry !== undefined)) as Json;
}

/** The stand-ins of expressions in what a construct of others rendered, by the expression that each is. */
export type StandIns = Map<Node, Tree>;

/** The same tree with the expressions in it, which `withStandIns` takes out again. */
export function withExpressions(tree: Tree, standIns: StandIns): Tree {
  if (!standInsExist() || isNode(tree)) return tree;
  if (isTreeList(tree)) return tree.map((entry) => withExpressions(entry, standIns));
  if (isTreeMap(tree))
    return Object.fromEntries(
      Object.entries(tree).map(([key, entry]) => [key, withExpressions(entry, standIns)]),
    );
  const meant = treeOf(tree);
  if (isNode(meant)) standIns.set(meant, tree);
  return meant;
}

export function withStandIns(tree: Tree, standIns: StandIns): Tree {
  if (isNode(tree)) return standIns.get(tree) ?? tree;
  if (isTreeList(tree)) return tree.map((entry) => withStandIns(entry, standIns));
  if (!isTreeMap(tree)) return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, entry]) => [key, withStandIns(entry, standIns)]));
}

export function isMap(tree: Tree): tree is Part {
  return isTreeMap(tree);
}

/** The maps of a list, each with its place in it; what is an expression is passed over. */
export function mapsIn(tree: Tree): { readonly part: Part; readonly index: number }[] {
  if (!isTreeList(tree)) return [];
  return tree.flatMap((part, index) => (isMap(part) ? [{ part, index }] : []));
}

/** `spec.containers[0].image`. */
export function fieldOf(steps: readonly (string | number)[]): string {
  return steps
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}
