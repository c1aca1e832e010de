import { DrydockError } from './error';
import { numberMarker, textMarker } from './marker';
import {
  type Comparison,
  carriedNode,
  carryNode,
  Loop,
  mayBeAbsent,
  NODE,
  Node,
  type Op,
  type TextFunction,
} from './nodes';
import { BOOLEAN, isNumeric, isScalar, joinShapes, PLAIN_STRING, type Shape } from './shape';
import { concatenation, shapeOf, treeOf } from './tree-of';

type Scalar = string | number | boolean;
type Widen<T> = T extends string ? string : T extends number ? number : T extends boolean ? boolean : T;

/** What a callback over a list or map gets: an expression, or an object of expressions for a list of objects. */
export type Item<T> = [T] extends [Scalar]
  ? Expression<T>
  : T extends readonly unknown[]
    ? Expression<T>
    : T extends Readonly<Record<string, unknown>>
      ? string extends keyof T
        ? Expression<T>
        : { readonly [K in keyof T]-?: Item<T[K]> }
      : Expression<T>;

/**
 * A T, or an expression of a T, or an object or list of those. Every prop that ends in a leaf of a manifest takes
 * this, so that it can be a literal now and a value of the chart tomorrow.
 */
export type Templated<T> = unknown extends T ? unknown : TemplatedParts<T> | Expression<T>;
type TemplatedParts<T> = T extends Scalar | null | undefined
  ? T
  : T extends readonly (infer U)[]
    ? readonly Templated<U>[]
    : T extends object
      ? { readonly [K in keyof T]: Templated<T[K]> }
      : T;

/**
 * Something that is not known until the chart is installed: a declared value, a fact of the release, or a
 * combination of those. It has no JavaScript value: `if (values.flag)` cannot work, `when(values.flag, ...)` does.
 */
export class Expression<T> {
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
    return compare(this, 'eq', other as TemplatedInput);
  }

  notEquals(other: T | Expression<T>): Expression<boolean> {
    return compare(this, 'ne', other as TemplatedInput);
  }

  gt(this: Expression<number>, other: number | Expression<number>): Expression<boolean> {
    return compare(this, 'gt', other);
  }

  ge(this: Expression<number>, other: number | Expression<number>): Expression<boolean> {
    return compare(this, 'ge', other);
  }

  lt(this: Expression<number>, other: number | Expression<number>): Expression<boolean> {
    return compare(this, 'lt', other);
  }

  le(this: Expression<number>, other: number | Expression<number>): Expression<boolean> {
    return compare(this, 'le', other);
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
    return expression({ op: 'orElse', arg: node, fallback: other }, joinShapes(node.shape, shapeOf(other)));
  }

  /** True for a list or map without entries. */
  get isEmpty(): Expression<boolean> {
    return expression({ op: 'isEmpty', arg: collection(this[NODE], 'isEmpty') }, BOOLEAN);
  }

  /** A list with one entry for each entry of this list or map. */
  map<U extends TemplatedInput>(
    body: (item: Item<ElementOf<T>>, key: Expression<string>) => U,
  ): Expression<readonly Plain<U>[]> {
    const over = collection(this[NODE], 'map');
    const loop = loopOver(over.shape);
    const { item, key } = loopVariables(loop);
    const tree = treeOf(body(item as Item<ElementOf<T>>, key as Expression<string>));
    return expression({ op: 'range', over, loop, body: tree }, { type: 'list', items: shapeOf(tree) });
  }

  /** Lets a list be spread into another: `[...common, ...values.extra]`. It cannot be looped over with `for`. */
  *[Symbol.iterator](this: Expression<readonly unknown[]>): Generator<ElementOf<T>> {
    const list = collection(this[NODE], 'a spread');
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
    return compare(this, 'contains', other);
  }

  /** How many bytes the text has; for names, that is how many characters. */
  get length(): Expression<number> {
    const node = this[NODE];
    if (node.shape.type !== 'string' || mayBeAbsent(node)) {
      throw wrongUse(
        'length',
        describe(node),
        'a text that is always there',
        'Use `.isEmpty` on a list or map.',
      );
    }
    return expression({ op: 'length', arg: node }, { type: 'integer', min: 0, max: 2 ** 31 });
  }

  lower(this: Expression<string>): Expression<string> {
    return textFunction(this[NODE], 'lower');
  }

  upper(this: Expression<string>): Expression<string> {
    return textFunction(this[NODE], 'upper');
  }

  /** The text as base64, as the `data` of a Secret wants it. */
  base64(this: Expression<string>): Expression<string> {
    return textFunction(this[NODE], 'b64enc');
  }

  /** The text as a label value: `+`, as SemVer has it, becomes `_`. */
  labelValue(this: Expression<string>): Expression<string> {
    return textFunction(this[NODE], 'labelValue');
  }

  /** SHA-256 of the text in hexadecimal. */
  sha256(this: Expression<string>): Expression<string> {
    return textFunction(this[NODE], 'sha256sum');
  }

  /** The first ten digits of the text's SHA-256, for names that change with what they stand for. */
  shortHash(this: Expression<string>): Expression<string> {
    return textFunction(this[NODE], 'shortHash');
  }

  /** A stand-in string for constructs that know nothing of expressions (cdk8s-plus, generated classes). */
  asString(this: Expression<string>): string {
    return textMarker(this[NODE]);
  }

  /** Like `asString`, for constructs that check for an absolute path. The value itself must start with `/`. */
  asPath(this: Expression<string>): string {
    return textMarker(this[NODE], '/');
  }

  /** A stand-in number for constructs that know nothing of expressions. */
  asNumber(this: Expression<number>): number {
    return numberMarker(this[NODE]);
  }

  toString(): string {
    const node = this[NODE];
    if (!isScalar(node.shape) || mayBeAbsent(node)) {
      throw wrongUse(
        'text',
        describe(node),
        'a string, number or boolean that is always there',
        'Use `.orElse(...)` for an optional value; pass a list, map or object as a whole prop, not inside a string.',
      );
    }
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
      'JSON.stringify',
      describe(this[NODE]),
      'a manifest field',
      'A value inside a JSON string could break out of it. Put it into a field, or declare the whole text as one value.',
    );
  }
}

