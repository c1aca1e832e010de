import { DrydockError, type Field, type Json, type Shape } from '../template';
import { Declaration, type ValueOptions } from './declaration';
import { checkFieldName } from './names';
import { badOption, checkBounds, checkOptions, shown } from './options';
import { alphabetOfPattern } from './pattern';
import type { Schema } from './schema';
import { titleOf } from './title';

/**
 * Keys and texts of free-form data: everything except the control characters that JSON inside YAML cannot carry.
 * U+FFFE and U+FFFF are no characters at all.
 */
export const PRINTABLE = '^[^\u007f-\u009f\ufffe\uffff]*$';
/** Keys of maps: what labels, annotations and file names are made of. */
const KEY = '^[A-Za-z0-9][-A-Za-z0-9_./]{0,252}$';

export interface ListOptions<T> extends ValueOptions<readonly T[]> {
  /** @default 0 */
  readonly minItems?: number;
  /** @default - unlimited */
  readonly maxItems?: number;
}

type Optional<O> = O & { readonly optional: true };

/** A list. Helm replaces a list as a whole; where single entries are to be set, a map is the better value. */
export function list<T>(
  items: Declaration<T>,
  options: Optional<ListOptions<NoInfer<T>>>,
): Declaration<readonly T[] | undefined>;
export function list<T>(items: Declaration<T>, options: ListOptions<NoInfer<T>>): Declaration<readonly T[]>;
export function list<T>(items: Declaration<T>, options: ListOptions<NoInfer<T>>): Declaration<readonly T[]> {
  checkInner('list', items);
  checkOptions('list', options, ['minItems', 'maxItems']);
  const { minItems, maxItems } = options;
  const names = ['minItems', 'maxItems'] as const;
  checkBounds('list', { names, low: minItems, high: maxItems, whole: true, least: 0 });
  return new Declaration(
    `list of ${items.kind}`,
    { type: 'list', items: items.shape },
    { type: 'array', items: items.schema, minItems, maxItems },
    options as ValueOptions<Json>,
  );
}

/** A map with free keys, all entries of one kind. Helm merges maps: a given entry is added to the default ones. */
export function map<T>(
  entries: Declaration<T>,
  options: Optional<ValueOptions<Readonly<Record<string, NoInfer<T>>>>>,
): Declaration<Readonly<Record<string, T>> | undefined>;
export function map<T>(
  entries: Declaration<T>,
  options: ValueOptions<Readonly<Record<string, NoInfer<T>>>>,
): Declaration<Readonly<Record<string, T>>>;
export function map<T>(
  entries: Declaration<T>,
  options: ValueOptions<Readonly<Record<string, NoInfer<T>>>>,
): Declaration<Readonly<Record<string, T>>> {
  checkInner('map', entries);
  checkOptions('map', options);
  return new Declaration(
    `map of ${entries.kind}`,
    { type: 'map', values: entries.shape, keys: alphabetOfPattern(KEY) },
    { type: 'object', additionalProperties: entries.schema, propertyNames: { pattern: KEY } },
    options as ValueOptions<Json>,
  );
}

const ANY_DATA: Schema = { $ref: '#/definitions/anything' };

/** Any data but null, which helm reads as "take the default away" in one version and keeps in another. */
export const ANYTHING: Schema = {
  type: ['string', 'number', 'boolean', 'array', 'object'],
  pattern: PRINTABLE,
  items: ANY_DATA,
  additionalProperties: ANY_DATA,
  propertyNames: { pattern: PRINTABLE },
};

type Fields = Readonly<Record<string, Declaration<unknown>>>;
type ObjectOf<F extends Fields> = {
  readonly [K in keyof F as F[K] extends Declaration<infer T>
    ? undefined extends T
      ? never
      : K
    : never]: TypeOf<F[K]>;
} & {
  readonly [K in keyof F as F[K] extends Declaration<infer T>
    ? undefined extends T
      ? K
      : never
    : never]?: TypeOf<F[K]>;
};
type TypeOf<D> = D extends Declaration<infer T> ? T : never;

/** An object with known fields, as the entries of a list or map. A group of values is written as a plain object. */
export function object<F extends Fields>(
  fields: F,
  options: Optional<ValueOptions<NoInfer<ObjectOf<F>>>>,
): Declaration<ObjectOf<F> | undefined>;
export function object<F extends Fields>(
  fields: F,
  options: ValueOptions<NoInfer<ObjectOf<F>>>,
): Declaration<ObjectOf<F>>;
export function object<F extends Fields>(
  fields: F,
  options: ValueOptions<NoInfer<ObjectOf<F>>>,
): Declaration<ObjectOf<F>> {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
    throw badOption(
      'value.object',
      shown(fields),
      'its fields, { name: value.string(...) }',
      'Name its fields.',
    );
  checkOptions('object', options);
  return new Declaration('object', objectShape(fields), objectSchema(fields), options as ValueOptions<Json>);
}

function objectShape(fields: Fields): Shape {
  for (const [key, field] of Object.entries(fields)) {
    checkFieldName(key);
    checkInner(`object field ${key}`, field);
    if (field.options.default !== undefined) throw innerDefault(key);
  }
  const entries = Object.entries(fields).map(([key, field]): [string, Field] => [
    key,
    { shape: field.shape, optional: field.options.optional === true },
  ]);
  return { type: 'object', fields: Object.fromEntries(entries) };
}

function objectSchema(fields: Fields): Schema {
  const entries = Object.entries(fields);
  return {
    type: 'object',
    properties: Object.fromEntries(
      entries.map(([key, field]) => [
        key,
        { title: titleOf(key), ...field.schema, description: field.options.doc },
      ]),
    ),
    required: entries.filter(([, field]) => field.isRequired).map(([key]) => key),
    additionalProperties: false,
  };
}

/**
 * Kubernetes data passed through as it is (tolerations, affinity, a whole security context). Nothing in it is
 * checked but the characters; prefer a typed value where there is one.
 */
export function raw(options: Optional<ValueOptions<Json>>): Declaration<Json | undefined>;
export function raw(options: ValueOptions<Json>): Declaration<Json>;
export function raw(options: ValueOptions<Json>): Declaration<Json> {
  checkOptions('raw', options);
  return new Declaration('data', { type: 'raw' }, { allOf: [ANY_DATA] }, options);
}

/** What a list, map or object is made of is declared too; a secret is none of it, for it is a group of its own. */
function checkInner(kind: string, inner: unknown): void {
  if (inner instanceof Declaration) return;
  throw badOption(
    `value.${kind}`,
    inner === undefined ? 'nothing' : shown(inner),
    'a declared value such as value.string({ doc: "..." })',
    'Declare it with one of the functions of `value`; secrets and subcharts go into groups of `defineValues`.',
  );
}

function innerDefault(key: string): DrydockError {
  return new DrydockError('DEFAULT_IN_OBJECT', {
    where: `value.object field ${key}`,
    found: 'a default',
    expected: 'a field that is required, or `optional: true`',
    remedy:
      'Helm fills in no defaults inside the entries of a list or map; use `.orElse(...)` where the field is read.',
  });
}
