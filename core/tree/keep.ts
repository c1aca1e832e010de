import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { DrydockError, isNode, isTreeMap, type Tree } from '../template';

import type { GuardedObject } from './guarded-object';
import { placeOf } from './stand-ins';

const RESOURCE_POLICY = 'helm.sh/resource-policy';
const KEEP = 'keep';

/**
 * Leaves the object of a construct in the cluster when its release is uninstalled, or when an upgrade does not have it any
 * more: for a claim of storage, or whatever else holds data. A release of the same name and namespace takes it over again.
 * Each Namespace of ours is kept so without being asked for.
 *
 * @example
 * keepOnUninstall(
 *   new KubeObject(shop, 'orders', {
 *     apiVersion: 'v1',
 *     kind: 'PersistentVolumeClaim',
 *     metadata: { name: shop.nameFor('orders') },
 *     spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } } },
 *   }),
 * );
 */
export function keepOnUninstall(construct: IConstruct): void {
  ApiObject.of(construct).metadata.addAnnotation(RESOURCE_POLICY, KEEP);
}

/** Refuses a Namespace that would go with its release: everything in it would go too, also what others put there. */
export function checkKept(objects: readonly GuardedObject[]): void {
  for (const { object, tree } of objects) {
    if (object.kind !== 'Namespace') continue;
    const annotations = memberOf(memberOf(tree, 'metadata'), 'annotations');
    if (memberOf(annotations, RESOURCE_POLICY) === KEEP) continue;
    throw new DrydockError('NAMESPACE_NOT_KEPT', {
      where: placeOf(object),
      found: 'a Namespace that helm would delete when the release is uninstalled, with everything in it',
      expected: `the annotation ${RESOURCE_POLICY}: ${KEEP}`,
      remedy: 'Call `keepOnUninstall` with it; to remove the Namespace later, delete it by name.',
    });
  }
}

/** What is at a key for any values. */
function memberOf(tree: Tree, key: string): Tree {
  if (isTreeMap(tree)) return tree[key];
  if (!isNode(tree)) return undefined;
  const { op } = tree;
  if (op.op === 'compact') return memberOf(op.body, key);
  return op.op === 'merge' ? op.own[key] : undefined;
}
