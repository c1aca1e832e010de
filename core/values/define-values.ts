import {
  DrydockError,
  Expression,
  expressionsOf,
  type Item,
  type Json,
  type JsonObject,
  Node,
  Owner,
  type Shape,
} from '../template';
import { check, NOTHING, type Problem } from './check';
import { Declaration } from './declaration';
import { mergeValues } from './merge';
import type { Schema } from './schema';

/** Values as a program declares them: declarations, in groups of any depth. */
export interface Declarations {
  readonly [key: string]: Declaration<unknown> | Declarations;
}

/** The declared values: each an expression of its type, in the groups they were declared in. */
export type Values<D extends Declarations> = {
  readonly [K in keyof D]: D[K] extends Declaration<infer T>
    ? ValueOf<T>
    : D[K] extends Declarations
      ? Values<D[K]>
      : never;
} & ValuesMethods<D>;

type ValueOf<T> = [T] extends [Readonly<Record<string, unknown>> | readonly unknown[]]
  ? Item<T>
  : Expression<T>;

interface ValuesMethods<D extends Declarations> {
  /**
   * The whole set of values for what is given: defaults filled in, checked exactly as helm checks them.
   *
   * Wrong input throws `VALUES_INVALID` with every problem: its path, what was found and what is wanted.
   */
  parse(given: Given<D>): JsonObject;
}

/** Any set of declared values. */
export interface DeclaredValues {
  parse(given: never): JsonObject;
}

/** What may be given for a set of declared values. */
export type GivenOf<V extends DeclaredValues> = V extends { parse(given: infer G): JsonObject }
  ? G
  : JsonObject;

/** What may be given for declared values: any part of them. */
export type Given<D extends Declarations> = {
  readonly [K in keyof D]?: D[K] extends Declaration<infer T>
    ? NonNullable<T>
    : D[K] extends Declarations
      ? Given<D[K]>
      : never;
};

/** What is behind a set of values, for the rooms that print and check them. */
export interface ValuesDefinition {
  readonly owner: Owner;
  readonly declarations: Declarations;
  readonly schema: Schema;
  readonly defaults: JsonObject;
}

const definitions = new WeakMap<object, ValuesDefinition>();

/** The names that helm itself gives a meaning to, and the one of our own method. */
const RESERVED = ['global', 'tags', 'parse'];
const NAME = /^[a-zA-Z][a-zA-Z0-9]*$/;

/** Declares the values of a chart. Each is then an expression, to be passed to whatever takes a `Templated<T>`. */
export function defineValues<D extends Declarations>(declarations: D): Values<D> {
  checkNames(declarations, '');
  for (const name of RESERVED) {
    if (Object.hasOwn(declarations, name))
      throw badName(name, `Helm or this library uses the name; call it something else.`);
  }
  const owner = new Owner('values');
  const values = groupOf(declarations, owner, []) as Values<D>;
  const definition: ValuesDefinition = {
    owner,
    declarations,
    schema: schemaOf(declarations),
    defaults: defaultsOf(declarations),
  };
  checkPartially(definition, {}, 'defaults');
  definitions.set(values, definition);
  Object.defineProperty(values, 'parse', { value: (given: JsonObject) => parseValues(definition, given) });
  Object.freeze(values);
  return values;
}

/** The definition behind `defineValues(...)`'s result. */
export function definitionOf(values: object): ValuesDefinition {
  const definition = definitions.get(values);
  if (!definition) throw new TypeError('not made by defineValues');
  return definition;
}

export function parseValues(definition: ValuesDefinition, given: JsonObject, where = 'values'): JsonObject {
  const merged = mergeValues(definition.defaults, given);
  const problems = check(definition.schema, merged);
  if (problems.length > 0) throw invalid(problems, where);
  return merged;
}

/** Like `parseValues`, for a part of the values: what is required may still be missing. */
export function checkPartially(definition: ValuesDefinition, given: JsonObject, where: string): void {
  const problems = check(definition.schema, mergeValues(definition.defaults, given));
  const wrong = problems.filter(({ found }) => found !== NOTHING);
  if (wrong.length > 0) throw invalid(wrong, where);
}

