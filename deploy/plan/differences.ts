import { isDeepStrictEqual } from 'node:util';
import { isRecord, stringifyJson } from '../../kube';

/** One step into an object: a key of a map, or an element of a list. */
export type Step = { readonly key: string } | { readonly index: number; readonly element: unknown };

/** A field whose value is another one, as deep inside as they differ. */
export interface RawDifference {
  readonly steps: readonly Step[];
  /** Undefined for a field that comes or goes. */
  readonly before: unknown;
  readonly after: unknown;
}

/** What the server keeps for itself, and what says nothing of what was asked for. */
const BOOKKEEPING = [
  ...['managedFields', 'resourceVersion', 'generation', 'uid', 'creationTimestamp', 'selfLink'],
  ...['deletionTimestamp', 'deletionGracePeriodSeconds'],
];

/** An object without its state and the server's bookkeeping. */
export function withoutBookkeeping(object: object): Readonly<Record<string, unknown>> {
  const { status: _status, metadata, ...rest } = object as Readonly<Record<string, unknown>>;
  const kept = Object.entries(isRecord(metadata) ? metadata : {}).filter(
    ([key]) => !BOOKKEEPING.includes(key),
  );
  return { ...rest, metadata: Object.fromEntries(kept) };
}

/** Field by field. Elements of a list are the same one when they have the same name, or what their kind has for one. */
export function differences(before: unknown, after: unknown, steps: readonly Step[] = []): RawDifference[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) => differences(before[key], after[key], [...steps, { key }]));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const pairs = paired(before, after);
    if (pairs) {
      return pairs.flatMap(({ index, was, is }) =>
        differences(was, is, [...steps, { index, element: is ?? was }]),
      );
    }
  }
  return [{ steps, before, after }];
}

interface Pair {
  readonly index: number;
  readonly was: unknown;
  readonly is: unknown;
}

/** Undefined for lists that are compared as a whole. */
function paired(before: readonly unknown[], after: readonly unknown[]): Pair[] | undefined {
  const name = nameOfElements([...before, ...after]);
  if (name === undefined) return undefined;
  const old = new Map(before.map((element) => [name(element), element]));
  const now = new Map(after.map((element) => [name(element), element]));
  if (old.size !== before.length || now.size !== after.length) return undefined;
  const common = (list: readonly unknown[], other: ReadonlyMap<string, unknown>) =>
    list.map(name).filter((one) => other.has(one));
  // A list in another order is another list.
  if (!isDeepStrictEqual(common(before, now), common(after, old))) return undefined;
  return [
    ...after.map((is, index) => ({ index, was: old.get(name(is)), is })),
    ...before.map((was, index) => ({ index, was, is: undefined })).filter(({ was }) => !now.has(name(was))),
  ];
}

/** Fields that name an element, the first that all elements have. */
const NAMES: ReadonlyArray<readonly string[]> = [
  ['name'],
  ['containerPort', 'protocol'],
  ['port', 'protocol'],
  ['mountPath'],
  ['devicePath'],
  ['topologyKey', 'whenUnsatisfiable'],
  ['ip'],
  ['key'],
  ['host'],
  ['path'],
  ['type'],
];

function nameOfElements(elements: readonly unknown[]): ((element: unknown) => string) | undefined {
  const fields = NAMES.find(([first]) =>
    elements.every((element) => isRecord(element) && element[first as string] !== undefined),
  );
  return (
    fields && ((element) => stringifyJson(fields.map((field) => (element as Record<string, unknown>)[field])))
  );
}

/** `spec.template.spec.containers[name=web].image`, `metadata.annotations["a.b/c"]`. */
export function pathInWords(steps: readonly Step[]): string {
  const parts = steps.map((step, at) => {
    if ('key' in step) {
      if (!/^[\w-]+$/.test(step.key)) return `["${step.key}"]`;
      return at === 0 ? step.key : `.${step.key}`;
    }
    const { element, index } = step;
    const field = NAMES.map(([first]) => first as string).find(
      (one) => isRecord(element) && element[one] !== undefined,
    );
    return field && isRecord(element) ? `[${field}=${String(element[field])}]` : `[${index}]`;
  });
  return parts.join('');
}
