import { carriedNode, Expression, isNode, Loop, Node, nearest } from '../template';
import { isOpen, isSplice, type Need, OPEN, PropShape, type ShapeWords, unmet } from './prop-shape';
import type { Requirement } from './requirement';

/**
 * A shape for each prop of an interface, required where the interface requires it. A prop without a shape, and a shape
 * without a prop, do not compile.
 */
export type FieldsOf<P> = {
  readonly [K in keyof P]-?: undefined extends P[K] ? PropShape<'optional'> : PropShape<'required'>;
};

export interface ObjectOptions {
  /** @default - an object with its props */
  readonly expected?: string;
  /** A prop that switches the whole off: then nothing is asked of the others. */
  readonly switchedBy?: string;
  /** Whether an expression may be given for the whole of it; the API server judges its content. @default false */
  readonly takesWhole?: boolean;
}

/** An object with known props. What else is in it is told with the nearest known name. */
export function object<P extends object>(fields: FieldsOf<P>, options: ObjectOptions = {}): PropShape {
  const known = Object.keys(fields);
  const { expected = `an object with ${someOf(known)}`, switchedBy, takesWhole } = options;
  const words: ShapeWords = { expected, remedy: 'Give its props one by one.' };
  return new PropShape(words, (given, prop) => {
    if (takesWhole && given instanceof Expression) return data().requirements(given, prop);
    if (!isObject(given) || given instanceof Expression) return [unmet(words, given, prop)];
    if (!takesWhole && isOpen(given)) return [spread(words, given, prop)];
    const entries = given as Readonly<Record<string, unknown>>;
    const unknown = Object.keys(entries).filter((name) => !Object.hasOwn(fields, name));
    const shapes = Object.entries(fields) as [string, PropShape<Need>][];
    const requirements = shapes.flatMap(([name, shape]) =>
      shape.requirements(Object.hasOwn(entries, name) ? entries[name] : undefined, at(prop, name)),
    );
    return [
      ...unknown.map((name) => unknownProp(name, at(prop, name), known)),
      ...(switchedBy ? whereOn(entries[switchedBy], requirements) : requirements),
    ];
  });
}

/** A map of values that is spread among props: which of them it holds is not known when the program runs. */
function spread(words: ShapeWords, given: unknown, prop: string): Requirement {
  const remedy = 'Give its props one by one: the program has to see which there are.';
  return { ...unmet(words, given, prop, remedy), found: OPEN };
}

/**
 * What is asked of something that may be switched off. What is switched off may hold anything, so that a program with
 * values and the same program with literals refuse alike; but what has to be given is asked in any case.
 */
function whereOn(isOn: unknown, requirements: readonly Requirement[]): readonly Requirement[] {
  const isOff = isOn instanceof Expression ? (isOn as Expression<boolean>).not() : isOn === false;
  if (isOff === false) return requirements;
  return requirements.flatMap((one): readonly Requirement[] => {
    if (isMissing(one)) return [one];
    if (isOff === true) return [];
    return [{ ...one, holds: one.holds === false ? isOff : isOff.or(one.holds) }];
  });
}

function isMissing({ code }: Requirement): boolean {
  return code === 'PROP_MISSING' || code === 'PROP_UNKNOWN';
}

function unknownProp(name: string, prop: string, known: readonly string[]): Requirement {
  const near = nearest(name, known);
  return {
    code: 'PROP_UNKNOWN',
    prop,
    holds: false,
    found: 'a prop that is not known',
    expected: `one of ${known.join(', ')}`,
    remedy: near ? `Did you mean ${near}?` : `Remove it.`,
  };
}

/** A map with free keys. A declared map of values may be given for all of it, or be spread into it. */
export function map(keys: PropShape, values: PropShape<Need>, expected: string): PropShape {
  const words: ShapeWords = { expected, remedy: 'Give an object with a text for each key.' };
  return new PropShape(words, (given, prop) => {
    const type = carriedNode(given)?.shape.type;
    if (given instanceof Expression)
      return type === 'map' || type === 'raw' || type === 'object'
        ? ofEntries(given, values, prop)
        : [unmet(words, given, prop)];
    if (!isObject(given)) return [unmet(words, given, prop)];
    return Object.entries(given).flatMap(([key, value]) => [
      ...keys.requirements(key, at(prop, key)),
      ...values.required().requirements(value, at(prop, key)),
    ]);
  });
}

export interface ListLimits {
  /** @default 0 */
  readonly minItems?: number;
  /** @default - a list */
  readonly expected?: string;
}

