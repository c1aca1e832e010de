import { type Chart, Names, YamlOutputType } from 'cdk8s';
import { DrydockError } from '../template';
import { type GuardedObjectsOf, HelmChart, placeOf, ReleaseObjects, type SynthOrder } from '../tree';
import type { ObjectCheck } from './object-check';
import { hasOwnToJson, isLeftOut, ownJson, type RenderedObject, renderChart } from './rendering';
import { joinDocuments, stringifyYaml } from './yaml/stringify';

/** What plain YAML comes to. */
export interface PlainFiles {
  /** By the path below the output folder. */
  readonly files: Map<string, string>;
  /** Folders below the output folder, also empty ones. */
  readonly folders: readonly string[];
  /** The construct path of each object by the object's name; the last of one name. */
  readonly constructs: ReadonlyMap<string, string>;
}

/** Plain YAML, in the files and with the bytes of stock cdk8s. Only the text of a chart is kept, not its objects. */
export function plainFiles(
  order: SynthOrder,
  objectsOf: GuardedObjectsOf,
  type: YamlOutputType,
  extension: string,
  check: ObjectCheck,
): PlainFiles {
  const output = new Output(extension);
  const folders: string[] = [];
  const texts: string[] = [];
  const constructs = new Map<string, string>();
  const releases = new ReleaseObjects();
  for (const [index, chart] of order.charts.entries()) {
    if (isLeftOut(chart)) continue;
    const objects = objectsFor(type, chart, objectsOf, check);
    releases.add(chart, objects);
    for (const { name, path } of constructsOf(chart, objects, order)) constructs.set(name, path);
    switch (type) {
      case YamlOutputType.FILE_PER_APP:
        texts.push(...objects.map((object) => textOf([object])));
        break;
      case YamlOutputType.FILE_PER_CHART:
        output.addChart(chartFileName(chart, index, order), chart, objects);
        break;
      case YamlOutputType.FILE_PER_RESOURCE:
        for (const object of objects)
          if (object.json !== undefined) output.addResource('', object, namesIn(object.json));
        break;
      case YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE:
        folders.push(chartFileName(chart, index, order));
        for (const object of objects) output.addResource(`${folders.at(-1)}/`, object, object);
        break;
    }
  }
  if (type === YamlOutputType.FILE_PER_APP && order.charts.length > 0)
    output.add('app', joinDocuments(texts), '(app)');
  return { files: output.files, folders, constructs };
}

/** All objects in one text, as `App.synthYaml` of stock cdk8s gives it. */
export function plainText(order: SynthOrder, objectsOf: GuardedObjectsOf, check: ObjectCheck): string {
  const charts = order.charts.map((chart) =>
    objectsFor(YamlOutputType.FILE_PER_APP, chart, objectsOf, check),
  );
  return joinDocuments(charts.flatMap((objects) => objects.map((object) => textOf([object]))));
}

/** Where stock asks the chart, a `toJson` of the chart's own has the word; for a folder a chart stock asks the objects. */
function objectsFor(
  type: YamlOutputType,
  chart: Chart,
  objectsOf: GuardedObjectsOf,
  check: ObjectCheck,
): RenderedObject[] {
  const objects =
    hasOwnToJson(chart) && type !== YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE
      ? ownJson(chart)
      : renderChart(chart, objectsOf);
  for (const object of objects) check.rendered(object);
  return objects;
}

function constructsOf(chart: Chart, objects: readonly RenderedObject[], order: SynthOrder) {
  return hasOwnToJson(chart)
    ? order.objectsOf(chart).map(({ name, node }) => ({ name, path: node.path }))
    : objects.map(({ name, where }) => ({ name, path: where }));
}

class Output {
  readonly files = new Map<string, string>();
  /** Which construct writes a file, for the error about a second one. */
  private readonly owners = new Map<string, string>();

  constructor(private readonly extension: string) {}

  add(name: string, text: string, where: string): void {
    const path = `${name}${this.extension}`;
    const before = this.owners.get(path);
    if (before !== undefined) throw wouldBeLost(where, before, path);
    this.owners.set(path, where);
    this.files.set(path, text);
  }

  addChart(name: string, chart: Chart, objects: readonly RenderedObject[]): void {
    // An umbrella has mostly no object of its own, and `kubectl apply -f` of an empty file fails.
    if (objects.length > 0 || !HelmChart.isHelmChart(chart)) this.add(name, textOf(objects), placeOf(chart));
  }

  addResource(folder: string, object: RenderedObject, { kind, name }: KindAndName): void {
    this.add(`${folder}${`${kind}.${name}`.replace(/[^0-9a-zA-Z-_.]/g, '')}`, textOf([object]), object.where);
  }
}

interface KindAndName {
  readonly kind: unknown;
  readonly name: unknown;
}

function namesIn(json: NonNullable<RenderedObject['json']>): KindAndName {
  return { kind: json.kind, name: (json.metadata as { readonly name?: string } | undefined)?.name };
}

function textOf(objects: readonly RenderedObject[]): string {
  return stringifyYaml(objects.map(({ json }) => json));
}

function chartFileName(chart: Chart, index: number, { hasDependantCharts }: SynthOrder): string {
  const name = Names.toDnsLabel(chart);
  return hasDependantCharts ? `${String(index).padStart(4, '0')}-${name}` : name;
}

function wouldBeLost(where: string, before: string, path: string): DrydockError {
  return new DrydockError('OBJECT_WOULD_BE_LOST', {
    where,
    found: `the file ${path}, which ${before} writes already`,
    expected: 'a file of its own for everything that is written',
    remedy: `One would overwrite the other: rename ${where} or ${before}, or choose another yamlOutputType.`,
  });
}
