import { DrydockError, type Expression, type Item, type Json, type JsonObject, Owner } from '../template';
import { check, NOTHING, type Problem } from './check';
import { Declaration } from './declaration';
import { expressionLeaves, groupValues, literalLeaves } from './groups';
import { literalSet, nextSet } from './literal-mode';
import { mergeValues } from './merge';
import type { Schema } from './schema';
import { SecretDeclaration, type SecretValue } from './secret';

/** Values as a program declares them: declarations, in groups of any depth. */
export interface Declarations {
  readonly [key: string]: Declaration<unknown> | SecretDeclaration<string> | Declarations;
}

/** Declarations without shorthands: every leaf is one value. */
export interface PlainDeclarations {
  readonly [key: string]: Declaration<unknown> | PlainDeclarations;
}

/** The declared values: each an expression of its type, in the groups they were declared in. */
export type Values<D extends Declarations> = {
  readonly [K in keyof D]: D[K] extends Declaration<infer T>
    ? ValueOf<T>
    : D[K] extends SecretDeclaration<infer S>
      ? SecretValue<S>
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
    : D[K] extends SecretDeclaration<infer S>
      ? SecretGiven<S>
      : D[K] extends Declarations
        ? Given<D[K]>
        : never;
};

/** What may be given for a secret. */
type SecretGiven<K extends string> = { readonly [key in K | 'existingSecret']?: string };

/** What is behind a set of values, for the rooms that print and check them. */
export interface ValuesDefinition {
  readonly owner: Owner;
  readonly declarations: PlainDeclarations;
  readonly schema: Schema;
  readonly defaults: JsonObject;
  readonly secrets: readonly SecretValue[];
}

const definitions = new WeakMap<object, ValuesDefinition>();

/** The names that helm itself gives a meaning to, and the one of our own method. */
const RESERVED = ['global', 'tags', 'parse'];
const NAME = /^[a-zA-Z][a-zA-Z0-9_]*$/;

/** Declares the values of a chart. Each is then an expression, to be passed to whatever takes a `Templated<T>`. */
export function defineValues<D extends Declarations>(declarations: D): Values<D> {
  checkNames(declarations, '');
  for (const name of RESERVED) {
    if (Object.hasOwn(declarations, name))
      throw badName(name, `Helm or this library uses the name; call it something else.`);
  }
  const owner = new Owner('values', nextSet(), Object.keys(declarations).join(' '));
  const literals = literalSet(owner);
  const leafOf = literals ? literalLeaves(literals) : expressionLeaves(owner);
  const { values, secrets } = groupValues(declarations, leafOf);
  const definition = definitionFrom(owner, expand(declarations), secrets);
  checkPartially(definition, {}, 'defaults');
  definitions.set(values, definition);
  Object.defineProperty(values, 'parse', { value: (given: JsonObject) => parseValues(definition, given) });
  Object.freeze(values);
  return values as Values<D>;
}

/** The definition behind `defineValues(...)`'s result. */
export function definitionOf(values: object): ValuesDefinition {
  const definition = definitions.get(values);
  if (!definition) throw new TypeError('not made by defineValues');
  return definition;
}

/** The schema of all that may be given: a parent chart hands its globals down to every subchart. */
export function withGlobal(schema: Schema): Schema {
  const global: Schema = { type: 'object', description: 'Values shared by all charts of an umbrella' };
  return { ...schema, properties: { ...schema.properties, global } };
}

export function parseValues(definition: ValuesDefinition, given: JsonObject, where = 'values'): JsonObject {
  const merged = mergeValues(definition.defaults, given);
  const problems = check(withGlobal(definition.schema), merged);
  if (problems.length > 0) throw invalid(problems, where);
  return merged;
}

/** Like `parseValues`, for a part of the values: what is required may still be missing. */
export function checkPartially(definition: ValuesDefinition, given: JsonObject, where: string): void {
  const problems = check(withGlobal(definition.schema), mergeValues(definition.defaults, given));
  const wrong = problems.filter(({ found }) => found !== NOTHING);
  if (wrong.length > 0) throw invalid(wrong, where);
}

/** Environments are written into files that are committed and handed on, so no secret may stand in one. */
export function refuseSecrets({ secrets }: ValuesDefinition, given: JsonObject, where: string): void {
  for (const { path, keys } of secrets) {
    const group = path.reduce<Json | undefined>((at, key) => (at as JsonObject | undefined)?.[key], given);
    const found = keys.find((key) => group !== undefined && Object.hasOwn(group as JsonObject, key));
    if (!found) continue;
    throw new DrydockError('SECRET_IN_ENVIRONMENT', {
      where,
      found: `a value for the secret ${[...path, found].join('.')}`,
      expected: 'no secret in an environment, which is written to a file',
      remedy: `Name a Secret in ${path.join('.')}.existingSecret, or give the value when the chart is installed.`,
    });
  }
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
  const declarations: PlainDeclarations = Object.assign({}, ...definitions.map((one) => one.declarations));
  return definitionFrom(
    new Owner(where),
    declarations,
    definitions.flatMap(({ secrets }) => secrets),
  );
}

function definitionFrom(
  owner: Owner,
  declarations: PlainDeclarations,
  secrets: readonly SecretValue[],
): ValuesDefinition {
  return { owner, declarations, secrets, schema: schemaOf(declarations), defaults: defaultsOf(declarations) };
}

/** Declarations as the printers see them: a secret is a group of `existingSecret` and its keys. */
function expand(declarations: Declarations): PlainDeclarations {
  const entries = Object.entries(declarations).map(
    ([key, entry]): [string, Declaration<unknown> | PlainDeclarations] => {
      if (entry instanceof Declaration) return [key, entry];
      return [key, expand(entry instanceof SecretDeclaration ? entry.declarations : entry)];
    },
  );
  return Object.fromEntries(entries);
}

function schemaOf(declarations: PlainDeclarations): Schema {
  const properties: Record<string, Schema> = {};
  const required: string[] = [];
  for (const [key, entry] of Object.entries(declarations)) {
    const isValue = entry instanceof Declaration;
    properties[key] = isValue ? { ...entry.schema, description: entry.options.doc } : schemaOf(entry);
    if (!isValue || !entry.options.optional) required.push(key);
  }
  return { type: 'object', properties, required, additionalProperties: false };
}

function defaultsOf(declarations: PlainDeclarations): JsonObject {
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
        'Use letters, digits and underscores, beginning with a letter, so that `.Values.name` and `--set name=...` work.',
      );
    const isGroup = !(entry instanceof Declaration) && !(entry instanceof SecretDeclaration);
    if (isGroup) checkNames(entry, `${path}${key}.`);
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
