import { isDeepStrictEqual } from 'node:util';
import { ApiObject, Chart, App as StockApp } from 'cdk8s';
import { App } from '../../../core/synth';
import type { JsonObject } from '../../../core/template';
import { chart as chartFacts, HelmChart, KubeObject } from '../../../core/tree';
import { defineValues, value } from '../../../core/values';
import { ExpressionSide } from './expression-side';
import type { LiteralProgram, LiteralValues } from './literal-program';
import { LiteralSide } from './literal-side';
import { make } from './make-objects';
import { declarations, doc } from './side';

/**
 * One program written twice: with the values of a chart, and with the literals in their place. What is the same for both
 * is in `make`; what a value does to a program is in the two sides.
 */

/** The objects of the program with expressions, evaluated for the values. */
export function withExpressions(program: LiteralProgram, given: LiteralValues): JsonObject[] {
  const values = defineValues(declarations);
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'law', { description: 'd', values });
  make(program, new ExpressionSide(chart, values));
  return renderedTwice(chart, given);
}

/** The objects of a chart, which are the same each time: a rendering leaves nothing behind that the next one meets. */
function renderedTwice(chart: HelmChart, values: object): JsonObject[] {
  const inputs = chart.inputs({ values: values as never });
  const first = chart.render(inputs);
  const again = chart.render(inputs);
  if (!isDeepStrictEqual(again, first))
    throw new Error(`first ${JSON.stringify(first)}\nagain ${JSON.stringify(again)}`);
  return again as JsonObject[];
}

/** The objects that stock cdk8s makes of the program with the literals. */
export function withLiterals(program: LiteralProgram, given: LiteralValues): JsonObject[] {
  const chart = new Chart(new StockApp({ outdir: 'unused' }), 'law');
  make(program, new LiteralSide(chart, given));
  return releaseSafe(chart.toJson() as JsonObject[]);
}

/** The one thing that a HelmChart adds to objects of cdk8s-plus, so that releases do not select each other's pods. */
function releaseSafe(objects: readonly JsonObject[]): JsonObject[] {
  const address = /("cdk8s\.io\/metadata\.addr":"[^"]*")/g;
  return JSON.parse(JSON.stringify(objects).replace(address, '$1,"app.kubernetes.io/instance":"law"'));
}

/** A program with subcharts: one twice, by its name and by an alias. */
export interface LiteralUmbrella {
  readonly own: LiteralProgram;
  readonly web: LiteralProgram;
}

/** What is given for the chart and for each of its subcharts; what is left out is not given. */
export interface UmbrellaValues {
  readonly own: LiteralValues;
  readonly web?: LiteralValues;
  readonly spare?: LiteralValues;
  readonly region: string;
}

export function umbrellaWithExpressions(program: LiteralUmbrella, given: UmbrellaValues): JsonObject[] {
  const web = defineValues({ ...declarations, global: REGION });
  const own = defineValues({
    ...declarations,
    global: REGION,
    tags: { spare: value.boolean({ default: true, doc }) },
    web: value.subchart(web, { enabled: true }),
    spare: value.subchart(web, { tags: ['spare'] }),
  });
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'law', { description: 'd', values: own });
  make(program.own, new ExpressionSide(chart, own));
  for (const key of ['web', 'spare']) {
    const subchart = new HelmChart(chart, key, { name: 'web', description: 'd', values: web });
    make(program.web, new ExpressionSide(subchart, web));
    place(subchart, web.global.region, chartFacts.name);
  }
  const values = {
    ...given.own,
    global: { region: given.region },
    tags: { spare: given.spare !== undefined },
    web: given.web ?? { enabled: false },
    ...(given.spare ? { spare: given.spare } : {}),
  };
  return renderedTwice(chart, values);
}

export function umbrellaWithLiterals(program: LiteralUmbrella, given: UmbrellaValues): JsonObject[] {
  const chart = new Chart(new StockApp({ outdir: 'unused' }), 'law');
  make(program.own, new LiteralSide(chart, given.own));
  const charts = [chart];
  for (const key of ['web', 'spare'] as const) {
    const values = given[key];
    if (!values) continue;
    const subchart = new Chart(chart, key);
    make(program.web, new LiteralSide(subchart, values));
    place(subchart, given.region, key);
    charts.push(subchart);
  }
  return releaseSafe(charts.flatMap((one) => one.toJson() as JsonObject[]));
}

/** An object that says where it is: what a subchart is told by its parent, and what it is called. */
function place(chart: Chart, region: unknown, name: unknown): void {
  const spec = { region, name };
  const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'place' }, spec };
  if (chart instanceof HelmChart) new KubeObject(chart, 'place', manifest as never);
  else new ApiObject(chart, 'place', manifest);
}

const REGION = { region: value.string({ default: 'nowhere', doc }) };
