import fs from 'node:fs';
import type { App, Chart } from 'cdk8s';
import { DrydockError, type JsonObject } from '../template';
import { guardedObject, HelmChart, helmChartOf, patchedHere, synthOrder } from '../tree';
import { literalCharts, oddValues, secretTexts } from '../values';
import { type LiteralRun, literalRuns } from './literal-runs';
import { renderChart } from './rendering';

/** The objects of an app by the path of their chart, or why there are none. */
export interface Dump {
  readonly charts: Readonly<Record<string, readonly JsonObject[]>>;
  /** What the program is to be run with to be tried with literals; mostly it is one run. */
  readonly runs: readonly LiteralRun[];
  /** Other values to try the program with, by the name of the chart. */
  readonly odd: Readonly<Record<string, JsonObject>>;
  /** What is given for secrets, so that no difference shows it. */
  readonly secrets: readonly string[];
  readonly refused?: { readonly code: string; readonly message: string };
}

/** Says in a file what an app would write. */
export function writeDump(app: App, file: string): void {
  fs.writeFileSync(file, JSON.stringify(dump(app)));
}

function dump(app: App): Dump {
  try {
    const wanted = literalCharts();
    if (wanted) return { charts: byStock(app, wanted), runs: [], odd: {}, secrets: [] };
    return {
      charts: byTemplate(app),
      runs: literalRuns(app.charts),
      ...{ odd: odd(app), secrets: secretsOf(app) },
    };
  } catch (error) {
    const code = error instanceof DrydockError ? error.code : 'ERROR';
    return {
      charts: {},
      runs: [],
      odd: {},
      secrets: [],
      refused: { code, message: (error as Error).message },
    };
  }
}

/** Literals all the way: every object is what stock cdk8s makes of it. */
function byStock(app: App, wanted: readonly string[]): Dump['charts'] {
  const charts = app.charts.filter(({ node }) => wanted.includes(node.path));
  return Object.fromEntries(charts.map((chart) => [chart.node.path, stockObjectsOf(chart)]));
}

/** A HelmChart patches its own objects; those of a stock Chart in it belong to it too. */
function stockObjectsOf(chart: Chart): JsonObject[] {
  const objects = chart.toJson() as JsonObject[];
  if (HelmChart.isHelmChart(chart)) return objects;
  const owner = helmChartOf(chart);
  return owner ? objects.map((object) => patchedHere(owner, object)) : objects;
}

function byTemplate(app: App): Dump['charts'] {
  const order = synthOrder(app);
  const entries = order.charts.map((chart) => {
    const objects = renderChart(chart, (one) => order.objectsOf(one).map(guardedObject));
    return [chart.node.path, objects.map(({ json }) => json as JsonObject)];
  });
  return Object.fromEntries(entries);
}

function odd(app: App): Dump['odd'] {
  return Object.fromEntries(
    outermostCharts(app).map((chart) => [chart.chartName, oddValues(chart.definition, chart.values())]),
  );
}

function secretsOf(app: App): Dump['secrets'] {
  return outermostCharts(app).flatMap((chart) =>
    secretTexts(chart.definition.declarations, chart.values() as JsonObject),
  );
}

/** The values of subcharts are among those of their umbrella. */
function outermostCharts(app: App): HelmChart[] {
  return app.node
    .findAll()
    .filter(HelmChart.isHelmChart)
    .filter(({ umbrella }) => !umbrella);
}