/** What may be given where an expression's branch or item is wanted. */
export type TemplatedInput = unknown;

/** The plain type behind a templated one. */
export type Plain<A> =
  A extends Expression<infer T>
    ? T
    : A extends Scalar
      ? Widen<A>
      : A extends readonly (infer U)[]
        ? readonly Plain<U>[]
        : A extends object
          ? { readonly [K in keyof A]: Plain<A[K]> }
          : A;

export type ElementOf<T> = T extends readonly (infer U)[]
  ? U
  : T extends Readonly<Record<string, infer V>>
    ? V
    : never;

export function expression<T>(op: Op, shape: Shape): Expression<T> {
  return new Expression<T>(new Node(op, shape));
}

export function isExpression(input: unknown): input is Expression<unknown> {
  return input instanceof Expression;
}

const COMPARABLE = 'a string, number or boolean that is always there';

function compare(
  self: Expression<never> | Expression<unknown>,
  how: Comparison,
  other: unknown,
): Expression<boolean> {
  const left = (self as Expression<unknown>)[NODE];
  const right = treeOf(other);
  const shapes = [left.shape, shapeOf(right)] as const;
  const sameKind = shapes[0].type === shapes[1].type || shapes.every(isNumeric);
  if (!sameKind || !shapes.every(isScalar) || mayBeAbsent(left) || mayBeAbsent(right)) {
    throw wrongUse(
      `a comparison of ${describe(left)} with ${typeof other === 'object' ? 'an expression' : JSON.stringify(other)}`,
      shapes.map((shape) => shape.type).join(' and '),
      COMPARABLE,
      'Compare values of one type; use `.orElse(...)` on an optional value first.',
    );
  }
  return expression({ op: 'compare', how, left, right }, BOOLEAN);
}

/** The node of a condition; only a boolean can be one, so that helm and JavaScript cannot differ on what is true. */
export function condition(input: unknown): Node {
  const node = carriedNode(input);
  if (node?.shape.type !== 'boolean' || mayBeAbsent(node)) {
    throw wrongUse(
      'a condition',
      node ? describe(node) : JSON.stringify(input),
      'an expression of a boolean that is always there',
      'Compare first: `.equals(...)`, `.gt(...)`, `.isSet`, `.isEmpty.not()`. A condition known now is an ordinary `if`.',
    );
  }
  return node;
}

function collection(node: Node, method: string): Node {
  const isCollection = node.shape.type === 'list' || node.shape.type === 'map';
  if (!isCollection || mayBeAbsent(node)) {
    throw wrongUse(
      method,
      describe(node),
      'a list or map that is always there',
      'Declare the value as a list or map with a default.',
    );
  }
  return node;
}

function textFunction(arg: Node, how: TextFunction): Expression<string> {
  if (mayBeAbsent(arg))
    throw wrongUse(how, describe(arg), 'a text that is always there', 'Use `.orElse(...)` first.');
  const changesCase = how === 'lower' || how === 'upper';
  if (changesCase && !(arg.shape.type === 'string' && arg.shape.text === 'plain')) {
    // Go and JavaScript disagree on the case of letters outside ASCII.
    throw wrongUse(
      how,
      describe(arg),
      'a text of plain ASCII',
      'Give the value a `pattern` of plain characters.',
    );
  }
  return expression({ op: 'text', how, arg }, PLAIN_STRING);
}

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
  if (shape.type !== 'object') return new Expression(node);
  const group = Object.create(null);
  carryNode(group, node);
  for (const [key, field] of Object.entries(shape.fields)) {
    const child = expressionsOf(nodeFor, field.shape, [...path, key], field.optional);
    Object.defineProperty(group, key, { value: child, enumerable: true });
  }
  return Object.freeze(group);
}

function describe(node: Node): string {
  const { op } = node;
  const absent = mayBeAbsent(node) ? 'an optional ' : 'a ';
  const name = op.op === 'value' ? ` value ${op.path.join('.')}` : '';
  return `${absent}${node.shape.type}${name}`;
}

function wrongUse(where: string, found: string, expected: string, remedy: string): DrydockError {
  return new DrydockError('WRONG_USE', { where, found, expected, remedy });
}

function awaited(): DrydockError {
  return wrongUse(
    'then',
    'a function, as `await` and promises pass one',
    'what the result shall be where the value is true',
    'An expression cannot be awaited or returned from an async function; keep it inside an object.',
  );
}
