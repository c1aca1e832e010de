import { affix, atMost, collection, comparison, condition, presentScalar, textFunction } from './build';
import {
  asText,
  choicesOf,
  joined,
  mapNode,
  orElseShape,
  orEmpty,
  scalarEntry,
  whereThere,
} from './collections';
import { boundedMarker, cidrMarker, numberMarker, textMarker } from './marker';
import { carryNode, Loop, mayBeAbsent, NODE, Node, type Op, type Tree } from './nodes';
import { BOOLEAN, joinShapes, type Shape } from './shape';
import { concatenation, shapeOf, treeOf } from './tree-of';
import type { AbsentOf, CasesOf, ElementOf, Item, Plain, TemplatedInput } from './types';
import { writtenHere } from './written-at';
import { awaited, describe, wrongUse } from './wrong-use';

/**
 * Something that is not known until the chart is installed: a declared value, a fact of the release, or a
 * combination of those. It has no JavaScript value: `if (values.flag)` cannot work, `when(values.flag, ...)` does.
 *
 * @example
 * const values = defineValues({
 *   debug: value.boolean({ default: false, doc: 'Logs more' }),
 *   level: value.string({ optional: true, doc: 'The level of the log' }),
 * });
 * const level: Expression<string> = values.level.orElse('info');
 * const args = [values.debug.then('--debug'), text`--level=${level}`];
 */
export class Expression<out T> {
  declare readonly [NODE]: Node;
  /** Exists in types only: an expression of a string is not an expression of a number. */
  declare protected readonly type: T;

  constructor(node: Node) {
    carryNode(this, node);
  }

  /** `a` where this is true, `b` where it is false; without `b` the key or item is left out. */
  // biome-ignore lint/suspicious/noThenProperty: the word that users of conditions look for; awaiting is caught below
  then<A extends TemplatedInput, B extends TemplatedInput = undefined>(
    this: Expression<boolean>,
    a: A,
    b?: B,
  ): Expression<Plain<A> | Plain<B>> {
    if (typeof a === 'function') throw awaited();
    const yes = treeOf(a);
    const no = treeOf(b);
    const shape = no === undefined ? shapeOf(yes) : joinShapes(shapeOf(yes), shapeOf(no));
    return expression({ op: 'if', cond: condition(this), yes, no }, shape);
  }

  and(this: Expression<boolean>, ...others: readonly Expression<boolean>[]): Expression<boolean> {
    return expression({ op: 'and', args: [condition(this), ...others.map(condition)] }, BOOLEAN);
  }

  or(this: Expression<boolean>, ...others: readonly Expression<boolean>[]): Expression<boolean> {
    return expression({ op: 'or', args: [condition(this), ...others.map(condition)] }, BOOLEAN);
  }

  not(this: Expression<boolean>): Expression<boolean> {
    return expression({ op: 'not', arg: condition(this) }, BOOLEAN);
  }

  equals(other: T | Expression<T>): Expression<boolean> {
    return new Expression(comparison(this[NODE], 'eq', other));
  }

  notEquals(other: T | Expression<T>): Expression<boolean> {
    return new Expression(comparison(this[NODE], 'ne', other));
  }

  gt(this: Expression<number>, other: number | Expression<number>): Expression<boolean> {
    return new Expression(comparison(this[NODE], 'gt', other));
  }

  ge(this: Expression<number>, other: number | Expression<number>): Expression<boolean> {
    return new Expression(comparison(this[NODE], 'ge', other));
  }

  lt(this: Expression<number>, other: number | Expression<number>): Expression<boolean> {
    return new Expression(comparison(this[NODE], 'lt', other));
  }

  le(this: Expression<number>, other: number | Expression<number>): Expression<boolean> {
    return new Expression(comparison(this[NODE], 'le', other));
  }

  /** True where an optional value was given. For a value that cannot be absent it is an error to ask. */
  get isSet(): Expression<boolean> {
    const node = this[NODE];
    if (!mayBeAbsent(node)) {
      throw wrongUse(
        'isSet',
        'a value that is always there',
        'an optional value',
        'Declare it with `optional: true`, or leave the question out.',
      );
    }
    return expression({ op: 'isSet', arg: node }, BOOLEAN);
  }

