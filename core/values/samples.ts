import type { Json, JsonObject } from '../template';
import { Declaration, type PlainDeclarations } from './declaration';
import { mergeGiven } from './merge';
import { EXISTING_SECRET } from './names';
import { problemsOf } from './problems';
import type { Schema } from './schema';

/** What every secret is where a chart is only tried. */
export const STAND_IN_SECRET = 'stand-in-not-a-secret';

/** Obvious texts, of which the first that a declaration admits is shown. */
const TEXTS = [
  'example',
  'example.com',
  'https://example.com',
  'registry.example.com/app:1.0.0',
  '1.0.0',
  '1',
  '1Gi',
  '100m',
  '30s',
  '10.0.0.0/8',
  '30 3 * * *',
];

/** A value that the schema admits, as plain as there is one; none where its pattern is its author's own. */
export function sampleOf(schema: Schema): Json | undefined {
  return candidatesFor(schema).find((one) => problemsOf(schema, one).length === 0);
}

function candidatesFor(schema: Schema): readonly Json[] {
  if (schema.enum) return schema.enum;
  switch (schema.type) {
    case 'string':
      return TEXTS;
    case 'integer':
    case 'number':
      return [1, schema.minimum, schema.maximum].filter((one) => one !== undefined);
    case 'boolean':
      return [true];
    case 'array': {
      const entry = sampleOf(schema.items ?? {});
      return entry === undefined ? [[]] : [[entry], []];
    }
    case 'object':
      return [fieldsOf(schema)];
    default:
      return schema.allOf ? [{}] : [];
  }
}

function fieldsOf({ properties = {}, required = [] }: Schema): JsonObject {
  const entries = required.map((key) => [key, sampleOf(properties[key] ?? {})] as const);
  return Object.fromEntries(entries.filter(([, sample]) => sample !== undefined)) as JsonObject;
}

/** Values with which a chart can be tried: those given, what else has to be set and has no default, and every secret. */
export interface Trial {
  readonly values: JsonObject;
  /** Paths of what has to be set, and has no value that anybody could guess. */
  readonly unknown: readonly string[];
}

export function trialOf(declarations: PlainDeclarations, given: JsonObject = {}): Trial {
  const { values, unknown } = madeUp(declarations, given);
  return { values: mergeGiven(values, given), unknown };
}

function madeUp(declarations: PlainDeclarations, given: JsonObject, prefix = ''): Trial {
  const values: Record<string, Json> = {};
  const unknown: string[] = [];
  // A Secret that exists is instead of all its keys.
  if (given[EXISTING_SECRET]) return { values, unknown };
  for (const [key, entry] of Object.entries(declarations)) {
    const path = `${prefix}${key}`;
    if (!(entry instanceof Declaration)) {
      const inner = madeUp(entry, (given[key] ?? {}) as JsonObject, `${path}.`);
      if (Object.keys(inner.values).length > 0) values[key] = inner.values;
      unknown.push(...inner.unknown);
    } else if (isNeeded(entry) && !Object.hasOwn(given, key)) {
      const sample = entry.schema.writeOnly ? STAND_IN_SECRET : sampleOf(entry.schema);
      if (sample === undefined) unknown.push(path);
      else values[key] = sample;
    }
  }
  return { values, unknown };
}

/** Whether a chart cannot be installed without it. */
function isNeeded({ schema, isRequired, isRequiredInside }: Declaration<unknown>): boolean {
  return Boolean(schema.writeOnly) || isRequired || isRequiredInside;
}
