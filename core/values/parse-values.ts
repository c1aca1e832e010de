import { DrydockError, type Json, type JsonObject } from '../template';
import { Declaration, type PlainDeclarations } from './declaration';
import { withReleaseKeys } from './definition';
import { mergeValues } from './merge';
import { NOTHING, type Problem, problemsOf } from './problems';
import { isSecret } from './secret';
import type { ValuesDefinition } from './values-definition';

/** What is wrong with a whole set of values; `path` is where it is among those of other charts. */
export function problemsIn({ schema }: ValuesDefinition, values: Json | undefined, path = ''): Problem[] {
  return problemsOf(withReleaseKeys(schema), values, path);
}

export function parseValues(definition: ValuesDefinition, given: JsonObject, where = 'values'): JsonObject {
  const merged = mergeValues(definition.defaults, given);
  const problems = problemsIn(definition, merged);
  if (problems.length > 0) throw valuesInvalid(problems, where);
  return merged;
}

/** Like `parseValues`, for a part of the values: what is required may still be missing. */
export function checkPartially(definition: ValuesDefinition, given: JsonObject, where: string): void {
  const problems = problemsOf(withReleaseKeys(definition.schema), mergeValues(definition.defaults, given));
  const wrong = problems.filter(({ found }) => found !== NOTHING);
  if (wrong.length > 0) throw valuesInvalid(wrong, where);
}

/** Environments and defaults are written into files that are committed and handed on, so neither holds a secret. */
export function refuseSecrets(
  { declarations }: Pick<ValuesDefinition, 'declarations'>,
  given: JsonObject,
  where: string,
  code: 'SECRET_IN_ENVIRONMENT' | 'SECRET_IN_DEFAULTS' = 'SECRET_IN_ENVIRONMENT',
): void {
  const path = secretIn(declarations, given);
  if (!path) return;
  throw new DrydockError(code, {
    where,
    found: `a value for the secret ${path.join('.')}`,
    expected: 'no secret in what is written to a file',
    remedy: `Name a Secret in ${path.slice(0, -1).join('.')}.existingSecret, or give the value when the chart is installed.`,
  });
}

function secretIn(declarations: PlainDeclarations, given: JsonObject): readonly string[] | undefined {
  for (const [key, entry] of Object.entries(declarations)) {
    if (!Object.hasOwn(given, key)) continue;
    if (entry instanceof Declaration) {
      if (isSecret(entry)) return [key];
      continue;
    }
    // A null takes a default away, and so may be given for a group.
    const inner = secretIn(entry, (given[key] ?? {}) as JsonObject);
    if (inner) return [key, ...inner];
  }
  return undefined;
}

export function valuesInvalid(problems: readonly Problem[], where: string): DrydockError {
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
