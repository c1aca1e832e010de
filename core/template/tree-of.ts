import { DrydockError } from '../../errors';
import { lookalike, showsStandIn, splitAtMarkers, standInsExist } from './marker';
import { carriedNode, isNode, Node, spreadNodesOf, type Tree } from './nodes';
import { setOwnKey } from './own-key';
import { ANY_TEXT, alphabetOf, BOOLEAN, joinShapes, type Shape, widerAlphabet } from './shape';
import { writtenHere } from './written-at';
import { describe, wrongUse } from './wrong-use';

/**
 * The template tree of what a user wrote: expressions become their nodes, stand-ins inside strings and numbers are
 * recognised, everything else stays as it is.
 *
 * @param where names the place in errors, for example `todo/api spec.replicas`.
 */
export function treeOf(input: unknown, where = 'expression'): Tree {
  if (input === undefined || input === null || typeof input === 'boolean') return input as Tree;
  if (typeof input === 'string') return standInsExist() ? treeOfText(input, where) : input;
  if (typeof input === 'number') return treeOfNumber(input, where);
  if (typeof input !== 'object') throw notData(typeof input, where);
  if (Array.isArray(input))
    return input.map((entry, index) => (isSplice(entry) ? entry : treeOf(entry, `${where}[${index}]`)));
  if (isSplice(input)) throw notData('an entry of a list that is not known yet', where);
  const node = isNode(input) ? input : carriedNode(input);
  if (node) return node;
  const { resolve } = input as { readonly resolve?: unknown };
  // What cdk8s calls a token: it knows its value only when asked.
  if (typeof resolve === 'function' && !Object.hasOwn(input, 'resolve'))
    return treeOf(resolve.call(input), where);
  return treeOfObject(input, where);
}

function isSplice(input: unknown): input is Node {
  return isNode(input) && input.op.op === 'splice';
}

function treeOfObject(input: object, where: string): Tree {
  const prototype = Object.getPrototypeOf(input);
  if (prototype !== Object.prototype && prototype !== null) {
    throw notData(`an object of class ${input.constructor.name}`, where);
  }
  const own: { [key: string]: Tree } = {};
  for (const [key, value] of Object.entries(input)) {
    if (standInsExist() && showsStandIn(key)) throw keyIsExpression(where);
    setOwnKey(own, key, treeOf(value, `${where}.${key}`));
  }
  const spreads = spreadNodesOf(input);
  if (spreads.length === 0) return own;
  const raw = spreads.find(({ shape }) => shape.type === 'raw');
  if (raw) throw mayBeNoMap(raw, where);
  return writtenHere(new Node({ op: 'merge', own, spreads }, mapShape([own, ...spreads])));
}

function treeOfText(text: string, where: string): Tree {
  const whole = lookalike(text);
  if (whole) return whole;
  const parts = splitAtMarkers(text);
  if (!Array.isArray(parts))
    throw changed(`a damaged stand-in ("${parts.piece}" at character ${parts.at} of a text)`, where);
  if (parts.length === 0 || (parts.length === 1 && typeof parts[0] === 'string')) return text;
  const [only] = parts;
  // A number that was put into a text is text there, as `${3}` is.
  const isWhole = parts.length === 1 && isNode(only) && !/^\d+$/.test(text);
  return isWhole ? only : concatenation(parts);
}

function treeOfNumber(number: number, where: string): Tree {
  if (!Number.isFinite(number)) throw notData(String(number), where);
  // JSON has no -0.
  if (number === 0 || !standInsExist()) return number === 0 ? 0 : number;
  const whole = lookalike(number);
  if (whole) return whole;
  if (!showsStandIn(number)) return number;
  const parts = splitAtMarkers(String(number));
  if (!Array.isArray(parts) || parts.length !== 1)
    throw changed(`the number ${number}, a stand-in that something calculated with`, where);
  return parts[0] as Node;
}

/** Text made of static text and expressions. */
export function concatenation(given: readonly (string | Node)[]): Node {
  const parts = joinNeighbours(given);
  const text = parts
    .map((part) => (typeof part === 'string' ? alphabetOf(part) : textAlphabet(part.shape)))
    .reduce(widerAlphabet);
  return new Node({ op: 'concat', parts }, { type: 'string', text });
}

/** Joins static texts that are next to each other. */
export function joinNeighbours(parts: readonly (string | Node)[]): (string | Node)[] {
  const joined: (string | Node)[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part;
    else joined.push(part);
  }
  return joined;
}

function textAlphabet(shape: Shape) {
  return shape.type === 'string' ? shape.text : 'plain';
}

/** What is known of a tree's value. */
export function shapeOf(tree: Tree): Shape {
  if (isNode(tree)) return tree.shape;
  if (typeof tree === 'string') return { type: 'string', text: alphabetOf(tree) };
  if (typeof tree === 'boolean') return BOOLEAN;
  if (typeof tree === 'number') {
    return Number.isSafeInteger(tree) ? { type: 'integer', min: tree, max: tree } : { type: 'number' };
  }
  if (Array.isArray(tree) && tree.length > 0) {
    return { type: 'list', items: tree.map(shapeOf).reduce(joinShapes) };
  }
  return { type: 'raw' };
}

function mapShape(trees: readonly Tree[]): Shape {
  const shapes = trees.map((tree) => (isNode(tree) ? tree.shape : undefined));
  const allMaps = shapes.every((shape) => shape === undefined || shape.type === 'map');
  return allMaps ? { type: 'map', values: ANY_TEXT, keys: 'any' } : { type: 'raw' };
}

function notData(found: string, where: string): DrydockError {
  return new DrydockError('NOT_DATA', {
    where,
    found,
    expected: 'a string, number, boolean, list, map or expression',
    remedy: 'A manifest is JSON; give the value itself.',
  });
}

function mayBeNoMap(spread: Node, where: string): DrydockError {
  return wrongUse(
    `${where}, a spread`,
    describe(spread),
    'a map',
    'Data that is passed through may be a list or a text, which cannot be spread; declare it as a map.',
  );
}

function keyIsExpression(where: string): DrydockError {
  return new DrydockError('KEY_IS_EXPRESSION', {
    where,
    found: 'a value used as a key of a map',
    expected: 'a constant key',
    remedy:
      'Keys must be known when the program runs. Declare a map value and spread it: { ...values.labels }.',
  });
}

function changed(found: string, where: string): DrydockError {
  return new DrydockError('VALUE_CHANGED', {
    where,
    found,
    expected: 'the value as it was handed out, alone or inside a text',
    remedy:
      'Some code cut it, encoded it or calculated with it on its way to the manifest; do that in the values instead.',
  });
}
