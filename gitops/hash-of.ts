import { createHash } from 'node:crypto';

/** Says the content of a value: the same for one that is the same as JSON, in the same order. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
