import { type Json, type JsonObject, setOwnKey } from '../template';

/** In the key order of stock cdk8s: apiVersion, kind, metadata, then by code unit, at every depth. */
export function inStockOrder(json: JsonObject): JsonObject {
  const body = process.env.CDK8S_DISABLE_SORT ? json : (sortKeys(json) as JsonObject);
  const result: Record<string, Json> = {};
  for (const key of ['apiVersion', 'kind', 'metadata', ...Object.keys(body)]) {
    if (Object.hasOwn(body, key)) result[key] = body[key] as Json;
  }
  return result;
}

function sortKeys(json: Json): Json {
  if (Array.isArray(json)) return json.map(sortKeys);
  if (typeof json !== 'object' || json === null) return json;
  const result: Record<string, Json> = {};
  for (const key of Object.keys(json).sort()) {
    const value = sortKeys((json as JsonObject)[key] as Json);
    setOwnKey(result, key, value);
  }
  return result;
}
