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
 * release is beside it.
 */
export function releaseSafe(object: ApiObject, tree: Tree): Tree {
  const inChart = object.node.scopes.some((scope) => HAS_INPUTS in scope);
  const inLoop = guardsOf(object).some(({ kind }) => kind === 'forEach');
  if (inLoop && selectsByAddress(tree)) throw selectsAllEntries(object);
  return inChart ? withInstance(tree, release.name[NODE]) : tree;
}

/** Whether a selector in the object names the address; a label that nothing selects by, as of a CronJob, does no harm. */
function selectsByAddress(tree: Tree, isInSelector = false): boolean {
  if (isNode(tree)) return false;
  if (isTreeList(tree)) return tree.some((item) => selectsByAddress(item, isInSelector));
  if (!isTreeMap(tree)) return false;
  if (isInSelector && Object.hasOwn(tree, ADDRESS)) return true;
  return Object.entries(tree).some(([key, value]) =>
    selectsByAddress(value, isInSelector || /selector$/i.test(key)),
  );
}

/**
 * The tree as it is compared with that of other construct paths, such as those of a loop with its entries written out:
 * without the addresses that nothing in it selects by.
 */
export function withoutIdleAddress(tree: Tree): Tree {
  return selectsByAddress(tree) ? tree : withoutAddress(tree);
}

function withoutAddress(tree: Tree): Tree {
  if (isNode(tree)) return tree;
  if (isTreeList(tree)) return tree.map(withoutAddress);
  if (!isTreeMap(tree)) return tree;
  const kept = Object.entries(tree).filter(([key]) => key !== ADDRESS);
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutAddress(value)]));
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
    found: `an object under \`forEach\` with a selector of the label ${ADDRESS}, which all entries would share`,
    expected: 'pods that can be told apart by the entry of the loop',
    remedy:
      'Use a construct of this library in the loop, or write the labels and selectors with the entry in them.',
  });
}
