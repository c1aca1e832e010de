import { DrydockError } from '../../errors';
import {
  type Comparison,
  isNode,
  isTreeList,
  isTreeMap,
  type Json,
  type JsonObject,
  Loop,
  Node,
  type Op,
  type Owner,
  type TextFunction,
  type Tree,
} from './nodes';
import { loopOf as loopOfNode, visitNodes } from './questions';
import { hasDefaults, type Shape } from './shape';

/**
 * Template trees as JSON, for a program that evaluates one without the program that described it. A node is
 * `{"$drydock": [op, ...]}`. What is known of its type is left out: evaluating does not ask for it.
 */
const KEY = '$drydock';

/** How a reader calls the owners whose values it will be given. */
export type OwnerNames = ReadonlyMap<Owner, string>;

/**
 * The tree as JSON, in which whatever reads a named owner is an encoded node. Nodes that read none are left as they
 * are, to be filled in before the JSON is written (`jsonText`).
 */
export function encode(tree: Tree, names: OwnerNames): Tree {
  return encodeTree(tree, { names, loops: new Map() });
}

interface Encoding {
  readonly names: OwnerNames;
  readonly loops: Map<Loop, number>;
}

function encodeTree(tree: Tree, encoding: Encoding): Tree {
  const inner = (part: Tree) => encodeTree(part, encoding);
  if (isNode(tree)) {
    const isLiteral = tree.op.op === 'fragment' && tree.op.name === LITERAL;
    return isLiteral || readsNamed(tree, encoding.names) ? encodeNode(tree, encoding) : tree;
  }
  if (isTreeList(tree)) return tree.map(inner);
  if (!isTreeMap(tree)) return tree;
  const entries = Object.entries(tree).map(([key, entry]): [string, Tree] => [key, inner(entry)]);
  return Object.hasOwn(tree, KEY) ? { [KEY]: ['map', entries] } : Object.fromEntries(entries);
}

/** Whether a node can only be evaluated by the reader: it reads a named owner, or the variable of a loop outside of it. */
function readsNamed(node: Node, names: OwnerNames): boolean {
  let reads = false;
  const own = new Set<Loop>();
  visitNodes(node, (one) => {
    const { op } = one;
    const loop = loopOfNode(one);
    if (loop) own.add(loop);
    if (op.op === 'value') reads ||= names.has(op.owner);
    if (op.op === 'item' || op.op === 'key') reads ||= !own.has(op.loop);
  });
  return reads;
}

function encodeNode({ op, shape }: Node, encoding: Encoding): Tree {
  const inner = (part: Tree) => encodeTree(part, encoding);
  const all = (parts: readonly Tree[]) => parts.map(inner);
  const code = (...parts: readonly Tree[]): Tree => ({ [KEY]: [op.op, ...parts] });
  switch (op.op) {
    case 'value':
      return code(encoding.names.get(op.owner), op.path, op.optional, ...filledInBy(shape));
    case 'item':
      return code(numberOf(op.loop, encoding), op.path, op.optional);
    case 'key':
      return code(numberOf(op.loop, encoding));
    case 'builtin':
      return code(op.name);
    case 'concat':
      return code(all(op.parts));
    case 'if':
      return code(inner(op.cond), inner(op.yes) ?? null, inner(op.no) ?? null);
    case 'and':
    case 'or':
      return code(all(op.args));
    case 'not':
    case 'isSet':
    case 'isEmpty':
    case 'length':
    case 'milliCpu':
    case 'bytes':
    case 'json':
      return code(inner(op.arg));
    case 'compare':
      return code(op.how, inner(op.left), inner(op.right));
    case 'orElse':
      return code(inner(op.arg), inner(op.fallback) ?? null);
    case 'text':
      return op.by === undefined ? code(op.how, inner(op.arg)) : code(op.how, inner(op.arg), op.by);
    case 'join':
      return code(inner(op.list), op.separator);
    case 'range':
      return code(numberOf(op.loop, encoding), inner(op.over), inner(op.body) ?? null);
    case 'filter':
    case 'some':
      return code(numberOf(op.loop, encoding), inner(op.over), inner(op.cond));
    case 'keys':
      return code(inner(op.map));
    case 'merge':
      return code(inner(op.own), all(op.spreads));
    case 'splice':
    case 'first':
      return code(inner(op.list));
    case 'compact':
      return code(inner(op.body));
    // A helper's name is for those who read a chart.
    case 'fragment':
      return inner(op.body);
  }
}

/** What is known of a type is left out, but for defaults of fields: the reader fills them in. */
function filledInBy(shape: Shape): readonly Tree[] {
  return hasDefaults(shape) ? [JSON.parse(JSON.stringify(shape)) as Tree] : [];
}

function numberOf(loop: Loop, { loops }: Encoding): number {
  const number = loops.get(loop) ?? loops.size;
  loops.set(loop, number);
  return number;
}

/** The tree behind encoded JSON. Evaluating it needs values for `owners`, by the names given to `encode`. */
export function decode(json: Json, owners: ReadonlyMap<string, Owner>): Tree {
  return decodeTree(json, { owners, loops: new Map() });
}

