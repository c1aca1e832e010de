import { type ApiObject, Chart } from 'cdk8s';
import type { Inputs, JsonObject } from '../template';
import {
  type GuardedObjectsOf,
  HelmChart,
  helmChartOf,
  inputsFor,
  patchedBy,
  patchesFor,
  placeOf,
  render,
} from '../tree';
import type { ObjectPatch } from '../values';

/** One object of plain YAML. */
export interface RenderedObject {
  /** `undefined` where a construct gives nothing instead of an object; stock prints an empty line for it. */
  readonly json: JsonObject | undefined;
  /** The construct path that errors name. */
  readonly where: string;
  /** The kind and name that stock makes a file name of where it does not look at the JSON. */
  readonly kind: string;
  readonly name: string;
  /** The construct that it comes from, where that is known. */
  readonly object?: ApiObject;
}

/** The objects of one chart in plain YAML. */
export function renderChart(chart: Chart, objectsOf: GuardedObjectsOf): RenderedObject[] {
  if (isLeftOut(chart)) return [];
  let told: { readonly inputs: Inputs; readonly patches: readonly ObjectPatch[] } | undefined;
  return objectsOf(chart).flatMap((guarded) => {
    told ??= toldTo(chart);
    const { inputs, patches } = told;
    const { object, literal } = guarded;
    const where = placeOf(object);
    const rendered = render(guarded, inputs);
    const objects = patches.length === 0 ? rendered : rendered.map((json) => patchedBy(patches, json, where));
    return objects.map((json) =>
      literal
        ? { json, where, object, kind: object.kind, name: object.name }
        : { json, where, object, ...kindAndName(json) },
    );
  });
}

function toldTo(chart: Chart) {
  const inputs = inputsFor(chart);
  return { inputs, patches: patchesFor(helmChartOf(chart), inputs) };
}

/** Whether a chart is, or is in, a subchart that the values leave out. */
export function isLeftOut(chart: Chart): boolean {
  const helmChart = helmChartOf(chart) as HelmChart | undefined;
  return helmChart !== undefined && !helmChart.isInstalled;
}

/** True for a chart whose class replaced `toJson`; stock calls it for every output but a folder a chart. */
export function hasOwnToJson({ toJson }: Chart): boolean {
  return toJson !== Chart.prototype.toJson && toJson !== HelmChart.prototype.toJson;
}

/** What a chart's own `toJson` gives. */
export function ownJson(chart: Chart): RenderedObject[] {
  const objects = Object.values(chart.toJson()) as (JsonObject | undefined)[];
  return objects.map((json) => ({ json, where: placeOf(chart), ...kindAndName(json) }));
}

function kindAndName(json: JsonObject | undefined): { readonly kind: string; readonly name: string } {
  const metadata = json?.metadata as { readonly name?: string } | undefined;
  return { kind: json?.kind as string, name: metadata?.name as string };
}
