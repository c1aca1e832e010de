import { showsStandIn } from './marker';
import { type Comparison, carriedNode, mayBeAbsent, Node, type TextFunction } from './nodes';
import { BOOLEAN, isNumeric, isScalar, PLAIN_STRING, type Shape } from './shape';
import { shapeOf, treeOf } from './tree-of';
import { LEAST_TRUNCATED } from './truncate';
import { describe, inShort, wrongUse } from './wrong-use';

/** Nodes that are only made of what fits together. */

const COMPARABLE = 'a string, number or boolean that is always there';

export function comparison(left: Node, how: Comparison, other: unknown): Node {
  const right = treeOf(other);
  const shapes = [left.shape, shapeOf(right)] as const;
  const sameKind = shapes[0].type === shapes[1].type || shapes.every(isNumeric);
  if (!sameKind || !shapes.every(isScalar) || mayBeAbsent(left) || mayBeAbsent(right)) {
    throw wrongUse(
      `a comparison of ${describe(left)} with ${typeof other === 'object' ? 'an expression' : inShort(other)}`,
      shapes.map((shape) => shape.type).join(' and '),
      COMPARABLE,
      'Compare values of one type; use `.orElse(...)` on an optional value first.',
    );
  }
  return new Node({ op: 'compare', how, left, right }, BOOLEAN);
}

/** The node of something that can be part of a text. */
export function presentScalar(node: Node): Node {
  if (isScalar(node.shape) && !mayBeAbsent(node)) return node;
  throw wrongUse(
    'text',
    describe(node),
    'a string, number or boolean that is always there',
    'Use `.orElse(...)` for an optional value; pass a list, map or object as a whole prop, not inside a string.',
  );
}

/** The node of a condition; only a boolean can be one, so that helm and JavaScript cannot differ on what is true. */
export function condition(input: unknown): Node {
  const node = carriedNode(input);
  if (node?.shape.type !== 'boolean' || mayBeAbsent(node)) {
    throw wrongUse(
      'a condition',
      node ? describe(node) : inShort(input),
      'an expression of a boolean that is always there',
      'Compare first: `.equals(...)`, `.gt(...)`, `.isSet`, `.isEmpty.not()`. A condition known now is an ordinary `if`.',
    );
  }
  return node;
}

export function collection(node: Node, method: string): Node {
  const isCollection = node.shape.type === 'list' || node.shape.type === 'map';
  if (!isCollection || mayBeAbsent(node)) {
    throw wrongUse(
      method,
      describe(node),
      'a list or map that is always there',
      mayBeAbsent(node) && isCollection
        ? 'Say what it is where it was not given: `.orElse([])` for a list, `.orElse({})` for a map.'
        : 'Declare the value as a list or map with a default.',
    );
  }
  return node;
}

/** Functions of characters, which Go and JavaScript count and change alike in ASCII alone. */
const OF_ASCII: readonly TextFunction[] = ['lower', 'upper', 'truncate'];

export function textFunction(arg: Node, how: TextFunction, by?: string | number): Node {
  if (mayBeAbsent(arg))
    throw wrongUse(how, describe(arg), 'a text that is always there', 'Use `.orElse(...)` first.');
  if (OF_ASCII.includes(how) && !(arg.shape.type === 'string' && arg.shape.text === 'plain')) {
    throw wrongUse(
      how,
      describe(arg),
      'a text of plain ASCII',
      'Give the value a `pattern` of plain characters.',
    );
  }
  return new Node({ op: 'text', how, arg, ...(by === undefined ? {} : { by }) }, shapeOfText(how, arg.shape));
}

/** What is trimmed from a text is known when the program runs. */
export function affix(text: unknown, method: string): string {
  if (typeof text === 'string' && text !== '' && !/\p{Surrogate}/u.test(text) && !showsStandIn(text))
    return text;
  throw wrongUse(
    method,
    carriedNode(text) ? 'an expression' : inShort(text),
    'a text that is known now',
    'Write the text itself; what only the installation knows cannot be trimmed.',
  );
}

/** How long the start of a text may be. */
export function atMost(max: unknown): number {
  if (Number.isInteger(max) && (max as number) >= LEAST_TRUNCATED && (max as number) <= 1000)
    return max as number;
  throw wrongUse(
    'truncate',
    carriedNode(max) ? 'an expression' : inShort(max),
    `a whole number from ${LEAST_TRUNCATED} to 1000`,
    'Names of most objects have at most 63 characters, those that other names begin with fewer.',
  );
}

function shapeOfText(how: TextFunction, shape: Shape): Shape {
  if (how === 'labelValue') return shape;
  // It has the letters of its argument, but not its pattern.
  if (how === 'verbatim' || how === 'trimPrefix' || how === 'trimSuffix')
    return { type: 'string', text: shape.type === 'string' ? shape.text : 'any' };
  // Digests and base64 are plain text whatever they are made of.
  return PLAIN_STRING;
}