  /** The value where it is given, else the fallback. */
  orElse(fallback: NonNullable<T> | Expression<NonNullable<T>>): Expression<NonNullable<T>> {
    const node = this[NODE];
    if (!mayBeAbsent(node)) {
      throw wrongUse(
        'orElse',
        'a value that is always there',
        'an optional value',
        'Declare it with `optional: true`, or give it a default instead.',
      );
    }
    const other = treeOf(fallback as TemplatedInput);
    return expression({ op: 'orElse', arg: node, fallback: other }, orElseShape(node.shape, other));
  }

  /** True for a list or map without entries. */
  get isEmpty(): Expression<boolean> {
    return expression({ op: 'isEmpty', arg: collection(this[NODE], 'isEmpty') }, BOOLEAN);
  }

  /** A list with one entry for each entry of this list or map; absent where that is. */
  map<U extends TemplatedInput>(
    body: (item: Item<ElementOf<T>>, key: Expression<string>) => U,
  ): Expression<readonly Exclude<Plain<U>, undefined>[] | AbsentOf<T>> {
    return new Expression(
      whereThere(this[NODE], (node) => {
        const [over, loop, tree] = looped(node, 'map', body as EachEntry);
        return writtenHere(
          new Node({ op: 'range', over, loop, body: tree }, { type: 'list', items: shapeOf(tree) }),
        );
      }),
    );
  }

  /**
   * The entries of this list or map that the condition holds for; there may be none. Absent where the list or map is.
   *
   * @example
   * const hosts = values.hosts.filter((host) => host.port.isSet);
   */
  filter(
    body: (item: Item<ElementOf<T>>, key: Expression<string>) => Expression<boolean>,
  ): Expression<NonNullable<T> | AbsentOf<T>> {
    return new Expression(
      whereThere(this[NODE], (node) => {
        const [over, loop, cond] = asked(node, 'filter', body as EachEntry);
        return new Node({ op: 'filter', over, loop, cond }, over.shape);
      }),
    );
  }

  /** True where the condition holds for at least one entry of this list or map. */
  some(
    body: (item: Item<ElementOf<T>>, key: Expression<string>) => Expression<boolean>,
  ): Expression<boolean> {
    const [over, loop, cond] = asked(this[NODE], 'some', body as EachEntry);
    return expression({ op: 'some', over, loop, cond }, BOOLEAN);
  }

  /** True where the condition holds for every entry of this list or map, also where there is none. */
  every(
    body: (item: Item<ElementOf<T>>, key: Expression<string>) => Expression<boolean>,
  ): Expression<boolean> {
    const [over, loop, cond] = asked(this[NODE], 'every', body as EachEntry);
    const isOther = new Node({ op: 'not', arg: cond }, BOOLEAN);
    return expression<boolean>({ op: 'some', over, loop, cond: isOther }, BOOLEAN).not();
  }

  /** The keys of this map, in the order of their bytes; absent where the map is. */
  get keys(): Expression<readonly string[] | AbsentOf<T>> {
    return new Expression(
      whereThere(this[NODE], (map) => {
        const text = mapNode(map, 'keys').shape.keys;
        return new Node({ op: 'keys', map }, { type: 'list', items: { type: 'string', text } });
      }),
    );
  }

  /** The entries of this map, in the order of the bytes of their keys; absent where the map is. */
  get values(): Expression<readonly ElementOf<T>[] | AbsentOf<T>> {
    mapNode(this[NODE], 'values');
    return this.map((item) => item) as unknown as Expression<readonly ElementOf<T>[] | AbsentOf<T>>;
  }

  /** The first entry of this list of texts, numbers or booleans; absent where there is none. */
  get first(): Expression<ElementOf<T> | undefined> {
    const first = (list: Node) => new Node({ op: 'first', list }, scalarEntry(list, 'first'));
    return new Expression(whereThere(this[NODE], first));
  }

  /** The entries of this list of texts, whole numbers or booleans as one text, with the separator between them. */
  join(this: Expression<readonly (string | number | boolean)[]>, separator: string): Expression<string> {
    const shape = scalarEntry(collection(this[NODE], 'join'), 'join');
    const texts = shape.type === 'string' ? this : this.map((entry) => new Expression(asText(entry[NODE])));
    return new Expression(joined(texts[NODE], separator, 'join'));
  }

  /** Lets a list be spread into another: `[...common, ...values.extra]`. It cannot be looped over with `for`. */
  *[Symbol.iterator](this: Expression<readonly unknown[] | undefined>): Generator<ElementOf<T>> {
    const list = orEmpty(this[NODE]);
    if (list.shape.type !== 'list')
      throw wrongUse(
        'a spread',
        describe(list),
        'a list',
        'Spread a map into an object: { ...values.labels }.',
      );
    yield new Node({ op: 'splice', list }, list.shape) as ElementOf<T>;
  }