interface Decoding {
  readonly owners: ReadonlyMap<string, Owner>;
  readonly loops: Map<number, Loop>;
}

function decodeTree(json: Json, decoding: Decoding): Tree {
  if (Array.isArray(json)) return json.map((item) => decodeTree(item, decoding));
  if (typeof json !== 'object' || json === null) return json as Tree;
  if (!Object.hasOwn(json, KEY)) {
    return Object.fromEntries(Object.entries(json).map(([key, entry]) => [key, decodeTree(entry, decoding)]));
  }
  const code = (json as JsonObject)[KEY];
  if (!Array.isArray(code) || Object.keys(json).length !== 1) throw notEncoded(json);
  return decodeNode(code, decoding);
}

const SHAPE: Shape = { type: 'raw' };

function decodeNode(code: readonly Json[], decoding: Decoding): Tree {
  const [name, ...parts] = code;
  const tree = (index: number) => decodeTree(parts[index] ?? null, decoding);
  const node = (index: number) => asNode(tree(index));
  const list = (index: number) => listOf(parts[index], code).map((part) => decodeTree(part, decoding));
  const made = (op: Op) => new Node(op, SHAPE);
  switch (name) {
    case 'map':
      return Object.fromEntries(list(0) as [string, Tree][]);
    case 'value':
      return new Node(
        { op: name, owner: ownerOf(parts[0], decoding), ...reference(parts, code) },
        (parts[3] as Shape | undefined) ?? SHAPE,
      );
    case 'item':
      return made({ op: name, loop: loopOf(parts[0], decoding, code), ...reference(parts, code) });
    case 'key':
      return made({ op: name, loop: loopOf(parts[0], decoding, code) });
    case 'builtin':
      return made({ op: name, name: parts[0] as never });
    case 'concat':
      return made({
        op: name,
        parts: list(0).map((part) => (typeof part === 'string' ? part : asNode(part))),
      });
    case 'if':
      return made({ op: name, cond: node(0), yes: tree(1), no: tree(2) });
    case 'and':
    case 'or':
      return made({ op: name, args: list(0).map(asNode) });
    case 'not':
    case 'isSet':
    case 'isEmpty':
    case 'length':
    case 'milliCpu':
    case 'bytes':
      return made({ op: name, arg: node(0) });
    case 'json':
      return made({ op: name, arg: tree(0) });
    case 'compare':
      return made({ op: name, how: parts[0] as Comparison, left: tree(1), right: tree(2) });
    case 'orElse':
      return made({ op: name, arg: node(0), fallback: tree(1) });
    case 'text':
      return made({ op: name, how: parts[0] as TextFunction, arg: node(1), ...byOf(parts[2]) });
    case 'join':
      return made({ op: name, list: node(0), separator: String(parts[1]) });
    case 'range': {
      const loop = loopOf(parts[0], decoding, code);
      return made({ op: name, loop, over: node(1), body: tree(2) });
    }
    case 'filter':
    case 'some':
      return made({ op: name, loop: loopOf(parts[0], decoding, code), over: node(1), cond: node(2) });
    case 'keys':
      return made({ op: name, map: node(0) });
    case 'merge':
      return made({ op: name, own: tree(0) as { [key: string]: Tree }, spreads: list(1).map(asNode) });
    case 'splice':
    case 'first':
      return made({ op: name, list: node(0) });
    case 'compact':
      return made({ op: name, body: tree(0) });
    default:
      throw notEncoded(code);
  }
}

/** A node may have been replaced by its value; a helper without a name makes a node of any tree. */
const LITERAL = '';

function asNode(tree: Tree): Node {
  return isNode(tree) ? tree : new Node({ op: 'fragment', name: LITERAL, body: tree }, SHAPE);
}

function byOf(by: Json | undefined) {
  return typeof by === 'string' || typeof by === 'number' ? { by } : {};
}

function reference(parts: readonly Json[], code: readonly Json[]) {
  const path = listOf(parts[1], code).map(String);
  return { path, optional: parts[2] === true };
}

function listOf(part: Json | undefined, code: readonly Json[]): readonly Json[] {
  if (Array.isArray(part)) return part;
  throw notEncoded(code);
}

function ownerOf(name: Json | undefined, { owners }: Decoding): Owner {
  const owner = owners.get(String(name));
  if (owner) return owner;
  throw new DrydockError('TEMPLATE_TEXT', {
    where: 'an encoded template',
    found: `values of ${JSON.stringify(name)}`,
    expected: `values of ${[...owners.keys()].join(' or ')}`,
    remedy: 'The template was written by another version of this library; install the chart again.',
  });
}

function loopOf(number: Json | undefined, { loops }: Decoding, code: readonly Json[]): Loop {
  if (typeof number !== 'number') throw notEncoded(code);
  const loop = loops.get(number) ?? new Loop(SHAPE, SHAPE);
  loops.set(number, loop);
  return loop;
}

function notEncoded(json: Json): DrydockError {
  return new DrydockError('TEMPLATE_TEXT', {
    where: 'an encoded template',
    found: JSON.stringify(json).slice(0, 80),
    expected: 'a node as `encode` writes it',
    remedy: 'Take the JSON from the ConfigMap as it is; it is not meant to be written by hand.',
  });
}
