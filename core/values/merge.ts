import type { Json, JsonObject } from '../template';

/** Given values over default ones, as helm merges them: maps key by key, everything else as a whole. */
export function mergeValues(defaults: JsonObject, given: JsonObject): JsonObject {
  const result: Record<string, Json> = {};
  for (const source of [defaults, given]) {
    for (const [key, value] of Object.entries(source)) {
      const before = Object.hasOwn(result, key) ? result[key] : undefined;
      setOwn(result, key, isMap(before) && isMap(value) ? mergeValues(before, value) : value);
    }
  }
  return result;
}

function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Also for the key `__proto__`, which an assignment would swallow. */
function setOwn(target: Record<string, Json>, key: string, value: Json): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
