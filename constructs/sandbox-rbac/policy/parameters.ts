import {
  Expression,
  isNode,
  mayBeAbsent,
  Node,
  PLAIN_STRING,
  type Templated,
  type Tree,
} from '../../../core/template';
import { celText } from './cel';
import type { Rules } from './rule';

/** The CEL expression of a parameter: values of the installation come as data of a ConfigMap, never as CEL text. */
export function parameter(path: string, tree: Tree, { parameters }: Rules): string {
  const key = path.replace(/\[(\d+)\]/g, '.$1');
  parameters.set(key, asText(tree));
  return `params.data[${celText(key)}]`;
}

function asText(tree: Tree): Templated<string> {
  if (!isNode(tree)) return String(tree);
  return new Expression(mayBeAbsent(tree) ? orEmpty(tree) : textOf(tree));
}

function textOf(node: Node): Node {
  return node.shape.type === 'string' ? node : new Node({ op: 'concat', parts: [node] }, PLAIN_STRING);
}

/** What is not there is the empty text. */
function orEmpty(node: Node): Node {
  const { op } = node;
  if (op.op === 'if') {
    const [yes, no] = [op.yes, op.no].map((tree) => (isNode(tree) ? orEmpty(tree) : String(tree ?? '')));
    return new Node({ ...op, yes, no }, PLAIN_STRING);
  }
  return mayBeAbsent(node) ? new Node({ op: 'orElse', arg: node, fallback: '' }, PLAIN_STRING) : textOf(node);
}
