import { App } from 'cdk8s';
import type { JsonObject } from '../template';
import { checkAssertions } from './assertions';
import type { Audience, ChartInputs, ChartView } from './chart-view';
import type { ObjectsOf } from './guarded-object';
import { checkPatches, patchedBy, patchesFor } from './installer-patches';
import { guardedOnce, objectsWithin } from './objects-of-chart';
import { synthOrder } from './order';
import { isInstalled } from './release-inputs';
import { assertionsOf } from './release-names';
import { render } from './render';
import { placeOf } from './stand-ins';

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
  checkInstallation(chart, inputs, audience, objectsOf);
  const patches = patchesFor(chart, inputs);
  return objectsOf(chart).flatMap((one) =>
    render(one, inputs).map((json) => patchedBy(patches, json, placeOf(one.object))),
  );
}

/** Refuses values that the chart refuses, by an assertion or in its patches. */
export function checkInstallation(
  chart: ChartView,
  inputs: ChartInputs,
  audience: Audience,
  objectsOf: ObjectsOf,
): void {
  checkAssertions(assertionsOf(chart, objectsOf), inputs, audience, chart);
  const patches = patchesFor(chart, inputs);
  if (patches.length > 0)
    checkPatches(
      chart,
      patches,
      objectsOf(chart).flatMap((one) => render(one, inputs)),
    );
}

/** The objects of this chart and its subcharts, each asked for its JSON once. */
function objectsOnce(chart: ChartView): ObjectsOf {
  const order = synthOrder(App.of(chart));
  const once = guardedOnce(order);
  return (one) => objectsWithin(one, order, once);
}
