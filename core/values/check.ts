import { type Json, nearest } from '../template';
import { ANYTHING } from './collection';
import type { Schema, SchemaType } from './schema';

/** One thing that is wrong with given values, in a person's words. */
export interface Problem {
  /** For example `image.tag` or `hosts[0].name`; empty for the whole. */
  readonly path: string;
  readonly found: string;
  readonly expected: string;
  readonly remedy?: string;
}

/** What `found` says where a required value is missing. */
export const NOTHING = 'nothing';

/** Everything that is wrong with a value; empty exactly when helm's schema check passes. */
export function check(given: Schema, value: Json | undefined, path = ''): Problem[] {
  const schema = given.$ref ? ANYTHING : given;
  const shown = schema.writeOnly ? '(not shown, it is secret)' : show(value);
  if (schema.type && !hasType(value, schema.type)) {
    return [{ path, found: `${typeName(value)} ${shown}`.trim(), expected: `${schema.type}` }];
  }
  if (schema.enum && !schema.enum.some((allowed) => JSON.stringify(allowed) === JSON.stringify(value))) {
    return [
      { path, found: shown, expected: `one of ${schema.enum.map((one) => JSON.stringify(one)).join(', ')}` },
    ];
  }
  if (typeof value === 'string') return checkText(schema, value, path, shown);
  if (typeof value === 'number') return checkNumber(schema, value, path);
  if (Array.isArray(value)) return checkList(schema, value, path);
  if (typeof value === 'object' && value !== null)
    return checkMap(schema, value as { [key: string]: Json }, path);
  return [];
}

function checkText(schema: Schema, value: string, path: string, shown: string): Problem[] {
  const length = [...value].length;
  if (length < (schema.minLength ?? 0)) {
    return [{ path, found: `${length} characters`, expected: `at least ${schema.minLength}` }];
  }
  if (schema.maxLength !== undefined && length > schema.maxLength) {
    return [{ path, found: `${length} characters`, expected: `at most ${schema.maxLength}` }];
  }
  if (schema.pattern && !new RegExp(schema.pattern, 'u').test(value)) {
    return [{ path, found: shown, expected: `a text like ${schema.pattern}` }];
  }
  return [];
}

function checkNumber(schema: Schema, value: number, path: string): Problem[] {
  const low = schema.minimum !== undefined && value < schema.minimum;
  const high = schema.maximum !== undefined && value > schema.maximum;
  if (!low && !high) return [];
  const bounds = [schema.minimum ?? '...', schema.maximum ?? '...'].join(' to ');
  return [{ path, found: String(value), expected: `a number from ${bounds}` }];
}

function checkList(schema: Schema, value: readonly Json[], path: string): Problem[] {
  if (value.length < (schema.minItems ?? 0)) {
    return [{ path, found: `${value.length} entries`, expected: `at least ${schema.minItems}` }];
  }
  if (schema.maxItems !== undefined && value.length > schema.maxItems) {
    return [{ path, found: `${value.length} entries`, expected: `at most ${schema.maxItems}` }];
  }
  return schema.items
    ? value.flatMap((item, index) => check(schema.items as Schema, item, `${path}[${index}]`))
    : [];
}

function checkMap(schema: Schema, value: { [key: string]: Json }, path: string): Problem[] {
  const at = (key: string) => (path ? `${path}.${key}` : key);
  const known = schema.properties ?? {};
  const problems: Problem[] = [];
  for (const key of schema.required ?? []) {
    if (!Object.hasOwn(value, key)) {
      problems.push({
        path: at(key),
        found: NOTHING,
        expected: 'a value (it has no default)',
        remedy: `Set ${at(key)}.`,
      });
    }
  }
  for (const [key, entry] of Object.entries(value)) {
    if (Object.hasOwn(known, key)) problems.push(...check(known[key] as Schema, entry, at(key)));
    else problems.push(...checkExtraKey(schema, key, entry, at(key), Object.keys(known)));
  }
  return problems;
}

function checkExtraKey(schema: Schema, key: string, entry: Json, path: string, known: string[]): Problem[] {
  const extra = schema.additionalProperties;
  if (extra === false) {
    const near = nearest(key, known);
    const remedy = near
      ? `Did you mean ${near}?`
      : known.length
        ? `Known here: ${known.join(', ')}.`
        : undefined;
    return [{ path, found: 'a value that is not declared', expected: 'a declared one', remedy }];
  }
  const named = schema.propertyNames ? check(schema.propertyNames, key, `${path} (its name)`) : [];
  return typeof extra === 'object' ? [...named, ...check(extra, entry, path)] : named;
}

function hasType(value: Json | undefined, type: SchemaType | readonly SchemaType[]): boolean {
  if (Array.isArray(type)) return type.some((one) => hasType(value, one));
  switch (type) {
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function typeName(value: Json | undefined): string {
  if (value === null || value === undefined) return '';
  return Array.isArray(value) ? 'list' : typeof value;
}

function show(value: Json | undefined): string {
  const text = value === undefined ? NOTHING : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
