import { type Chart, Names, YamlOutputType } from 'cdk8s';
import { DrydockError } from '../template';
import { type GuardedObjectsOf, placeOf, type SynthOrder } from '../tree';
import { hasOwnToJson, ownJson, type RenderedChart, type RenderedObject, renderCharts } from './rendering';
import { stringifyYaml } from './yaml/stringify';

/** What plain YAML comes to: files by their path below the output folder, and folders, also empty ones. */
export interface PlainFiles {
  readonly files: Map<string, string>;
  readonly folders: readonly string[];
  readonly charts: readonly RenderedChart[];
}

/** Plain YAML, in the files and with the bytes of stock cdk8s. */
export function plainFiles(
  order: SynthOrder,
  objectsOf: GuardedObjectsOf,
  type: YamlOutputType,
  extension: string,
): PlainFiles {
  const output = new Output(extension);
  if (type === YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE) {
    const charts = renderCharts(order, objectsOf);
    const folders = charts.map(({ chart }, index) => chartFileName(chart, index, order));
    for (const [index, { objects }] of charts.entries())
      for (const object of objects) output.addResource(`${folders[index]}/`, object, object);
    return { files: output.files, folders, charts };
  }
  const charts = asCharts(order, objectsOf);
  const objects = charts.flatMap((chart) => [...chart.objects]);
  if (type === YamlOutputType.FILE_PER_APP && charts.length > 0) output.add('app', objects, '(app)');
  if (type === YamlOutputType.FILE_PER_CHART)
    for (const [index, { chart, objects }] of charts.entries())
      output.add(chartFileName(chart, index, order), objects, placeOf(chart));
  if (type === YamlOutputType.FILE_PER_RESOURCE)
    for (const object of objects)
      if (object.json !== undefined) output.addResource('', object, namesIn(object.json));
  return { files: output.files, folders: [], charts };
}

/** All objects in one text, as `App.synthYaml` of stock cdk8s gives it. */
export function plainText(order: SynthOrder, objectsOf: GuardedObjectsOf): string {
  return textOf(asCharts(order, objectsOf).flatMap(({ objects }) => [...objects]));
}

/** The charts, each through its own `toJson` where it has one. */
function asCharts(order: SynthOrder, objectsOf: GuardedObjectsOf): RenderedChart[] {
  const own = new Set(order.charts.filter(hasOwnToJson));
  const rendered = renderCharts(order, (chart) => (own.has(chart) ? [] : objectsOf(chart)));
  return rendered.map(({ chart, objects }) => ({
    chart,
    objects: own.has(chart) ? ownJson(chart) : objects,
  }));
}

class Output {
  readonly files = new Map<string, string>();
  /** Which construct writes a file, for the error about a second one. */
  private readonly owners = new Map<string, string>();

  constructor(private readonly extension: string) {}

  add(name: string, objects: readonly RenderedObject[], where: string): void {
    const path = `${name}${this.extension}`;
    const before = this.owners.get(path);
    if (before !== undefined) throw wouldBeLost(where, before, path);
    this.owners.set(path, where);
    this.files.set(path, textOf(objects));
  }

  addResource(folder: string, object: RenderedObject, { kind, name }: KindAndName): void {
    this.add(`${folder}${`${kind}.${name}`.replace(/[^0-9a-zA-Z-_.]/g, '')}`, [object], object.where);
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
