import type { ApiObject } from 'cdk8s';
import type { JsonObject, Tree } from '../template';
import type { ChartView } from './chart-view';
import type { Guard } from './guards';

/** One object as a chart sees it: its tree, and the conditions and loops around it. */
export interface GuardedObject {
  readonly object: ApiObject;
  readonly tree: Tree;
  readonly guards: readonly Guard[];
  /** What a construct that is not ours rendered, if no expression is in it: plain YAML prints it as it is. */
  readonly literal?: { readonly json: JsonObject };
}

export type ObjectsOf = (chart: ChartView) => readonly GuardedObject[];
