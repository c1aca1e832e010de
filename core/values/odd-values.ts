import type { Json, JsonObject } from '../template';
import { Declaration, type PlainDeclarations } from './declaration';
import { problemsOf } from './problems';
import { isSecret } from './secret';
import type { ValuesDefinition } from './values-definition';

/** Text that breaks out of whatever it is put into without care. */
const ODD_TEXT = `"'\\ \n{{<no value>: #`;

/**
 * Valid values that are as unlike the given ones as the schema lets them be: flags flipped, numbers and lists changed,
 * texts with characters that need quoting. What a program does wrong with its values shows with these, not with tame
 * defaults.
 */
export function oddValues(definition: ValuesDefinition, given: JsonObject): JsonObject {
  return oddGroup(definition.declarations, given);
}

function oddGroup(declarations: PlainDeclarations, given: JsonObject): JsonObject {
  const entries = Object.entries(declarations).flatMap(([key, entry]): [string, Json][] => {
    if (!(entry instanceof Declaration)) return [[key, oddGroup(entry, (given[key] ?? {}) as JsonObject)]];
    // Made-up values are shown where they make a difference, so nothing in them comes from a secret.
    const value = isSecret(entry) ? undefined : given[key];
    const odd = candidates(value).find((candidate) => problemsOf(entry.schema, candidate).length === 0);
    const result = odd ?? value;
    return result === undefined ? [] : [[key, result]];
  });
  return Object.fromEntries(entries);
}

function candidates(value: Json | undefined): Json[] {
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'number') return [value + 1, value - 1];
  if (typeof value === 'string') return [`${value}${ODD_TEXT}`, `${value}x`, `x${value}`];
  if (Array.isArray(value))
    return [[...value, ...value.slice(0, 1).flatMap(candidates).slice(0, 1)], value.slice(1)];
  // What was not given is given: a text, as most optional values are, or what else is taken.
  return value === undefined ? [ODD_TEXT, 'odd', 1, true] : [];
}
