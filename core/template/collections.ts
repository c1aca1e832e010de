import { collection } from './build';
import { isNode, isTreeMap, mayBeAbsent, Node, type Tree } from './nodes';
import { alphabetOf, BOOLEAN, isScalar, joinShapes, type Shape, widerAlphabet } from './shape';
import { concatenation, shapeOf } from './tree-of';
import { describe, inShort, wrongUse } from './wrong-use';

/** Nodes about lists and maps. */

/** What is made of something that may be absent is absent where it is. */
export function whereThere(node: Node, make: (node: Node) => Node): Node {
  if (!mayBeAbsent(node)) return make(node);
  const yes = make(present(node));
  return new Node(
    { op: 'if', cond: new Node({ op: 'isSet', arg: node }, BOOLEAN), yes, no: undefined },
    yes.shape,
  );
}

/** Something that may be absent, where it is certain that it is there: what it is instead is never seen. */
function present(node: Node): Node {
  const fallback = emptyOf(node.shape);
  return new Node({ op: 'orElse', arg: node, fallback }, node.shape);
}

function emptyOf({ type }: Shape): Tree {
  if (type === 'list') return [];
  if (type === 'map') return {};
  if (type === 'string') return '';
  return type === 'boolean' ? false : 0;
}

/** A list that may be absent as one that is there, for a place where nothing and no entries are the same. */
export function orEmpty(node: Node): Node {
  const isOptional = mayBeAbsent(node) && node.shape.type === 'list';
  return isOptional ? present(node) : collection(node, 'a spread');
}

/** What is known of a value or its fallback: an empty list says nothing of the entries of the other. */
export function orElseShape(shape: Shape, fallback: Tree): Shape {
  const isEmpty = typeof fallback === 'object' && fallback !== null && !isNode(fallback);
  const isSame =
    shape.type === 'list' ? Array.isArray(fallback) : shape.type === 'map' && isTreeMap(fallback);
  if (isEmpty && isSame && Object.keys(fallback as object).length === 0) return shape;
  return joinShapes(shape, shapeOf(fallback));
}

export function mapNode(node: Node, method: string): { readonly shape: Shape & { type: 'map' } } {
  if (node.shape.type === 'map') return { shape: node.shape };
  throw wrongUse(method, describe(node), 'a map', 'A list has entries and no keys: use `.map(...)`.');
}

/** What is known of the entries of a list of scalars. */
export function scalarEntry(node: Node, method: string): Shape {
  const { shape } = node;
  if (shape.type === 'list' && isScalar(shape.items)) return shape.items;
  throw wrongUse(
    method,
    describe(node),
    'a list of texts, numbers or booleans',
    'Say first what of each entry is wanted: `.map((host) => host.name).first`.',
  );
}

/** The entries of a list as one text, with the separator between them. */
export function joined(list: Node, separator: string, method: string): Node {
  const { shape } = collection(list, method);
  if (shape.type !== 'list' || shape.items.type !== 'string')
    throw wrongUse(
      method,
      describe(list),
      'a list of texts',
      'Make a text of each entry first, with `.map(...)` and the tag `text`.',
    );
  const text = widerAlphabet(shape.items.text, alphabetOf(separator));
  return new Node({ op: 'join', list, separator }, { type: 'string', text });
}

/** An entry as a text, where helm and JavaScript write it alike. */
export function asText(entry: Node): Node {
  return entry.shape.type === 'integer' || entry.shape.type === 'boolean' ? concatenation([entry]) : entry;
}

/** The choices of `value.oneOf`, for which the cases are to be just those. */
export function choicesOf(node: Node, cases: unknown): readonly [string, ...string[]] {
  const { choices } = node.shape as { readonly choices?: readonly string[] };
  if (!choices || choices.length === 0)
    throw wrongUse(
      'match',
      describe(node),
      'a choice that `value.oneOf` declares',
      'Declare it with `value.oneOf([...])`, or compare it with `.equals(...).then(...)`.',
    );
  const given = typeof cases === 'object' && cases !== null ? Object.keys(cases) : [];
  const isWhole = choices.length === given.length && choices.every((choice) => given.includes(choice));
  if (isWhole) return choices as readonly [string, ...string[]];
  throw wrongUse(
    'match',
    given.length > 0 ? `cases for ${given.join(', ')}` : inShort(cases),
    `a case for each of ${choices.join(', ')}`,
    'Write every case once; cases that are the same may hold one constant.',
  );
}
