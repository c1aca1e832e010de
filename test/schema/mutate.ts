import type { Json, JsonObject } from '../../core/template';

export interface Mutant {
  readonly object: JsonObject;
  /** What was done to the valid object, such as `spec.replicas = "x"`. */
  readonly change: string;
  /** The field without indexes and keys of maps, for a table: `Deployment spec.replicas = "x"`. */
  readonly kindOfChange: string;
}

const GONE = Symbol('gone');

const TEXTS: readonly string[] = [
  '',
  'UPPER',
  'a b',
  ' a',
  'ä',
  'a_b',
  '-a',
  'a.b',
  'a/b',
  '/a//b',
  'http://x.example.com',
  '1234567',
  'a'.repeat(64),
  'a'.repeat(254),
  '10 GB',
  '10.0.0.0/99',
  '10.0.0.1',
  '-1',
  '150%',
  '*',
];

/** What a value is replaced by: other types, and values of its own type that are near the edges of what is allowed. */
function replacements(value: Json): readonly (Json | typeof GONE)[] {
  const others = [GONE, null, 5, 1.5, true, 'text', [], {}, [null], { zzz: 1 }] as const;
  if (typeof value === 'number') return [...others, -1, 0, 1, 65_535, 65_536, 2 ** 31, 2 ** 40];
  if (typeof value === 'string') return [...others, ...TEXTS];
  if (Array.isArray(value))
    return value.length > 0 ? [...others, [...value, value[0]], [...value, {}]] : others;
  if (typeof value === 'object' && value !== null)
    return [...others, { ...value, zzUnknown: 1 }, { ...value, 'Bad Key!': 'x' }, { ...value, 'a/b/c': 'x' }];
  return others;
}

type Path = readonly (string | number)[];

/** What the address of the request says too, so that it is not the object that would be refused. */
const FIXED = new Set(['apiVersion', 'kind', 'metadata.namespace']);

/** Every change of one place of an object. */
export function mutants(object: JsonObject): Mutant[] {
  return paths(object, []).flatMap((path) => {
    if (path.length === 0 || FIXED.has(path.join('.'))) return [];
    return replacements(at(object, path) as Json).map((replacement) => {
      const said = replacement === GONE ? 'removed' : `= ${shortened(JSON.stringify(replacement))}`;
      const place = path
        .map((step) => (typeof step === 'number' ? '[]' : `.${step}`))
        .join('')
        .slice(1);
      return {
        object: changed(object, path, replacement) as JsonObject,
        change: `${path.join('.')} ${said}`,
        kindOfChange: `${object.kind} ${place} ${said}`,
      };
    });
  });
}

function paths(value: Json, path: Path): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inside = Array.isArray(value)
    ? value.flatMap((one, index) => paths(one, [...path, index]))
    : Object.entries(value).flatMap(([key, one]) => paths(one, [...path, key]));
  return [path, ...inside];
}

function at(value: Json, path: Path): Json | undefined {
  return path.reduce<Json | undefined>(
    (inner, step) => (inner as Record<string | number, Json>)[step],
    value,
  );
}

function changed(value: Json, [step, ...rest]: Path, replacement: Json | typeof GONE): Json {
  if (step === undefined) return replacement as Json;
  if (Array.isArray(value)) {
    const copy = [...value] as Json[];
    if (rest.length === 0 && replacement === GONE) copy.splice(step as number, 1);
    else copy[step as number] = changed(copy[step as number] as Json, rest, replacement);
    return copy;
  }
  const { [step]: old, ...others } = value as Record<string, Json>;
  if (rest.length === 0 && replacement === GONE) return others;
  return { ...(value as JsonObject), [step]: changed(old as Json, rest, replacement) };
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 20)}… (${text.length})` : text;
}
