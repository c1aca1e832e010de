import { DrydockError, type Field, type Json, type Shape, withDefaults } from '../template';
import { ANY_DATA } from './anything';
import { Declaration, type Defaulted, type GivenFor, type Optional, type ValueOptions } from './declaration';
import { checkFieldName } from './names';
import { badOption, checkBounds, checkOptions, shown } from './options';
import { alphabetOfPattern } from './pattern';
import { problemsOf } from './problems';
import type { Schema } from './schema';
import { titleOf } from './title';

/** Keys of maps: what labels, annotations and file names are made of. */
const KEY = '^[A-Za-z0-9][-A-Za-z0-9_./]{0,252}$';

export interface ListOptions<T> extends ValueOptions<readonly T[]> {
  /** @default 0 */
  readonly minItems?: number;
  /** @default - unlimited */
  readonly maxItems?: number;
}

/** A list. Helm replaces a list as a whole; where single entries are to be set, a map is the better value. */
export function list<T, G>(
  items: Declaration<T, G>,
  options: Optional<ListOptions<NoInfer<GivenFor<T, G>>>>,
): Declaration<readonly T[] | undefined, readonly GivenFor<T, G>[] | undefined>;
export function list<T, G>(
  items: Declaration<T, G>,
  options: Defaulted<ListOptions<NoInfer<GivenFor<T, G>>>>,
): Declaration<readonly T[], readonly GivenFor<T, G>[] | undefined>;
export function list<T, G>(
  items: Declaration<T, G>,
  options: ListOptions<NoInfer<GivenFor<T, G>>>,
): Declaration<readonly T[], readonly GivenFor<T, G>[]>;
export function list<T, G>(
  items: Declaration<T, G>,
  options: ListOptions<NoInfer<GivenFor<T, G>>>,
): Declaration<readonly T[], readonly GivenFor<T, G>[]> {
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

type MapOf<T> = Readonly<Record<string, T>>;

/** A map with free keys, all entries of one kind. Helm merges maps: a given entry is added to the default ones. */
export function map<T, G>(
  entries: Declaration<T, G>,
  options: Optional<ValueOptions<MapOf<NoInfer<GivenFor<T, G>>>>>,
): Declaration<MapOf<T> | undefined, MapOf<GivenFor<T, G>> | undefined>;
export function map<T, G>(
  entries: Declaration<T, G>,
  options: Defaulted<ValueOptions<MapOf<NoInfer<GivenFor<T, G>>>>>,
): Declaration<MapOf<T>, MapOf<GivenFor<T, G>> | undefined>;
export function map<T, G>(
  entries: Declaration<T, G>,
  options: ValueOptions<MapOf<NoInfer<GivenFor<T, G>>>>,
): Declaration<MapOf<T>, MapOf<GivenFor<T, G>>>;
export function map<T, G>(
  entries: Declaration<T, G>,
  options: ValueOptions<MapOf<NoInfer<GivenFor<T, G>>>>,
): Declaration<MapOf<T>, MapOf<GivenFor<T, G>>> {
  checkInner('map', entries);
  checkOptions('map', options);
  return mapOf(KEY, entries, options as ValueOptions<Json>);
}

/** A map whose keys fit a pattern. */
export function mapOf<T, G>(
  keys: string,
  entries: Declaration<T, G>,
  options: ValueOptions<Json>,
): Declaration<MapOf<T>, MapOf<GivenFor<T, G>>> {
  return new Declaration(
    `map of ${entries.kind}`,
    { type: 'map', values: entries.shape, keys: alphabetOfPattern(keys) },
    { type: 'object', additionalProperties: entries.schema, propertyNames: { pattern: keys } },
    options,
  );
}

type Fields = Readonly<Record<string, Declaration<unknown>>>;
type ObjectOf<F extends Fields> = {
  readonly [K in keyof F as undefined extends ReadOf<F[K]> ? never : K]: ReadOf<F[K]>;
} & {
  readonly [K in keyof F as undefined extends ReadOf<F[K]> ? K : never]?: ReadOf<F[K]>;
};
type ReadOf<D> = D extends Declaration<infer T, unknown> ? T : never;

/** What may be given for an object: fields with a default need not be. */
type GivenObjectOf<F extends Fields> = {
  readonly [K in keyof F as undefined extends GivenOfField<F[K]> ? never : K]: GivenOfField<F[K]>;
} & {
  readonly [K in keyof F as undefined extends GivenOfField<F[K]> ? K : never]?: GivenOfField<F[K]>;
};
type GivenOfField<D> = D extends Declaration<infer T, infer G> ? GivenFor<T, G> : never;

/** An object with known fields, as the entries of a list or map. A group of values is written as a plain object. */
export function object<F extends Fields>(
  fields: F,
  options: Optional<ValueOptions<NoInfer<GivenObjectOf<F>>>>,
): Declaration<ObjectOf<F> | undefined, GivenObjectOf<F> | undefined>;
export function object<F extends Fields>(
  fields: F,
  options: ValueOptions<NoInfer<GivenObjectOf<F>>>,
): Declaration<ObjectOf<F>, GivenObjectOf<F>>;
export function object<F extends Fields>(
  fields: F,
  options: ValueOptions<NoInfer<GivenObjectOf<F>>>,
): Declaration<ObjectOf<F>, GivenObjectOf<F>> {
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
    if (field.options.default !== undefined) checkInnerDefault(key, field);
  }
  const entries = Object.entries(fields).map(([key, field]): [string, Field] => [key, fieldOf(field)]);
  return { type: 'object', fields: Object.fromEntries(entries) };
}

function fieldOf({ shape, options }: Declaration<unknown>): Field {
  if (options.default === undefined) return { shape, optional: options.optional === true };
  return { shape, optional: false, default: withDefaults(options.default, shape) };
}

function objectSchema(fields: Fields): Schema {
  const entries = Object.entries(fields);
  return {
    type: 'object',
    properties: Object.fromEntries(
      entries.map(([key, field]) => [
        key,
        {
          title: titleOf(key),
          ...field.schema,
          description: field.options.doc,
          ...(field.options.default === undefined ? {} : { default: field.options.default }),
        },
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

/** Helm fills in nothing inside of a list or map, so each place that reads the field does: a default is one thing there. */
function checkInnerDefault(key: string, { shape, schema, options }: Declaration<unknown>): void {
  const where = `value.object field ${key}`;
  if (shape.type === 'object')
    throw new DrydockError('DEFAULT_IN_OBJECT', {
      where,
      found: 'a default of a whole object',
      expected: 'defaults of its fields',
      remedy: 'Give each field of the inner object a default of its own.',
    });
  const [problem] = problemsOf(schema, options.default);
  if (problem)
    throw badOption(where, `a default that is ${problem.found}`, problem.expected, 'Correct the default.');
}