/** Several sets of values as one chart takes them. */
export function composeDefinitions(
  definitions: readonly ValuesDefinition[],
  where: string,
): ValuesDefinition {
  const names = definitions.flatMap(({ declarations }) => Object.keys(declarations));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice)
    throw badName(`${twice} (in ${where})`, 'The chart declares it already; call it something else.');
  const declarations = Object.assign({}, ...definitions.map((one) => one.declarations)) as Declarations;
  return {
    owner: new Owner(where),
    declarations,
    schema: schemaOf(declarations),
    defaults: defaultsOf(declarations),
  };
}

function groupOf(declarations: Declarations, owner: Owner, path: readonly string[]): object {
  const group = {};
  for (const [key, entry] of Object.entries(declarations)) {
    const at = [...path, key];
    const value = entry instanceof Declaration ? expressionFor(entry, owner, at) : groupOf(entry, owner, at);
    Object.defineProperty(group, key, { value, enumerable: true });
  }
  return path.length === 0 ? group : Object.freeze(group);
}

function expressionFor(declaration: Declaration<unknown>, owner: Owner, at: readonly string[]): unknown {
  const isOptional = declaration.options.optional === true;
  const nodeFor = (path: readonly string[], shape: Shape, optional: boolean) =>
    new Node({ op: 'value', owner, path: [...at, ...path], optional }, shape);
  // An optional object is asked for as a whole (`isSet`), so it stays one expression.
  if (isOptional) return new Expression(nodeFor([], declaration.shape, true));
  return expressionsOf(nodeFor, declaration.shape);
}

function schemaOf(declarations: Declarations): Schema {
  const properties: Record<string, Schema> = {};
  const required: string[] = [];
  for (const [key, entry] of Object.entries(declarations)) {
    const isValue = entry instanceof Declaration;
    properties[key] = isValue ? { ...entry.schema, description: entry.options.doc } : schemaOf(entry);
    if (!isValue || !entry.options.optional) required.push(key);
  }
  return { type: 'object', properties, required, additionalProperties: false };
}

function defaultsOf(declarations: Declarations): JsonObject {
  const defaults: Record<string, Json> = {};
  for (const [key, entry] of Object.entries(declarations)) {
    if (!(entry instanceof Declaration)) defaults[key] = defaultsOf(entry);
    else if (entry.options.default !== undefined) defaults[key] = entry.options.default;
  }
  return defaults;
}

function checkNames(declarations: Declarations, path: string): void {
  for (const [key, entry] of Object.entries(declarations)) {
    if (!NAME.test(key))
      throw badName(
        `${path}${key}`,
        'Use letters and digits, beginning with a letter, so that `.Values.name` and `--set name=...` work.',
      );
    if (!(entry instanceof Declaration)) checkNames(entry, `${path}${key}.`);
    else if (!entry.options.doc?.trim()) throw noDoc(`${path}${key}`);
  }
}

function invalid(problems: readonly Problem[], where: string): DrydockError {
  const lines = problems.map(
    ({ path, found, expected, remedy }) =>
      `  ${path}: found ${found}, expected ${expected}${remedy ? `. ${remedy}` : ''}`,
  );
  return new DrydockError('VALUES_INVALID', {
    where,
    found: `${problems.length === 1 ? '1 problem' : `${problems.length} problems`}\n${lines.join('\n')}\n`,
    expected: 'values as declared',
    remedy: 'Correct them where they are given.',
  });
}

function badName(name: string, remedy: string): DrydockError {
  return new DrydockError('VALUE_NAME', {
    where: 'defineValues',
    found: `the name "${name}"`,
    expected: 'a name for a value',
    remedy,
  });
}

function noDoc(name: string): DrydockError {
  return new DrydockError('VALUE_WITHOUT_DOC', {
    where: 'defineValues',
    found: `"${name}" without a line of documentation`,
    expected: 'doc: "..."',
    remedy: 'The line stands in values.yaml, where whoever installs the chart reads it.',
  });
}