  /** True where this text holds the other. */
  contains(this: Expression<string>, other: string | Expression<string>): Expression<boolean> {
    return new Expression(comparison(this[NODE], 'contains', other));
  }

  /**
   * How many bytes the text has in UTF-8, as helm counts; for names, that is how many characters. Not `length`, which is
   * what JavaScript counts of any string: with literals in the place of values the two would differ.
   */
  get byteLength(): Expression<number> {
    const node = this[NODE];
    if (node.shape.type !== 'string' || mayBeAbsent(node)) {
      throw wrongUse(
        'byteLength',
        describe(node),
        'a text that is always there',
        'Use `.isEmpty` on a list or map.',
      );
    }
    return expression({ op: 'length', arg: node }, { type: 'integer', min: 0, max: 2 ** 31 });
  }

  lower(this: Expression<string>): Expression<string> {
    return new Expression(textFunction(this[NODE], 'lower'));
  }

  upper(this: Expression<string>): Expression<string> {
    return new Expression(textFunction(this[NODE], 'upper'));
  }

  /** The text as base64, as the `data` of a Secret wants it. */
  base64(this: Expression<string>): Expression<string> {
    return new Expression(textFunction(this[NODE], 'b64enc'));
  }

  /** The text as a label value: `+`, as SemVer has it, becomes `_`. */
  labelValue(this: Expression<string>): Expression<string> {
    return new Expression(textFunction(this[NODE], 'labelValue'));
  }

  /** SHA-256 of the text in hexadecimal. */
  sha256(this: Expression<string>): Expression<string> {
    return new Expression(textFunction(this[NODE], 'sha256sum'));
  }

  /** The first ten digits of the text's SHA-256, for names that change with what they stand for. */
  shortHash(this: Expression<string>): Expression<string> {
    return new Expression(textFunction(this[NODE], 'shortHash'));
  }

  /** The text without this at its start, where it begins with it. */
  trimPrefix(this: Expression<string>, prefix: string): Expression<string> {
    return new Expression(textFunction(this[NODE], 'trimPrefix', affix(prefix, 'trimPrefix')));
  }

  /** The text without this at its end, where it ends with it. */
  trimSuffix(this: Expression<string>, suffix: string): Expression<string> {
    return new Expression(textFunction(this[NODE], 'trimSuffix', affix(suffix, 'trimSuffix')));
  }

  /**
   * The text as a name of at most so many characters: as it is where it is short enough, else its start, a dash and ten
   * digits of the hash of all of it, so that two long names stay two.
   */
  truncate(this: Expression<string>, max: number): Expression<string> {
    return new Expression(textFunction(this[NODE], 'truncate', atMost(max)));
  }

  /**
   * What this choice stands for, one for each that `value.oneOf` declares.
   *
   * @example
   * const level = values.mode.match({ quiet: 'error', loud: 'debug' });
   */
  match<C extends { readonly [K in T & string]: TemplatedInput }>(
    cases: C & CasesOf<C, T>,
  ): Expression<Plain<C[keyof C]>> {
    const [first, ...others] = choicesOf(this[NODE], cases);
    const of = (choice: string) => (cases as Readonly<Record<string, TemplatedInput>>)[choice];
    const last = others.pop() ?? first;
    const otherwise = [first, ...others]
      .reverse()
      .reduce<TemplatedInput>(
        (rest, choice) =>
          new Expression<boolean>(comparison(this[NODE], 'eq', choice)).then(of(choice), rest),
        of(last),
      );
    return otherwise as Expression<Plain<C[keyof C]>>;
  }

  /** A stand-in string for constructs that know nothing of expressions (cdk8s-plus, generated classes). */
  asString(this: Expression<string>): string {
    return textMarker(this[NODE]);
  }

  /** Like `asString`, for constructs that check for an absolute path. The value itself must start with `/`. */
  asPath(this: Expression<string>): string {
    return textMarker(this[NODE], '/');
  }

  /** Like `asString`, for constructs that check for an IPv4 range such as 10.0.0.0/8. The value must be one. */
  asCidr(this: Expression<string>): string {
    return cidrMarker(this[NODE]);
  }

