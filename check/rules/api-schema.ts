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
