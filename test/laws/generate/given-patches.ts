import { DrydockError, type Json, type JsonObject, NAMED_LISTS } from '../../../core/template';
import type { ReleaseFacts } from '../../../core/tree';
import type { ObjectPatch } from '../../../core/values';
import type { GeneratedChart } from './program';
import type { Random } from './random';
import { TRAP_KEYS, TRAP_NUMBERS, TRAP_TEXTS } from './traps';

/** What the value is called that lets whoever installs a generated chart patch its objects. */
export const PATCHES = 'patches';

/** Patches of objects that the other values give, and now and then one of an object that is not there. */
export function givePatches(
  values: Record<string, Json>,
  chart: GeneratedChart,
  release: Partial<Omit<ReleaseFacts, 'service'>>,
  random: Random,
): void {
  if (!chart.isPatched || random.chance(0.2)) return;
  const objects = objectsOf(chart, values, release);
  if (objects.length === 0) return;
  const count = 1 + random.below(3);
  const patches = Array.from({ length: count }, () => patchOf(random.pick(objects), random));
  const listed = random.chance(0.3) ? listedIn(random.pick(objects), random) : [];
  values[PATCHES] = [...patches, ...listed] as never;
}

/** None where the values are refused. */
function objectsOf(
  { chart }: GeneratedChart,
  values: JsonObject,
  release: Partial<Omit<ReleaseFacts, 'service'>>,
): readonly JsonObject[] {
  try {
    return chart.render(chart.inputs({ values, release: { ...release, service: 'Helm' } }), 'helm');
  } catch (error) {
    if (error instanceof DrydockError) return [];
    throw error;
  }
}

function patchOf(object: JsonObject, random: Random): ObjectPatch {
  const { name } = object.metadata as { readonly name: string };
  const paths = pathsOf(object).filter((path) => !isIdentity(path) || random.chance(0.02));
  const remove = Array.from({ length: random.below(3) }, () =>
    random.pick(paths.length > 0 ? paths : [['x']]),
  );
  const given = Array.from({ length: random.below(3) }, () =>
    at(random.pick([...paths, ['spec', 'new']]), random),
  );
  return {
    kind: object.kind as string,
    name: random.chance(0.05) ? `${name}-x` : name,
    ...(random.chance(0.7) ? { remove } : {}),
    ...(random.chance(0.9) ? { merge: Object.assign({}, ...given) as JsonObject } : {}),
  };
}

/** A list of named entries that one patch puts there, and that the next ones change and take from. */
function listedIn(object: JsonObject, random: Random): ObjectPatch[] {
  const { name } = object.metadata as { readonly name: string };
  const list = random.pick(Object.keys(NAMED_LISTS));
  const entries = () =>
    Array.from({ length: random.below(3) }, () => ({
      ...(named(random, 1) as object),
      env: [named(random, 0)],
    }));
  const merge = () => ({ merge: { listed: { [list]: entries() } } as JsonObject });
  const remove = [
    ['listed', list, random.pick(NAMES), ...(random.chance(0.5) ? ['env', random.pick(NAMES)] : [])],
  ];
  const called = { kind: object.kind as string, name };
  return [
    { ...called, ...merge() },
    { ...called, ...merge() },
    { ...called, remove },
  ];
}

function isIdentity([first, second]: readonly string[]): boolean {
  if (first !== 'metadata') return first === 'apiVersion' || first === 'kind';
  return second === undefined || second === 'name' || second === 'namespace';
}

/** Where something is in an object; an entry of a list of named ones is called by its name. */
function pathsOf(json: Json, path: readonly string[] = []): (readonly string[])[] {
  if (typeof json !== 'object' || json === null) return [];
  const entries = Array.isArray(json)
    ? json.map((one): [string, Json] => [String((one as { name?: Json } | null)?.name ?? '0'), one])
    : Object.entries(json);
  return entries.flatMap(([key, inner]) => [[...path, key], ...pathsOf(inner, [...path, key])]);
}

/** Something new at a place, or beside it. */
function at(path: readonly string[], random: Random): JsonObject {
  const [first = 'x', ...rest] = path;
  const isLabel = first === 'metadata';
  return { [first]: inside(rest, random, isLabel) };
}

function inside(path: readonly string[], random: Random, isLabel: boolean): Json {
  const [first, ...rest] = path;
  if (first === undefined || random.chance(0.1))
    return isLabel ? { labels: { a: text(random) } } : anything(random, 3);
  if (isLabel && (first === 'labels' || first === 'annotations'))
    return { [first]: { [rest[0] ?? 'a']: text(random) } };
  return { [first]: inside(rest, random, false) };
}

const LISTS = ['containers', 'env', 'volumeMounts', 'ports'];
const NAMES = ['a', 'b', '<no value>'];

function anything(random: Random, depth: number): Json {
  const how = random.below(depth > 0 ? 6 : 3);
  if (how === 0) return text(random);
  if (how === 1) return random.pick(TRAP_NUMBERS);
  if (how === 2) return random.chance(0.5);
  if (how === 3) return Array.from({ length: random.below(3) }, () => anything(random, depth - 1));
  if (how === 4)
    return { [random.pick(LISTS)]: Array.from({ length: random.below(3) }, () => named(random, depth - 1)) };
  return { [random.pick(TRAP_KEYS)]: anything(random, depth - 1), x: anything(random, depth - 1) };
}

function named(random: Random, depth: number): Json {
  const name = random.pick(NAMES);
  if (random.chance(0.1)) return anything(random, depth);
  return { name, mountPath: name, value: anything(random, depth) };
}

function text(random: Random): string {
  return random.pick(TRAP_TEXTS.filter((one) => !/[\u007f-\u009f\ufffe\uffff]/.test(one)));
}
