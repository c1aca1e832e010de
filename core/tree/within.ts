import type { HelmChart } from './helm-chart';
import type { SynthOrder } from './order';
import { type GuardedObject, guardedObject } from './render';

/** The objects of a chart and of the stock charts inside it, which belong to it, in the order of plain YAML. */
export function objectsWithin(chart: HelmChart, order: SynthOrder): GuardedObject[] {
  const inside = order.charts.filter((one) => one === chart || one.node.scopes.includes(chart));
  return inside.flatMap((one) => order.objectsOf(one).map(guardedObject));
}
