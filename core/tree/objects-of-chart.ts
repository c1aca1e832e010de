import type { Chart } from 'cdk8s';
import type { ChartView } from './chart-view';
import type { GuardedObject } from './guarded-object';
import { HAS_INPUTS, helmChartOf } from './inputs';
import type { SynthOrder } from './order';
import { guardedObject } from './render';

/** The objects of a chart as templates. */
export type GuardedObjectsOf = (chart: Chart) => readonly GuardedObject[];

/**
 * Each object is asked for its JSON once, however many outputs it goes to: cdk8s-plus does not give the same twice. Only
 * what is in a HelmChart goes to two, so nothing else is kept.
 */
export function guardedOnce(order: SynthOrder): GuardedObjectsOf {
  const known = new Map<Chart, readonly GuardedObject[]>();
  return (chart) => {
    const objects = known.get(chart) ?? order.objectsOf(chart).map(guardedObject);
    if (chart.node.scopes.some((scope) => HAS_INPUTS in scope)) known.set(chart, objects);
    return objects;
  };
}

/**
 * The objects of a chart and of the stock charts inside it, which belong to it, in the order of plain YAML. What is in a
 * HelmChart inside it belongs to that one.
 */
export function objectsWithin(
  chart: ChartView,
  order: SynthOrder,
  objectsOf: GuardedObjectsOf = guardedOnce(order),
): GuardedObject[] {
  return order
    .chartsWithin(chart)
    .filter((one) => helmChartOf(one) === chart)
    .flatMap((one) => [...objectsOf(one)]);
}
