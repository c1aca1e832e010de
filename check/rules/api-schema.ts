import type { Fault } from '../../core/schema';
import { about, type Finding } from '../finding';

/** What the API server would refuse of an object, as findings. */
export function apiSchema(object: unknown, faults: readonly Fault[]): Finding[] {
  return faults.map(({ field, found, expected, remedy }) => ({
    rule: 'api-schema' as const,
    ...about(object),
    field,
    why: `The API server refuses it: found ${found}; expected ${expected}.`,
    fix: remedy,
  }));
}

/** Entries that the server takes as empty ones: no rule looks at an object with them, so it must not pass in silence. */
export function nullEntry(object: unknown, entries: readonly string[], faults: readonly Fault[]): Finding[] {
  const refused = new Set(faults.map(({ field }) => field));
  return entries
    .filter((field) => !refused.has(field))
    .map((field) => ({
      rule: 'null-entry' as const,
      ...about(object),
      field,
      why: 'An entry of the list is null: the API server reads an empty one there, and no rule has looked at this object.',
      fix: 'Remove the entry, or write what it stands for.',
    }));
}
