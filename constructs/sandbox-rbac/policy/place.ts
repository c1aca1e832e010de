import { celField } from './cel';
import type { Part, Rule } from './rule';

/** Where the walk over a template is: the field, and the CEL expression that reads it. */
export interface Place {
  readonly part: Part;
  /** From the root of the Job. */
  readonly path: string;
  /** An optional value of CEL, or the root of one. */
  readonly cel: string;
}

export function inside({ part, path, cel }: Place, key: string): Place {
  return { part, path: `${path}.${key}`, cel: celField(cel, key) };
}

export function pathOf({ part, path }: Place): Pick<Rule, 'part' | 'path'> {
  return { part, path };
}

/** The scalar at a place as text, for messages. */
export function foundAt({ cel }: Place): string {
  return `${cel}.optMap(value, string(value)).orValue('nothing')`;
}

/** The map at a place; the roots are maps already. */
export function mapAt({ cel }: Place): string {
  return /^variables\.\w+$/.test(cel) ? cel : `${cel}.orValue({})`;
}
