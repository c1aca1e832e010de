import { type ApiObject, type Chart, Names, Yaml, YamlOutputType } from 'cdk8s';
import { DrydockError, type JsonObject } from '../template';
import { type GuardedObject, guardedObject, inputsFor, placeOf, render, type SynthOrder } from '../tree';

/** The files of plain YAML: path below the output folder and text. */
export type PlainFiles = Map<string, string>;

interface RenderedObject {
  readonly object: ApiObject;
  readonly json: JsonObject;
}

/** Plain YAML, in the files and with the bytes of stock cdk8s. */
export function plainFiles(order: SynthOrder, type: YamlOutputType, extension: string): PlainFiles {
  const charts = order.charts.map((chart) => ({
    chart,
    objects: order.objectsOf(chart).flatMap(renderObject),
  }));
  const files: PlainFiles = new Map();
  const owners = new Map<string, ApiObject>();
  const addResource = (folder: string, { object, json }: RenderedObject): void => {
    const { name } = json.metadata as { readonly name: string };
    const path = `${folder}${`${json.kind}.${name}`.replace(/[^0-9a-zA-Z-_.]/g, '')}${extension}`;
    const before = owners.get(path);
    if (before) throw wouldBeLost(object, before, path);
    owners.set(path, object);
    files.set(path, Yaml.stringify(json));
  };
  switch (type) {
    case YamlOutputType.FILE_PER_APP:
      if (charts.length > 0)
        files.set(`app${extension}`, stringify(charts.flatMap(({ objects }) => objects)));
      break;
    case YamlOutputType.FILE_PER_CHART:
      for (const [index, { chart, objects }] of charts.entries()) {
        const path = `${chartFileName(chart, index, order)}${extension}`;
        if (files.has(path)) throw chartWouldBeLost(chart, path);
        files.set(path, stringify(objects));
      }
      break;
    case YamlOutputType.FILE_PER_RESOURCE:
      for (const { objects } of charts) for (const object of objects) addResource('', object);
      break;
    case YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE:
      for (const [index, { chart, objects }] of charts.entries()) {
        for (const object of objects) addResource(`${chartFileName(chart, index, order)}/`, object);
      }
      break;
  }
  return files;
}

function renderObject(object: ApiObject): RenderedObject[] {
  const guarded: GuardedObject = guardedObject(object);
  return render(guarded, inputsFor(object)).map((json) => ({ object, json }));
}

function stringify(objects: readonly RenderedObject[]): string {
  return Yaml.stringify(...objects.map(({ json }) => json));
}

function chartFileName(chart: Chart, index: number, { hasDependantCharts }: SynthOrder): string {
  const name = Names.toDnsLabel(chart);
  return hasDependantCharts ? `${String(index).padStart(4, '0')}-${name}` : name;
}

function wouldBeLost(object: ApiObject, before: ApiObject, path: string): DrydockError {
  return new DrydockError('OBJECT_WOULD_BE_LOST', {
    where: placeOf(object),
    found: `the file ${path}, which ${placeOf(before)} writes already`,
    expected: 'a file of its own for every object',
    remedy:
      'Two objects of one kind and name cannot both be in this output; rename one, or write a file a chart.',
  });
}

function chartWouldBeLost(chart: Chart, path: string): DrydockError {
  return new DrydockError('OBJECT_WOULD_BE_LOST', {
    where: placeOf(chart),
    found: `the file ${path}, which another chart writes already`,
    expected: 'a file of its own for every chart',
    remedy: 'Rename one of the charts.',
  });
}
