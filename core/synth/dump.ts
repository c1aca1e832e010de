import fs from 'node:fs';
import type { App } from 'cdk8s';
import { DrydockError, type JsonObject } from '../template';
import { guardedObject, HelmChart, inputsFor, render, synthOrder } from '../tree';
import { inLiteralMode, type Literals, oddValues } from '../values';
import { isLeftOut } from './rendering';

/** Set for a child process that shall say what it would write instead of writing it. */
export const DUMP_VARIABLE = 'DRYDOCK_DUMP';

/** The objects of an app by the path of their chart, or why there are none. */
export interface Dump {
  readonly charts: Readonly<Record<string, readonly JsonObject[]>>;
  /** What each `defineValues` of the program comes to, for the run with literals. */
  readonly sets: Literals['sets'];
  /** Other values to try the program with, by the name of the chart. */
  readonly odd: Readonly<Record<string, JsonObject>>;
  readonly refused?: { readonly code: string; readonly message: string };
}

/** Writes the dump that the environment asks for; false where it asks for none. */
export function dumpWhereAsked(app: App): boolean {
  const file = process.env[DUMP_VARIABLE];
  if (!file) return false;
  fs.writeFileSync(file, JSON.stringify(dump(app)));
  return true;
}

function dump(app: App): Dump {
  try {
    if (inLiteralMode()) return { charts: byStock(app), sets: [], odd: {} };
    return { charts: byTemplate(app), sets: sets(app), odd: odd(app) };
  } catch (error) {
    const code = error instanceof DrydockError ? error.code : 'ERROR';
    return { charts: {}, sets: [], odd: {}, refused: { code, message: (error as Error).message } };
  }
}

/** Literals all the way: every object is what stock cdk8s makes of it. */
function byStock(app: App): Dump['charts'] {
  return Object.fromEntries(app.charts.map((chart) => [chart.node.path, chart.toJson() as JsonObject[]]));
}

function byTemplate(app: App): Dump['charts'] {
  const order = synthOrder(app);
  const entries = order.charts.map((chart) => {
    if (isLeftOut(chart)) return [chart.node.path, []];
    const objects = order.objectsOf(chart).map(guardedObject);
    return [chart.node.path, objects.flatMap((object) => render(object, inputsFor(object.object)))];
  });
  return Object.fromEntries(entries);
}

function sets(app: App): Dump['sets'] {
  const result: { names: string; values: JsonObject }[] = [];
  for (const chart of app.node.findAll().filter(HelmChart.isHelmChart)) {
    const inputs = chart.inputs();
    for (const owner of chart.owners)
      result[owner.index] = { names: owner.names, values: inputs.values.get(owner) as JsonObject };
  }
  return Array.from(result, (set) => set ?? null);
}

function odd(app: App): Dump['odd'] {
  const charts = app.node.findAll().filter(HelmChart.isHelmChart);
  return Object.fromEntries(
    charts.map((chart) => [chart.chartName, oddValues(chart.definition, chart.values())]),
  );
}