  /**
   * A stand-in number for constructs that know nothing of expressions. It is a huge one; for code that checks bounds,
   * name them. A bounded stand-in is an ordinary number, which your program may also use as such: `drydock synth
   * --verify` finds that.
   */
  asNumber(this: Expression<number>, bounds?: { readonly min?: number; readonly max: number }): number {
    if (!bounds) return numberMarker(this[NODE]);
    const { min = 1, max } = bounds;
    if (!(max - min >= MIN_BOUNDED_RANGE)) {
      throw wrongUse(
        'asNumber',
        `the bounds ${min} to ${max}`,
        `at least ${MIN_BOUNDED_RANGE} numbers between them`,
        'In a small range the stand-in could not be told from a literal; use a construct of this library there.',
      );
    }
    return boundedMarker(this[NODE], min, max);
  }

  toString(): string {
    const node = presentScalar(this[NODE]);
    return textMarker(node.shape.type === 'string' ? node : concatenation([node]));
  }

  [Symbol.toPrimitive](hint: string): string {
    if (hint === 'string') return this.toString();
    throw wrongUse(
      'arithmetic or comparison',
      describe(this[NODE]),
      'a template string or a method',
      'Use a template string to put it into text, `.equals()`/`.gt()` to compare; arithmetic on a value is not possible, declare the result as a value instead.',
    );
  }

  toJSON(): never {
    throw wrongUse(
      'JSON.stringify, which cdk8s also uses for patches',
      describe(this[NODE]),
      'a manifest field',
      'A value inside a JSON text could break out of it. Put it into a field, or declare the whole text as one value. In a patch of an object that is not a KubeObject use `.asString()` or `.asNumber()`.',
    );
  }
}

export function expression<T>(op: Op, shape: Shape): Expression<T> {
  return new Expression<T>(new Node(op, shape));
}

export function isExpression(input: unknown): input is Expression<unknown> {
  return input instanceof Expression;
}

type EachEntry = (item: unknown, key: unknown) => unknown;

/** A list or map, the loop over it, and what is made of each entry. */
function looped(node: Node, method: string, body: EachEntry): readonly [over: Node, Loop, body: Tree] {
  const over = collection(node, method);
  const loop = loopOver(over.shape);
  const { item, key } = loopVariables(loop);
  return [over, loop, treeOf(body(item, key))];
}

/** The same where each entry is asked for a condition. */
function asked(node: Node, method: string, body: EachEntry): readonly [over: Node, Loop, cond: Node] {
  const over = collection(node, method);
  const loop = loopOver(over.shape);
  const { item, key } = loopVariables(loop);
  return [over, loop, condition(body(item, key))];
}

/** In fewer numbers than this a stand-in would soon be a number that somebody means. */
const MIN_BOUNDED_RANGE = 1000;

/** A loop over a list or map. */
export function loopOver(shape: Shape): Loop {
  if (shape.type === 'list') return new Loop(shape.items);
  if (shape.type === 'map') return new Loop(shape.values, { type: 'string', text: shape.keys });
  throw new TypeError(`cannot loop over ${shape.type}`);
}

/** The variables that a loop's body is written with. */
export function loopVariables(loop: Loop): { item: unknown; key: Expression<string> | undefined } {
  const item = expressionsOf(
    (path, shape, optional) => new Node({ op: 'item', loop, path, optional }, shape),
    loop.item,
  );
  return { item, key: loop.keys && expression({ op: 'key', loop }, loop.keys) };
}

/** An expression for a shape; for an object, an object of expressions that is also the whole. */
export function expressionsOf(
  nodeFor: (path: readonly string[], shape: Shape, optional: boolean) => Node,
  shape: Shape,
  path: readonly string[] = [],
  optional = false,
): unknown {
  const node = nodeFor(path, shape, optional);
  // An optional object is asked for as a whole (`isSet`), so it stays one expression.
  if (shape.type !== 'object' || optional) return new Expression(node);
  const group = Object.create(null);
  carryNode(group, node);
  for (const [key, field] of Object.entries(shape.fields)) {
    const isFilledIn = field.default !== undefined;
    const given = expressionsOf(nodeFor, field.shape, [...path, key], field.optional || isFilledIn);
    const child = isFilledIn
      ? expression(
          { op: 'orElse', arg: (given as Expression<unknown>)[NODE], fallback: field.default },
          field.shape,
        )
      : given;
    Object.defineProperty(group, key, { value: child, enumerable: true });
  }
  return Object.freeze(group);
}
