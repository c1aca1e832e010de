import { isRecord, type Resource } from '../../kube';

export const SEPARATOR = '\u0000';
const IDENTITY = ['name', 'namespace', 'uid', 'resourceVersion', 'managedFields', 'deletionTimestamp'];

/** Every field of an object but its identity; a list is one field, and so is an empty map but that of labels or annotations. */
export function leavesOf(object: object): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  const walk = (value: unknown, way: readonly string[]) => {
    if (isRecord(value) && (Object.keys(value).length > 0 || way.length === 0)) {
      for (const [key, inner] of Object.entries(value)) {
        const isIdentity = way.length === 0 && ['apiVersion', 'kind', 'status'].includes(key);
        if (isIdentity || (way.length === 1 && way[0] === 'metadata' && IDENTITY.includes(key))) continue;
        walk(inner, [...way, key]);
      }
    } else if (value !== undefined && !(way.length <= 2 && way[0] === 'metadata' && isRecord(value))) {
      leaves.set(way.join(SEPARATOR), value);
    }
  };
  walk(object, []);
  return leaves;
}

/** The fields that the model's server fills in, and that its webhook sets at each apply of ours; they have no owner. */
const DEFAULT = ['defaulted', 'by the server'] as const;
const MUTATED = [`metadata${SEPARATOR}annotations${SEPARATOR}mutated`, 'by a webhook'] as const;

export function fillIn({ kind }: Resource, leaves: Map<string, unknown>): void {
  if (kind === 'ConfigMap' && !leaves.has(DEFAULT[0])) leaves.set(...DEFAULT);
}

export function mutate({ kind }: Resource, leaves: Map<string, unknown>): void {
  if (kind === 'ConfigMap') leaves.set(...MUTATED);
}

/** As the server writes it: amounts have one way to be written. */
export function normalisedText(value: unknown): unknown {
  const [, thousands] = (typeof value === 'string' && /^(\d+)000m$/.exec(value)) || [];
  return thousands ?? value;
}

export function normalised(leaves: ReadonlyMap<string, unknown>): Map<string, unknown> {
  return new Map([...leaves].map(([field, value]) => [field, normalisedText(value)]));
}

export function objectOf(leaves: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [path, value] of leaves) {
    const keys = path.split(SEPARATOR);
    let at = object;
    for (const key of keys.slice(0, -1)) at = inside(at, key);
    const last = keys.at(-1)!;
    // An empty map is made anew, since what others have put into it is put in here too.
    if (isRecord(value)) inside(at, last);
    else at[last] = value;
  }
  return object;
}

/** The map under a key, made where there is none. */
export function inside(map: Record<string, unknown>, key: string): Record<string, unknown> {
  map[key] ??= {};
  return map[key] as Record<string, unknown>;
}
