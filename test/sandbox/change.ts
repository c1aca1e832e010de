import type { Json, JsonObject } from '../../core/template';

/** Fields to set, by path such as `spec.containers[0].image`; `undefined` takes one away. */
export type Changes = Readonly<Record<string, Json | undefined>>;

/** A copy of an object with some fields changed. */
export function changed(object: JsonObject, changes: Changes): JsonObject {
  const copy = JSON.parse(JSON.stringify(object)) as JsonObject;
  for (const [path, value] of Object.entries(changes)) setField(copy, keysOf(path), value);
  return copy;
}

/** `a.b[0]["x.y"]` as its keys. */
function keysOf(path: string): string[] {
  return [...path.matchAll(/\["([^"]+)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(([, quoted, index, name]) =>
    String(quoted ?? index ?? name),
  );
}

function setField(object: JsonObject, keys: readonly string[], value: Json | undefined): void {
  const [first, ...rest] = keys as [string, ...string[]];
  const target = object as Record<string, Json>;
  if (rest.length === 0) {
    if (value === undefined) delete target[first];
    else target[first] = value;
    return;
  }
  target[first] ??= /^\d+$/.test(rest[0] as string) ? [] : {};
  setField(target[first] as JsonObject, rest, value);
}
