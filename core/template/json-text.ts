import { DrydockError } from '../../errors';
import { numberText } from './go-text';
import { isNode, isTreeList, mayBeAbsent, Node, type Tree } from './nodes';
import { BOOLEAN, isNumeric, type Shape } from './shape';
import { concatenation, joinNeighbours } from './tree-of';

/**
 * A tree as one text of JSON, with its expressions filled in when the text is evaluated. `null` stands for what is
 * not there. Only expressions whose JSON needs no escaping can be filled in, so that helm writes the same bytes.
 */
export function jsonText(tree: Tree, where: string): Node | string {
  const parts = joinNeighbours(jsonParts(tree, where));
  const [first] = parts;
  return parts.length === 1 && typeof first === 'string' ? first : concatenation(parts);
}

type Part = string | Node;

function jsonParts(tree: Tree, where: string): Part[] {
  if (tree === undefined || tree === null) return ['null'];
  if (isNode(tree)) return filledIn(tree, where);
  if (isTreeList(tree)) {
    return ['[', ...separated(tree.map((item, index) => jsonParts(item, `${where}[${index}]`))), ']'];
  }
  if (typeof tree === 'number') return [numberText(tree)];
  if (typeof tree !== 'object') return [JSON.stringify(tree)];
  // A key that is not there is written too: beside a spread map it hides that map's own.
  const entries = Object.entries(tree).map(([key, entry]): Part[] => [
    `${JSON.stringify(key)}:`,
    ...jsonParts(entry, `${where}.${key}`),
  ]);
  return ['{', ...separated(entries), '}'];
}

function separated(groups: readonly Part[][]): Part[] {
  return groups.flatMap((group, index) => (index === 0 ? group : [',', ...group]));
}

function filledIn(node: Node, where: string): Part[] {
  if (!mayBeAbsent(node)) return present(node, where);
  const { op } = node;
  if (op.op === 'value' || op.op === 'item') return eitherText(isSet(node), present(node, where), ['null']);
  if (op.op === 'if') return eitherText(op.cond, jsonParts(op.yes, where), jsonParts(op.no, where));
  if (op.op === 'orElse') {
    return eitherText(isSet(op.arg), present(op.arg, where), jsonParts(op.fallback, where));
  }
  throw cannotFillIn(node.shape, where);
}

function present(node: Node, where: string): Part[] {
  const { shape } = node;
  if (shape.type === 'string' && shape.text === 'plain') return ['"', node, '"'];
  if (isNumeric(shape) || shape.type === 'boolean') return [node];
  throw cannotFillIn(shape, where);
}

function isSet(arg: Node): Node {
  return new Node({ op: 'isSet', arg }, BOOLEAN);
}

function eitherText(cond: Node, yes: readonly Part[], no: readonly Part[]): Part[] {
  const [whenTrue, whenFalse] = [concatenation(yes), concatenation(no)];
  const text = concatenation([whenTrue, whenFalse]).shape;
  return [new Node({ op: 'if', cond, yes: whenTrue, no: whenFalse }, text)];
}

function cannotFillIn(shape: Shape, where: string): DrydockError {
  return new DrydockError('TEMPLATE_VALUE', {
    where,
    found: shape.type === 'string' ? 'a value that can hold any text' : `a value of type ${shape.type}`,
    expected: 'a number, a boolean, or a text of plain characters',
    remedy:
      'Give the value a `pattern` without quotes, backslashes and angle brackets; a list or map cannot be filled into a template.',
  });
}
