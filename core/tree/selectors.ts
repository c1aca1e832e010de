import type { ApiObject } from 'cdk8s';
import { DrydockError, isNode, isTreeList, isTreeMap, NODE, type Tree } from '../template';
import { guardsOf } from './guards';
import { HAS_INPUTS } from './inputs';
import { release } from './release';

/** The label that cdk8s-plus tells pods apart by: a hash of the construct path. */
const ADDRESS = 'cdk8s.io/metadata.addr';
export const INSTANCE = 'app.kubernetes.io/instance';

/**
 * Two releases of one chart have the same construct paths, so in one namespace the Service of each would select the
 * pods of both. Wherever cdk8s-plus puts its label into an object of a HelmChart, as a label or in a selector, the
 * release stands beside it.
 */
export function releaseSafe(object: ApiObject, tree: Tree): Tree {
  const inChart = object.node.scopes.some((scope) => HAS_INPUTS in scope);
  const inLoop = guardsOf(object).some(({ kind }) => kind === 'forEach');
  if (inLoop && withInstance(tree, '') !== tree) throw selectsAllEntries(object);
  return inChart ? withInstance(tree, release.name[NODE]) : tree;
}

/** The tree with the instance beside every address, itself where there is none. */
export function withInstance(tree: Tree, instance: Tree): Tree {
  if (isNode(tree)) return tree;
  if (isTreeList(tree))
    return sameOr(
      tree,
      tree.map((item) => withInstance(item, instance)),
    );
  if (!isTreeMap(tree)) return tree;
  const entries = Object.entries(tree).map(([key, value]): [string, Tree] => [
    key,
    withInstance(value, instance),
  ]);
  if (Object.hasOwn(tree, ADDRESS) && !Object.hasOwn(tree, INSTANCE)) entries.push([INSTANCE, instance]);
  const isSame =
    entries.length === Object.keys(tree).length && entries.every(([key, value]) => value === tree[key]);
  return isSame ? tree : Object.fromEntries(entries);
}

function sameOr(before: readonly Tree[], after: readonly Tree[]): readonly Tree[] {
  return after.every((item, index) => item === before[index]) ? before : after;
}

/** The callback of a loop runs once, so what it makes has one construct path, however many entries there are. */
function selectsAllEntries(object: ApiObject): DrydockError {
  return new DrydockError('SELECTOR_IN_LOOP', {
    where: object.node.path,
    found: `an object under \`forEach\` that is told apart by the label ${ADDRESS}, which all entries would share`,
    expected: 'pods that can be told apart by the entry of the loop',
    remedy:
      'Use a construct of this library in the loop, or write the labels and selectors with the entry in them.',
  });
}
