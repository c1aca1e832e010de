import type { Json } from '../../core/template';

/** A text that is the same for the same data, whatever the order of its keys. */
export function ordered(json: Json): string {
  return JSON.stringify(json, (_, value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
