/** One field of an object that the API server refuses. */
export interface Fault {
  /** For example `spec.template.spec.containers[0].ports[0].name`; empty for the object itself. */
  readonly field: string;
  readonly found: string;
  readonly expected: string;
  readonly remedy: string;
}

/** What is said of a fault where its field is known. */
export type FaultFacts = Omit<Fault, 'field' | 'remedy'> & { readonly remedy?: string };

export const FIX_FIELD = 'Fix the field.';

const LONGEST = 80;

/** A value for an error message: short, and on one line. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value !== 'string') return `the ${typeof value} ${value}`;
  const shown = value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
  return value.length > LONGEST
    ? `${JSON.stringify(shown)} of ${value.length} characters`
    : JSON.stringify(shown);
}

/** The type of a value alone, for places that may hold a secret. */
export function describeType(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'object') return describe(value);
  return typeof value === 'string' ? 'a text' : `a ${typeof value}`;
}
