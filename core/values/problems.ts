import { type Json, nearest } from '../template';
import { ANYTHING } from './anything';
import { matchesPattern } from './pattern-matcher';
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

/**
 * Everything that is wrong with a value; empty exactly when helm's schema check passes. What a problem says of the value is
 * its type and size, and never its text: that may be a secret, also where none belongs.
 */
export function problemsOf(given: Schema, value: Json | undefined, path = ''): Problem[] {
  const schema = given.$ref ? ANYTHING : given;
  const whole = schema.allOf?.flatMap((one) => problemsOf(one, value, path)) ?? [];
  return whole.length > 0 ? whole : problemsOfOne(schema, value, path);
}

function problemsOfOne(schema: Schema, value: Json | undefined, path: string): Problem[] {
  if (schema.type && !hasType(value, schema.type))
    return [{ path, found: describe(value), expected: typeNames(schema.type) }];
  if (schema.enum && !schema.enum.some((allowed) => JSON.stringify(allowed) === JSON.stringify(value)))
    return [notOneOf(schema.enum, value, path)];
  if (typeof value === 'string') return problemsOfText(schema, value, path);
  if (typeof value === 'number') return problemsOfNumber(schema, value, path);
  if (Array.isArray(value)) return problemsOfList(schema, value, path);
  if (typeof value === 'object' && value !== null)
    return problemsOfMap(schema, value as { [key: string]: Json }, path);
  return [];
}

function notOneOf(choices: readonly Json[], value: Json | undefined, path: string): Problem {
  const near = typeof value === 'string' ? nearest(value, choices.map(String)) : undefined;
  return {
    path,
    found: describe(value),
    expected: `one of ${choices.map((one) => JSON.stringify(one)).join(', ')}`,
    ...(near === undefined ? {} : { remedy: `Did you mean ${JSON.stringify(near)}?` }),
  };
}

function problemsOfText(schema: Schema, value: string, path: string): Problem[] {
  const length = [...value].length;
  if (/\p{Surrogate}/u.test(value))
    return [{ path, found: 'half of a character (a lone surrogate)', expected: 'text that a file can hold' }];
  if (length < (schema.minLength ?? 0))
    return [{ path, found: `${length} characters`, expected: `at least ${schema.minLength}` }];
  if (schema.maxLength !== undefined && length > schema.maxLength)
    return [{ path, found: `${length} characters`, expected: `at most ${schema.maxLength}` }];
  if (schema.pattern !== undefined && !matchesPattern(schema.pattern, value))
    return [{ path, found: describe(value), expected: `a text like ${schema.pattern}` }];
  return [];
}

function problemsOfNumber(schema: Schema, value: number, path: string): Problem[] {
  const low = schema.minimum !== undefined && value < schema.minimum;
  const high = schema.maximum !== undefined && value > schema.maximum;
  if (!low && !high) return [];
  const bounds = [schema.minimum ?? '...', schema.maximum ?? '...'].join(' to ');
  return [
    { path, found: `a number that is too ${low ? 'low' : 'high'}`, expected: `a number from ${bounds}` },
  ];
}

function problemsOfList(schema: Schema, value: readonly Json[], path: string): Problem[] {
  if (value.length < (schema.minItems ?? 0)) {
    return [{ path, found: `${value.length} entries`, expected: `at least ${schema.minItems}` }];
  }
  if (schema.maxItems !== undefined && value.length > schema.maxItems) {
    return [{ path, found: `${value.length} entries`, expected: `at most ${schema.maxItems}` }];
  }
  return schema.items
    ? value.flatMap((item, index) => problemsOf(schema.items as Schema, item, `${path}[${index}]`))
    : [];
}

function problemsOfMap(schema: Schema, value: { [key: string]: Json }, path: string): Problem[] {
  const at = (key: string) => (path ? `${path}.${key}` : key);
  const known = schema.properties ?? {};
  const missing = (schema.required ?? []).filter((key) => !Object.hasOwn(value, key)).map(at);
  const problems = missing.map((one): Problem => {
    return { path: one, found: NOTHING, expected: 'a value', remedy: `Set ${one}.` };
  });
  for (const [key, entry] of Object.entries(value)) {
    if (Object.hasOwn(known, key)) problems.push(...problemsOf(known[key] as Schema, entry, at(key)));
    else problems.push(...problemsOfExtraKey(schema, key, entry, path));
  }
  return problems;
}

function problemsOfExtraKey(schema: Schema, key: string, entry: Json, around: string): Problem[] {
  const extra = schema.additionalProperties;
  const known = Object.keys(schema.properties ?? {});
  const path = [...(around ? [around] : []), shownKey(key, schema)].join('.');
  if (extra === false) {
    const near = nearest(key, known);
    const remedy = near
      ? `Did you mean ${near}?`
      : known.length
        ? `Known here: ${known.join(', ')}.`
        : undefined;
    return [{ path, found: 'a value that is not declared', expected: 'a declared one', remedy }];
  }
  const named = schema.propertyNames ? problemsOf(schema.propertyNames, key, `${path} (its name)`) : [];
  return typeof extra === 'object' ? [...named, ...problemsOf(extra, entry, path)] : named;
}

/**
 * A key is shown as long as it looks like a name. Among the keys of a secret it may be the secret itself, forgotten behind
 * a colon.
 */
function shownKey(key: string, { properties = {} }: Schema): string {
  const isSecret = Object.values(properties).some(({ writeOnly }) => writeOnly);
  return !isSecret && /^[A-Za-z0-9][-A-Za-z0-9_./]{0,62}$/.test(key)
    ? key
    : `(a key of ${[...key].length} characters)`;
}

function hasType(value: Json | undefined, type: SchemaType | readonly SchemaType[]): boolean {
  if (Array.isArray(type)) return type.some((one) => hasType(value, one));
  switch (type) {
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isMap(value);
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return Number.isFinite(value);
    default:
      return typeof value === type;
  }
}

/** A map of data, from whichever reader: no list, and nothing of a class, which only a program can give. */
function isMap(value: Json | undefined): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function typeNames(type: SchemaType | readonly SchemaType[]): string {
  const names = (typeof type === 'string' ? [type] : type).map((one) => TYPE_NAMES[one]);
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} or ${names.at(-1)}` : `${names[0]}`;
}

const TYPE_NAMES: Readonly<Record<SchemaType, string>> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
};

/** What was given, without a word of it. */
function describe(value: Json | undefined): string {
  if (value === undefined || value === null) return value === null ? 'null' : NOTHING;
  if (typeof value === 'string') return `a text of ${[...value].length} characters`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'a map';
  return typeof value === 'number' ? 'a number' : `a ${typeof value}`;
}
