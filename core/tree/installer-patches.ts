import {
  DrydockError,
  describeNode,
  Expression,
  evaluate,
  type Inputs,
  type Json,
  type JsonObject,
  merged,
  NODE,
  type Node,
  without,
} from '../template';
import { inLiteralMode, type ObjectPatch } from '../values';
import type { ChartView } from './chart-view';
import { inStockOrder } from './key-order';
import { placeOf } from './stand-ins';

/** What a chart was told of its patches: the value, or in literal mode what it is. */
export type InstallerPatches = Node | readonly ObjectPatch[];

/** What `chart.patches` was given, if that is a value that was declared so. */
export function installerPatches(
  chart: ChartView,
  given: unknown,
  before: InstallerPatches | undefined,
): InstallerPatches {
  if (before) throw wrongUse(chart, 'a second value of patches', 'one', 'Call it once.');
  const node = given instanceof Expression ? given[NODE] : undefined;
  const isValue = node?.op.op === 'value' && node.shape.type === 'list' && node.shape.items.type === 'map';
  if (isValue) return node;
  if (inLiteralMode()) return Array.isArray(given) ? given : [];
  throw wrongUse(
    chart,
    node ? describeNode(node) : Array.isArray(given) ? 'a list of the program' : typeof given,
    'a value that is declared with `value.patches`',
    'Declare it: `patches: value.patches({ default: [], doc: "..." })`. What the program itself changes of an object is `ApiObject.of(construct).addJsonPatch(...)`.',
  );
}

/** The patches that an installation has for the objects of a chart. */
export function patchesFor(chart: ChartView | undefined, inputs: Inputs): readonly ObjectPatch[] {
  const told = chart?.installerPatches;
  if (!told) return [];
  if (Array.isArray(told)) return told;
  return (evaluate(told as Node, inputs) ?? []) as unknown as readonly ObjectPatch[];
}

/** An object that a program with literals made, with the patches of the chart that it belongs to. */
export function patchedHere(chart: ChartView | undefined, object: JsonObject): JsonObject {
  const told = chart?.installerPatches;
  return Array.isArray(told) ? patchedBy(told, object, chart?.node.path ?? '') : object;
}

/** An object with the patches that are for it. */
export function patchedBy(patches: readonly ObjectPatch[], object: JsonObject, where: string): JsonObject {
  const own = patches.filter((patch) => isPatchable(object) && isFor(patch, object));
  if (own.length === 0) return object;
  const result = own.reduce<JsonObject>((before, { remove = [], merge = {} }) => {
    const after = merged(remove.reduce(without, before), merge);
    if (identity(after) === identity(before)) return after;
    throw refused(
      where,
      `a patch of ${calledBy(before)} that changes what the object is or what it is called`,
      'the apiVersion, kind, name and namespace as they are',
      'Change its fields; an object of another name is added by `extraObjects`, where the chart has that.',
    );
  }, object);
  return inStockOrder(result);
}

/** Refuses patches of objects that are not in the release: they would change nothing, without a word. */
export function checkPatches(
  chart: ChartView,
  patches: readonly ObjectPatch[],
  objects: readonly JsonObject[],
): void {
  const lost = patches.find((patch) => !objects.some((one) => isPatchable(one) && isFor(patch, one)));
  if (!lost) return;
  const known = objects.filter(isPatchable).map(calledBy);
  throw refused(
    `${placeOf(chart)} patches`,
    `a patch of ${lost.kind}/${lost.name}`,
    known.length > 0 ? `one of ${known.sort().join(', ')}` : 'no patch, the release has no object',
    'Name an object that this chart installs with these values, by the name that it has in this release.',
  );
}

/** Helm installs definitions before templates are printed. */
function isPatchable({ kind }: JsonObject): boolean {
  return kind !== 'CustomResourceDefinition';
}

function isFor({ kind, name }: ObjectPatch, object: JsonObject): boolean {
  return object.kind === kind && metadataOf(object).name === name;
}

function identity(object: JsonObject): string {
  const { name, namespace } = metadataOf(object);
  return JSON.stringify([object.apiVersion, object.kind, name, namespace]);
}

function calledBy(object: JsonObject): string {
  return `${object.kind}/${metadataOf(object).name}`;
}

function metadataOf({ metadata }: JsonObject): Readonly<Record<string, Json | undefined>> {
  return typeof metadata === 'object' && metadata !== null ? (metadata as JsonObject) : {};
}

function refused(where: string, found: string, expected: string, remedy: string): DrydockError {
  return new DrydockError('PATCH_REFUSED', { where, found, expected, remedy });
}

function wrongUse(chart: ChartView, found: string, expected: string, remedy: string): DrydockError {
  return new DrydockError('WRONG_USE', { where: `${placeOf(chart)} patches`, found, expected, remedy });
}
