import type { Json } from './nodes';
import { setOwnKey } from './own-key';

/**
 * What is known of a value before anyone gives it: its type and, for strings, which characters it can hold.
 * The printer picks the shortest template that is exact for everything the shape allows, so a shape that claims
 * too much is a wrong chart. `any` claims nothing.
 */
export type Shape =
  | {
      readonly type: 'string';
      readonly text: Alphabet;
      /** What the schema of the value holds every text against, so that nothing needs to ask again. */
      readonly pattern?: string;
      /** All texts that it can be. */
      readonly choices?: readonly string[];
    }
  | { readonly type: 'integer'; readonly min: number; readonly max: number }
  | { readonly type: 'number' }
  | { readonly type: 'boolean' }
  | { readonly type: 'list'; readonly items: Shape }
  | { readonly type: 'map'; readonly values: Shape; readonly keys: Alphabet }
  | { readonly type: 'object'; readonly fields: Readonly<Record<string, Field>> }
  | { readonly type: 'raw' };

/** One key of an object: an optional one may be absent, one with a default is that where it was not given. */
export interface Field {
  readonly shape: Shape;
  readonly optional: boolean;
  readonly default?: Json;
}

/**
 * - `plain`: letters, digits and punctuation that mean nothing inside YAML double quotes, so it can be written
 *   between quotes as it is.
 * - `quotable`: no `<`, so `quote` alone is exact (helm deletes the text `<no value>` from whatever it prints).
 * - `any`: everything that a values file can hold.
 */
export type Alphabet = 'plain' | 'quotable' | 'any';

/** Characters of the `plain` alphabet. */
export const PLAIN_TEXT = /^[A-Za-z0-9 _.,:;/@+=~^!?()[\]|*&$%#'>-]*$/;

export const BOOLEAN: Shape = { type: 'boolean' };
export const ANY_TEXT: Shape = { type: 'string', text: 'any' };
export const PLAIN_STRING: Shape = { type: 'string', text: 'plain' };
/** The integers that JavaScript, JSON and helm's float64 all hold exactly. */
export const SAFE_INTEGER: Shape = {
  type: 'integer',
  min: Number.MIN_SAFE_INTEGER,
  max: Number.MAX_SAFE_INTEGER,
};

export function alphabetOf(text: string): Alphabet {
  if (PLAIN_TEXT.test(text)) return 'plain';
  return text.includes('<') ? 'any' : 'quotable';
}

const ORDER: readonly Alphabet[] = ['plain', 'quotable', 'any'];

/** The alphabet of text made of both. */
export function widerAlphabet(a: Alphabet, b: Alphabet): Alphabet {
  return ORDER[Math.max(ORDER.indexOf(a), ORDER.indexOf(b))] as Alphabet;
}

/** A shape that holds for a value of either shape. */
export function joinShapes(a: Shape, b: Shape): Shape {
  if (a.type === 'string' && b.type === 'string') {
    return { type: 'string', text: widerAlphabet(a.text, b.text) };
  }
  if (a.type === 'integer' && b.type === 'integer') {
    return { type: 'integer', min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
  }
  if (isNumeric(a) && isNumeric(b)) return { type: 'number' };
  if (a.type === 'boolean' && b.type === 'boolean') return a;
  if (a.type === 'list' && b.type === 'list') return { type: 'list', items: joinShapes(a.items, b.items) };
  return { type: 'raw' };
}

/** Whether something inside a value of the shape is filled in where it is read, since helm does not do that. */
export function hasDefaults(shape: Shape): boolean {
  if (shape.type === 'list') return hasDefaults(shape.items);
  if (shape.type === 'map') return hasDefaults(shape.values);
  if (shape.type !== 'object') return false;
  return Object.values(shape.fields).some((field) => field.default !== undefined || hasDefaults(field.shape));
}

/** A value with the defaults of fields that were not given. */
export function withDefaults(value: Json, shape: Shape): Json {
  if (!hasDefaults(shape) || typeof value !== 'object' || value === null) return value;
  if (shape.type === 'list') return (value as readonly Json[]).map((item) => withDefaults(item, shape.items));
  const fieldOf = (key: string) => (shape.type === 'object' ? own(shape.fields, key) : undefined);
  const inner = (key: string) => (shape.type === 'map' ? shape.values : fieldOf(key)?.shape);
  const result: Record<string, Json> = {};
  for (const [key, entry] of Object.entries(value))
    setOwnKey(result, key, withDefaults(entry, inner(key) ?? { type: 'raw' }));
  if (shape.type === 'object')
    for (const [key, field] of Object.entries(shape.fields))
      if (field.default !== undefined && !Object.hasOwn(result, key)) setOwnKey(result, key, field.default);
  return result;
}

function own<T>(fields: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}

export function isNumeric(shape: Shape): boolean {
  return shape.type === 'integer' || shape.type === 'number';
}

export function isScalar(shape: Shape): boolean {
  return shape.type === 'string' || shape.type === 'boolean' || isNumeric(shape);
}
