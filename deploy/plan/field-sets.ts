import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../../kube';

/** Names of fields as the server keeps them for each manager (`fieldsV1`). An empty one is a field with all that is in it. */
export type FieldSet = Readonly<Record<string, unknown>>;

/** An element of a list, and where it is. */
interface Element {
  readonly element: unknown;
  readonly index: number;
}

/** What a set has under an element: it is known by its key fields, by its value, or by its place. */
export function elementIn(node: FieldSet, { element, index }: Element): unknown {
  for (const [key, inner] of Object.entries(node)) {
    if (key === `i:${index}`) return inner;
    if (key.startsWith('v:') && isDeepStrictEqual(JSON.parse(key.slice(2)), element)) return inner;
    if (key.startsWith('k:') && isRecord(element)) {
      const names = JSON.parse(key.slice(2)) as Record<string, unknown>;
      if (Object.entries(names).every(([name, value]) => element[name] === value)) return inner;
    }
  }
  return undefined;
}

/** What is left of a value without the fields that `gone` has and `kept` has not; undefined when that is nothing. */
export function withoutFields(value: unknown, gone: unknown, kept: unknown): unknown {
  if (!isRecord(gone) || isWhole(kept)) return value;
  if (isWhole(gone)) return kept === undefined ? undefined : value;
  const keptHere = isRecord(kept) ? kept : {};
  if (Array.isArray(value)) {
    const left = value
      .map((element: unknown, index) => {
        const at = { element, index };
        return withoutFields(element, elementIn(gone, at), elementIn(keptHere, at));
      })
      .filter((element) => element !== undefined);
    return left.length === 0 && value.length > 0 && !('.' in keptHere) ? undefined : left;
  }
  if (!isRecord(value)) return value;
  const entries = Object.entries(value);
  const left = entries
    .map(([key, inner]) => [key, withoutFields(inner, gone[`f:${key}`], keptHere[`f:${key}`])] as const)
    .filter(([, inner]) => inner !== undefined);
  return left.length === 0 && entries.length > 0 && !('.' in keptHere) ? undefined : Object.fromEntries(left);
}

function isWhole(fields: unknown): boolean {
  return isRecord(fields) && Object.keys(fields).length === 0;
}

/** All fields of both. What one owns as a whole and the other in part is owned as both say. */
export function unionOf(one: FieldSet, other: FieldSet | undefined): FieldSet {
  const all: Record<string, unknown> = { ...one };
  for (const [key, inner] of Object.entries(other ?? {})) {
    const known = all[key];
    all[key] = isRecord(known) && isRecord(inner) ? unionOf(known, inner) : inner;
  }
  return all;
}

/** The fields of a set in words, the deepest ones: `spec.template.spec.containers[name=web].image`. */
export function pathsIn(fields: unknown, before = ''): string[] {
  if (!isRecord(fields)) return [];
  return Object.entries(fields).flatMap(([key, inner]) => {
    if (key === '.') return [];
    const path = `${before}${stepInWords(key, before === '')}`;
    const deeper = pathsIn(inner, path);
    return deeper.length > 0 ? deeper : [path];
  });
}

function stepInWords(key: string, isFirst: boolean): string {
  const rest = key.slice(2);
  if (key.startsWith('f:')) {
    if (!/^[\w-]+$/.test(rest)) return `["${rest}"]`;
    return isFirst ? rest : `.${rest}`;
  }
  if (!key.startsWith('k:')) return `[${rest}]`;
  const names = Object.entries(JSON.parse(rest) as Record<string, unknown>);
  return `[${names.map(([name, value]) => `${name}=${String(value)}`).join(',')}]`;
}
