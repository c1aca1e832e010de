import type { Json, JsonObject } from '../../core/template';
import type { RenderInputs } from './engine';
import { valuesFile } from './values-file';

/**
 * Values as flags of helm's command line: booleans, whole numbers and nulls by `--set`, texts by `--set-string`. What no
 * such flag can say exactly (lists, empty maps, fractions, a zero with a sign, keys with signs of the flags' own) goes by
 * `--set-json`, the whole of its outermost key.
 */
export function asSet(values: JsonObject): RenderInputs {
  const flags = { set: [] as string[], setString: [] as string[], setJson: [] as string[] };
  for (const [key, value] of Object.entries(values)) {
    const leaves = leavesOf(value, key);
    if (!leaves) flags.setJson.push(`${key}=${valuesFile(value)}`);
    else
      for (const [path, leaf] of leaves)
        if (typeof leaf === 'string') flags.setString.push(`${path}=${escaped(leaf)}`);
        else flags.set.push(`${path}=${leaf}`);
  }
  return flags;
}

function leavesOf(value: Json, path: string): (readonly [string, Json])[] | undefined {
  if (Array.isArray(value)) return undefined;
  if (typeof value === 'number') return isPlain(value) ? [[path, value]] : undefined;
  if (typeof value !== 'object' || value === null) return [[path, value]];
  const leaves: (readonly [string, Json])[] = [];
  const entries = Object.entries(value);
  for (const [key, inner] of entries) {
    const below = PLAIN_KEY.test(key) ? leavesOf(inner, `${path}.${key}`) : undefined;
    if (!below) return undefined;
    leaves.push(...below);
  }
  return leaves.length > 0 ? leaves : undefined;
}

function isPlain(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0);
}

const PLAIN_KEY = /^[A-Za-z][A-Za-z0-9_-]*$/;

/** A comma would begin the next flag, a brace a list. */
function escaped(text: string): string {
  return text.replace(/[\\,]/g, '\\$&').replace(/^\{/, '\\{');
}
