import { DrydockError, type Json, type JsonObject, Owner } from '../template';
import { Declaration, type PlainDeclarations } from './declaration';
import type { Declarations } from './declarations';
import { badName } from './names';
import { sampleOf } from './samples';
import type { Schema } from './schema';
import { SecretDeclaration } from './secret';
import { SubchartDeclaration, subchartView } from './subchart-declaration';
import { titleOf } from './title';
import type { ValuesDefinition } from './values-definition';

export type DefinitionParts = Pick<ValuesDefinition, 'owner' | 'declarations' | 'secrets' | 'subcharts'>;

const definitions = new WeakMap<object, ValuesDefinition>();

export function rememberDefinition(values: object, definition: ValuesDefinition): void {
  definitions.set(values, definition);
}

/** The definition behind `defineValues(...)`'s result. */
export function definitionOf(values: object): ValuesDefinition {
  const definition = definitions.get(values);
  if (definition) return definition;
  throw new DrydockError('NOT_A_VALUE', {
    where: 'the values of a chart',
    found: 'an object that defineValues did not give',
    expected: 'what defineValues gives, as it is',
    remedy: 'Pass the object itself; a copy such as { ...values } has no declarations.',
  });
}

export function definitionFrom(parts: DefinitionParts): ValuesDefinition {
  return { ...parts, schema: schemaOf(parts.declarations), defaults: defaultsOf(parts.declarations) };
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
  return definitionFrom({
    owner: new Owner(where),
    declarations: Object.assign({}, ...definitions.map((one) => one.declarations)),
    secrets: definitions.flatMap(({ secrets }) => secrets),
    subcharts: new Map(definitions.flatMap(({ subcharts }) => [...subcharts])),
  });
}

/** Declarations as the printers see them: a secret is a group of `existingSecret` and its keys. */
export function expand(declarations: Declarations): PlainDeclarations {
  const entries = Object.entries(declarations).map(
    ([key, entry]): [string, Declaration<unknown> | PlainDeclarations] => {
      if (entry instanceof Declaration) return [key, entry];
      if (entry instanceof SubchartDeclaration) return [key, entry.declarations];
      return [key, expand(entry instanceof SecretDeclaration ? entry.declarations : entry)];
    },
  );
  return Object.fromEntries(entries);
}

/**
 * The schema of all that may be given to a chart: a parent hands its globals down to every subchart, and `enabled` is
 * where most umbrellas have the switch of a subchart, also those that know nothing of this library.
 */
export function withReleaseKeys(schema: Schema): Schema {
  const enabled: Schema = { type: 'boolean', description: 'Read by the chart that this one is a part of' };
  return { ...schema, properties: { enabled, ...withGlobal(schema).properties } };
}

function withGlobal(schema: Schema): Schema {
  const global: Schema = { type: 'object', description: 'Values shared by all charts of an umbrella' };
  return { ...schema, properties: { global, ...schema.properties } };
}

function schemaOf(declarations: PlainDeclarations): Schema {
  const { global } = declarations;
  if (global === undefined || global instanceof Declaration) return closed(membersOf(declarations));
  const { properties, ...present } = membersOf(declarations);
  return closed({ ...present, properties: { ...properties, global: openSchemaOf(global) } });
}

function groupSchemaOf(declarations: PlainDeclarations): Schema {
  const members = membersOf(declarations);
  const view = subchartView(declarations);
  if (!view) return closed(members);
  // What helm puts among the values of a subchart, and its parent sees there.
  const tags: Schema = { type: 'object' };
  return withGlobal(
    closed(view.hasTags ? { ...members, properties: { ...members.properties, tags } } : members),
  );
}

/** A parent hands all of its globals down, also those that a chart does not know. */
function openSchemaOf(declarations: PlainDeclarations): Schema {
  return { type: 'object', ...membersOf(declarations, openSchemaOf) };
}

function closed(members: Pick<Schema, 'properties' | 'required' | 'allOf'>): Schema {
  return { type: 'object', ...members, additionalProperties: false };
}

function membersOf(declarations: PlainDeclarations, group = groupSchemaOf) {
  const properties: Record<string, Schema> = {};
  const required: string[] = [];
  // There by their defaults, unless a null takes those away.
  const kept: string[] = [];
  for (const [key, entry] of Object.entries(declarations)) {
    const isValue = entry instanceof Declaration;
    properties[key] = { title: titleOf(key), ...(isValue ? valueSchema(entry) : group(entry)) };
    if (mustBeGiven(entry)) required.push(key);
    else if (!isValue || !entry.options.optional) kept.push(key);
  }
  return { properties, required, ...(kept.length > 0 ? { allOf: [{ required: kept }] } : {}) };
}

/** A value with its default, or with an example where it has none. A secret never has an example. */
function valueSchema({ schema, options }: Declaration<unknown>): Schema {
  const { doc: description, default: value } = options;
  if (value !== undefined) return { ...schema, description, default: value };
  const example = schema.enum || schema.writeOnly ? undefined : sampleOf(schema);
  return { ...schema, description, ...(example === undefined ? {} : { examples: [example] }) };
}

/** Whether a value has no default and is not optional; a group, whether it holds such a value. */
function mustBeGiven(entry: Declaration<unknown> | PlainDeclarations): boolean {
  return entry instanceof Declaration ? entry.isRequired : Object.values(entry).some(mustBeGiven);
}

function defaultsOf(declarations: PlainDeclarations): JsonObject {
  const defaults: Record<string, Json> = {};
  for (const [key, entry] of Object.entries(declarations)) {
    if (!(entry instanceof Declaration)) defaults[key] = defaultsOf(entry);
    else if (entry.options.default !== undefined) defaults[key] = entry.options.default;
  }
  return defaults;
}
