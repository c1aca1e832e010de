import type { ApiObject } from 'cdk8s';
import type { JsonObject, Tree } from '../core/template';
import { inStockOrder, KubeObject } from '../core/tree';
import { type StandIns, withExpressions, withStandIns } from './trees';

/** Lets an object render what is made of what it rendered before, whatever is changed of it in between. */
export function renderThrough(object: ApiObject, change: (tree: Tree) => Tree): void {
  if (object instanceof KubeObject) {
    const render = object.template.bind(object);
    object.template = () => change(render());
    return;
  }
  const render = object.toJson.bind(object);
  object.toJson = () => {
    const standIns: StandIns = new Map();
    const changed = change(withExpressions(render() as Tree, standIns));
    return inStockOrder(withStandIns(changed, standIns) as JsonObject);
  };
}
