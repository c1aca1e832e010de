import type { Json, JsonObject } from '../template';
import { withoutIdleAddress } from '../tree/selectors';
import type { Dump } from './dump';

/** What became of one object in the comparison. */
export interface Verdict {
  /** For example `todo: Deployment/todo-api`. */
  readonly object: string;
  readonly outcome: 'equal' | 'differs' | 'missing with literals' | 'missing with expressions';
  /** The first place that differs, with both sides. */
  readonly difference?: string;
}

/**
 * Compares what a program makes with expressions with what it makes with literals, object by object. A difference that
 * would show what is given for a secret is told by its place alone.
 */
export function compareDumps(withExpressions: Dump, withLiterals: Dump): Verdict[] {
  const charts = new Set([...Object.keys(withExpressions.charts), ...Object.keys(withLiterals.charts)]);
  return [...charts].flatMap((chart) => {
    const left = byIdentity(chart, withExpressions.charts[chart] ?? []);
    const right = byIdentity(chart, withLiterals.charts[chart] ?? []);
    return [...new Set([...left.keys(), ...right.keys()])].map((object) =>
      verdict(object, left.get(object), right.get(object), withExpressions.secrets),
    );
  });
}

function verdict(
  object: string,
  left: JsonObject | undefined,
  right: JsonObject | undefined,
  secrets: Dump['secrets'],
): Verdict {
  if (!left) return { object, outcome: 'missing with expressions' };
  if (!right) return { object, outcome: 'missing with literals' };
  // The path of what a loop makes is another one than that of its entries written out; a selector tells the difference.
  const [ours, literal] = [left, right].map((object) => withoutIdleAddress(object) as JsonObject);
  const found = firstDifference(ours, literal, '');
  const difference = found && inWords(found, left.kind === 'Secret', secrets);
  return difference ? { object, outcome: 'differs', difference } : { object, outcome: 'equal' };
}

function byIdentity(chart: string, objects: readonly JsonObject[]): Map<string, JsonObject> {
  const named = new Map<string, JsonObject>();
  for (const object of objects) {
    const { name, namespace } = (object.metadata ?? {}) as {
      readonly name?: string;
      readonly namespace?: string;
    };
    const place = namespace ? `${namespace}/${name}` : name;
    named.set(distinct(`${chart}: ${object.kind}/${place ?? '(no name)'}`, named), object);
  }
  return named;
}

/** Objects of two groups may be of one kind and name, and some have no name yet: each is compared, in their order. */
function distinct(name: string, taken: ReadonlyMap<string, unknown>): string {
  let free = name;
  for (let count = 2; taken.has(free); count += 1) free = `${name} (${count})`;
  return free;
}

interface Difference {
  readonly path: string;
  /** What is there with expressions, and with literals. */
  readonly sides: readonly (Json | undefined)[];
}

function firstDifference(
  left: Json | undefined,
  right: Json | undefined,
  path: string,
): Difference | undefined {
  if (isContainer(left) && isContainer(right) && Array.isArray(left) === Array.isArray(right)) {
    const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
    for (const key of keys) {
      const [a, b] = [left, right].map((side) => (side as JsonObject)[key]);
      const found = firstDifference(a, b, path ? `${path}.${key}` : key);
      if (found) return found;
    }
    return undefined;
  }
  return left === right ? undefined : { path, sides: [left, right] };
}

function isContainer(json: Json | undefined): json is JsonObject | readonly Json[] {
  return typeof json === 'object' && json !== null;
}

function inWords({ path, sides }: Difference, isSecret: boolean, secrets: Dump['secrets']): string {
  const holdsSecret = (text: string) =>
    [text, Buffer.from(text, 'base64').toString()].some((one) =>
      secrets.some((secret) => one.includes(secret)),
    );
  if (holdsSecret(path)) return 'at a place whose name holds a secret';
  if (isSecret || sides.flatMap(textsIn).some(holdsSecret))
    return `${path}: differs, and is not shown because it may hold a secret`;
  const [ours, literal] = sides.map((json) => (json === undefined ? 'nothing' : JSON.stringify(json)));
  return `${path}: ${ours} with expressions, ${literal} with literals`;
}

/** All texts and keys of a value, and what else it is as a text. */
function textsIn(json: Json | undefined): string[] {
  if (!isContainer(json)) return [String(json)];
  return Object.entries(json).flatMap(([key, inner]) => [key, ...textsIn(inner as Json)]);
}
