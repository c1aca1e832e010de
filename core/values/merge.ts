import { type Json, type JsonObject, setOwnKey } from '../template';

/**
 * Given values over a chart's defaults, as helm coalesces them: maps key by key, everything else as a whole. A null
 * takes a default away; over nothing it stays null, which the schema then refuses (docs/facts/helm-null.md).
 */
export function mergeValues(defaults: JsonObject, given: JsonObject): JsonObject {
  return merge(defaults, given, true);
}

/** Given values over given values, as two `-f` files: a null stays, and takes its default away later. */
export function mergeGiven(first: JsonObject, second: JsonObject): JsonObject {
  return merge(first, second, false);
}

function merge(under: JsonObject, over: JsonObject, nullDeletes: boolean): JsonObject {
  const result: Record<string, Json> = {};
  for (const [key, value] of Object.entries(under)) setOwnKey(result, key, value);
  for (const [key, value] of Object.entries(over)) {
    const before = Object.hasOwn(result, key) ? result[key] : undefined;
    if (value === null && nullDeletes && before !== undefined) delete result[key];
    else setOwnKey(result, key, isMap(before) && isMap(value) ? merge(before, value, nullDeletes) : value);
  }
  return result;
}

function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
