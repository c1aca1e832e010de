import { App } from 'cdk8s';
import type { JsonObject } from '../template';
import { checkAssertions } from './assertions';
import type { Audience, ChartInputs, ChartView } from './chart-view';
import type { ObjectsOf } from './guarded-object';
import { guardedOnce, objectsWithin } from './objects-of-chart';
import { synthOrder } from './order';
import { isInstalled } from './release-inputs';
import { assertionsOf } from './release-names';
import { render } from './render';

/** The objects of a chart alone in plain YAML, conditions and loops applied; its subcharts give theirs themselves. */
export function plainObjectsOf(chart: ChartView): JsonObject[] {
  return isInstalled(chart) ? renderOwn(chart, chart.inputs(), 'plain', objectsOnce(chart)) : [];
}

/** The objects of a chart and of its installed subcharts; values that an assertion refuses are an error. */
export function renderRelease(chart: ChartView, inputs: ChartInputs, audience: Audience): JsonObject[] {
  return renderAll(chart, inputs, audience, objectsOnce(chart));
}

function renderAll(
  chart: ChartView,
  inputs: ChartInputs,
  audience: Audience,
  objectsOf: ObjectsOf,
): JsonObject[] {
  const own = renderOwn(chart, inputs, audience, objectsOf);
  const inner = [...inputs.subcharts].flatMap(([subchart, given]) =>
    renderAll(subchart, given, audience, objectsOf),
  );
  return [...own, ...inner];
}

function renderOwn(
  chart: ChartView,
  inputs: ChartInputs,
  audience: Audience,
  objectsOf: ObjectsOf,
): JsonObject[] {
  checkAssertions(assertionsOf(chart, objectsOf), inputs, audience, chart);
  return objectsOf(chart).flatMap((object) => render(object, inputs));
}

/** The objects of this chart and its subcharts, each asked for its JSON once. */
function objectsOnce(chart: ChartView): ObjectsOf {
  const order = synthOrder(App.of(chart));
  const once = guardedOnce(order);
  return (one) => objectsWithin(one, order, once);
}
