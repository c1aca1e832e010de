import type { Json, JsonObject } from './nodes';
import { setOwnKey } from './own-key';

/**
 * Lists whose entries Kubernetes tells apart by a field of theirs. Only those that are so wherever they are: `ports` is by
 * `port` in a Service and by `containerPort` in a container, so it is a list like any other.
 */
export const NAMED_LISTS: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  env: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
};

/** What lies at the keys that were changed: maps into maps, named entries into lists of these, all else in its place. */
export function merged(into: JsonObject, patch: JsonObject): JsonObject {
  const result: Record<string, Json> = { ...into };
  for (const [key, given] of Object.entries(patch))
    setOwnKey(result, key, mergedAt(key, own(into, key), given));
  return result;
}

function mergedAt(key: string, before: Json | undefined, given: Json): Json {
  if (isMap(given) && isMap(before)) return merged(before, given);
  const by = own(NAMED_LISTS, key);
  if (by === undefined || !isNamed(before, by) || !isNamed(given, by)) return given;
  let entries = before;
  for (const entry of given) {
    const isIt = (one: JsonObject) => one[by] === entry[by];
    entries = entries.some(isIt)
      ? entries.map((one) => (isIt(one) ? merged(one, entry) : one))
      : entries.concat(entry);
  }
  return entries;
}

/** An object without what the keys lead to; where that is not there, as it was. */
export function without(from: JsonObject, [key = '', ...rest]: readonly string[]): JsonObject {
  const inner = own(from, key);
  if (inner === undefined) return from;
  if (rest.length === 0) return Object.fromEntries(Object.entries(from).filter(([one]) => one !== key));
  if (isMap(inner)) return { ...from, [key]: without(inner, rest) };
  const by = own(NAMED_LISTS, key);
  if (by === undefined || !isNamed(inner, by)) return from;
  const [name, ...deeper] = rest;
  return {
    ...from,
    [key]: inner.flatMap((one) => {
      if (one[by] !== name) return [one];
      return deeper.length === 0 ? [] : [without(one, deeper)];
    }),
  };
}

function isMap(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function isNamed(json: Json | undefined, by: string): json is readonly JsonObject[] {
  return Array.isArray(json) && json.every((one) => isMap(one) && typeof own(one, by) === 'string');
}

function own<T>(map: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}
