import {
  carriedNode,
  Expression,
  isNode,
  mayBeAbsent,
  Node,
  type Plain,
  shapeOf,
  spreadNodesOf,
  type Templated,
  type TemplatedItem,
  type Tree,
  treeOf,
} from '../core/template';

/** Something that holds or not: known now, or when the chart is installed. */
export type Condition = boolean | Expression<boolean>;

export function not(condition: Condition): Condition {
  return typeof condition === 'boolean' ? !condition : condition.not();
}

export function all(...conditions: readonly Condition[]): Condition {
  if (conditions.includes(false)) return false;
  const [first, ...rest] = conditions.filter((one): one is Expression<boolean> => one !== true);
  return first ? (rest.length > 0 ? first.and(...rest) : first) : true;
}

export function any(...conditions: readonly Condition[]): Condition {
  if (conditions.includes(true)) return true;
  const [first, ...rest] = conditions.filter((one): one is Expression<boolean> => one !== false);
  return first ? (rest.length > 0 ? first.or(...rest) : first) : false;
}

/** What is there of something optional. */
type There<G> = G extends Expression<infer T> ? Expression<Exclude<T, undefined>> : Exclude<G, undefined>;

/** What was given, or the default, also where an optional value is not set when the chart is installed. */
export function orDefault<G, F>(given: G, fallback: F): There<G> | F {
  if (given === undefined) return fallback;
  const { orElse } = given as { readonly orElse?: (fallback: unknown) => unknown };
  const isOptional = typeof given === 'object' && orElse !== undefined && !isSure(given);
  return (isOptional ? orElse.call(given, fallback) : given) as There<G>;
}

/** Whether something optional was given. */
export function isGiven(given: unknown): Condition {
  return given instanceof Expression && !isSure(given) ? given.isSet : given !== undefined;
}

/** Whether it is there, whatever is given at installation. */
function isSure(given: unknown): boolean {
  const node = carriedNode(given);
  return node !== undefined && !mayBeAbsent(node);
}

/** One of two, or nothing where the condition is false and there is no second. */
export function pick<A, B = undefined>(
  condition: Condition,
  yes: A,
  no?: B,
): A | B | Expression<Plain<A> | Plain<B>> {
  if (typeof condition === 'boolean') return condition ? yes : (no as B);
  if (yes === undefined)
    return no === undefined ? (no as B) : (condition.not().then(no) as Expression<Plain<A> | Plain<B>>);
  return condition.then(yes, no);
}

/** An entry of a list that is there where the condition holds. */
export function entryWhere<T>(condition: Condition, entry: Templated<T>): TemplatedItem<T> {
  return pick(condition, entry) as TemplatedItem<T>;
}

/**
 * An expression as what it comes to: a manifest takes both in the same place. The types of its entries are those of
 * the program's lists and maps, which the compiler cannot tell from those behind expressions.
 */
export function asComesTo<T>(expression: Expression<unknown>): T {
  return expression as never;
}

export function atLeast(number: Templated<number>, minimum: number): Condition {
  return number instanceof Expression ? number.ge(minimum) : number >= minimum;
}

/** What is made of each entry of a list that may be an expression. */
export function mapList<T, U>(list: Templated<readonly T[]>, each: (item: Templated<T>) => U): readonly U[] {
  if (list instanceof Expression) return asComesTo(list.map((item) => each(item as Templated<T>)));
  return (list as readonly Templated<T>[]).map(each);
}

/** Whether a list that may be an expression has entries. */
export function isFilled(list: Templated<readonly unknown[]>): Condition {
  return list instanceof Expression ? not(list.isEmpty) : (list as readonly unknown[]).length > 0;
}

/** A list, or nothing where it has no entries, also where only the installation knows. */
export function nonEmpty<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  if (!list || list.length === 0) return undefined;
  if (carriedNode(list)) return filled(list);
  const body = treeOf(list) as readonly Tree[];
  const isKnown = body.some((entry) => !(isNode(entry) && entry.op.op === 'splice') && !mayBeAbsent(entry));
  if (isKnown) return list;
  return asComesTo(new Expression(new Node({ op: 'compact', body }, shapeOf(body))));
}

/** The same of a map, some of whose entries may be absent. */
export function nonEmptyMap<T extends object>(map: T): T | undefined {
  const body = treeOf(map) as Tree;
  const isOpen = isNode(body) || spreadNodesOf(map).length > 0;
  const entries = isOpen ? [] : Object.values(body as object);
  if (entries.some((entry: Tree) => !mayBeAbsent(entry))) return map;
  if (!isOpen && entries.length === 0) return undefined;
  return asComesTo(new Expression(new Node({ op: 'compact', body }, shapeOf(body))));
}

/** A declared list or map, or nothing where it is empty: an empty block says nothing to a reader. */
export function filled<T>(collection: T): T {
  if (isEmptyLiteral(collection)) return undefined as T;
  const node = carriedNode(collection);
  if (!node || (node.shape.type !== 'map' && node.shape.type !== 'list')) return collection;
  if (mayBeAbsent(node)) return filled(orDefault(collection, node.shape.type === 'list' ? [] : {})) as T;
  const { isEmpty } = collection as { readonly isEmpty: Expression<boolean> };
  return pick(isEmpty.not(), collection) as T;
}

function isEmptyLiteral(collection: unknown): boolean {
  return (
    typeof collection === 'object' &&
    collection !== null &&
    !carriedNode(collection) &&
    Object.keys(collection).length === 0
  );
}