/** A list. A declared list may be given for all of it, or be spread into it. */
export function list(items: PropShape<Need>, { minItems = 0, expected }: ListLimits = {}): PropShape {
  const words: ShapeWords = {
    expected:
      expected ??
      (minItems > 0
        ? `a list with at least ${minItems} of: ${items.words.expected}`
        : `a list of: ${items.words.expected}`),
    remedy: 'Write it in brackets: [...].',
  };
  return new PropShape(words, (given, prop) => {
    const type = carriedNode(given)?.shape.type;
    if (given instanceof Expression)
      return type === 'list' || type === 'raw' ? ofEntries(given, items, prop) : [unmet(words, given, prop)];
    if (!Array.isArray(given)) return [unmet(words, given, prop)];
    if (given.length < minItems) return [unmet(words, given, prop, 'Add what is missing.')];
    return given.flatMap((item: unknown, index) =>
      isSplice(item)
        ? ofEntries(new Expression(item.op.list), items, prop)
        : items.required().requirements(item, `${prop}[${index}]`),
    );
  });
}

/** What is wrong with every entry of a list or map of values because of its kind; of the rest nothing is known yet. */
function ofEntries(given: unknown, shape: PropShape<Need>, prop: string): readonly Requirement[] {
  const known = carriedNode(given)?.shape;
  const entry = known?.type === 'list' ? known.items : known?.type === 'map' ? known.values : undefined;
  if (!entry || entry.type === 'raw') return [];
  const one = new Node({ op: 'item', loop: new Loop(entry), path: [], optional: false }, entry);
  return shape
    .required()
    .requirements(new Expression(one), prop)
    .filter(({ holds }) => holds === false)
    .map((wrong) => ({ ...wrong, found: `a value whose entries are of another kind: ${wrong.found}` }));
}

/** The kinds of which a prop can be, each with what is asked of that kind. */
export interface Kinds {
  readonly text?: PropShape<Need>;
  readonly number?: PropShape<Need>;
  readonly boolean?: PropShape<Need>;
  readonly list?: PropShape<Need>;
  readonly object?: PropShape<Need>;
}

/** A prop that can be of more than one kind; what is wrong is told by the rules of the kind that was given. */
export function byKind(kinds: Kinds, expected: string): PropShape {
  const words: ShapeWords = { expected, remedy: 'Give one of those.' };
  return new PropShape(words, (given, prop) => {
    const kind = kinds[kindFor(given) as keyof Kinds];
    return kind ? kind.requirements(given, prop) : [unmet(words, given, prop)];
  });
}

function kindFor(given: unknown): string {
  const type = carriedNode(given)?.shape.type ?? (Array.isArray(given) ? 'list' : typeof given);
  if (type === 'integer') return 'number';
  if (type === 'map' || type === 'raw') return 'object';
  return type === 'string' ? 'text' : type;
}

/** An object in one of a few forms, told apart by the key that only that form has. */
export function forms(shapes: Readonly<Record<string, PropShape<Need>>>, expected: string): PropShape {
  const words: ShapeWords = {
    expected,
    remedy: `Give an object with ${Object.keys(shapes).join(', or with ')}.`,
  };
  return new PropShape(words, (given, prop) => {
    if (!isObject(given) || given instanceof Expression) return [unmet(words, given, prop)];
    const form = Object.entries(shapes).find(([key]) => Object.hasOwn(given, key))?.[1];
    return form ? form.requirements(given, prop) : [unmet(words, given, prop)];
  });
}

/** Kubernetes data in the form that Kubernetes gives it: only the kind is asked here, the API's own schema asks the rest. */
export function data(): PropShape {
  const words: ShapeWords = {
    expected: 'an object as Kubernetes writes it',
    remedy: 'See the Kubernetes API for its fields.',
  };
  return new PropShape(words, (given, prop) => {
    const type = carriedNode(given)?.shape.type;
    const isData = type ? ['map', 'object', 'raw'].includes(type) : isObject(given);
    return isData ? [] : [unmet(words, given, prop)];
  });
}

/** Exactly this and nothing else. */
export function exactly(only: boolean | string | number): PropShape {
  const words: ShapeWords = { expected: String(only), remedy: `Write ${only}, or leave it out.` };
  return new PropShape(words, (given, prop) => (given === only ? [] : [unmet(words, given, prop)]));
}

/** Whatever a question of the caller's own says is right, such as whether it is one of his constructs. */
export function custom(isRight: (given: unknown) => boolean, words: ShapeWords): PropShape {
  return new PropShape(words, (given, prop) => (isRight(given) ? [] : [unmet(words, given, prop)]));
}

function isObject(given: unknown): given is object {
  return (
    typeof given === 'object' &&
    given !== null &&
    !Array.isArray(given) &&
    (carriedNode(given) !== undefined || !isNode(given))
  );
}

function at(prop: string, name: string): string {
  return prop ? `${prop}.${name}` : name;
}

function someOf(names: readonly string[]): string {
  return names.length > 6 ? `${names.slice(0, 6).join(', ')} and others` : names.join(', ');
}
