import { createHash } from 'node:crypto';
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

/** The annotations of the Namespace that the policy takes its values from begin with this. */
const PREFIX = 'sandbox.drydock.dev/';
const ANNOTATION_NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** The CEL expression of a parameter: values of the installation come as parameters, never as CEL text. */
export function parameter(path: string, tree: Tree, { parameters }: Rules): string {
  const annotation = `${PREFIX}${annotationName(path)}`;
  parameters.set(annotation, asText(tree));
  return parameterAt(annotation);
}

export function parameterAt(annotation: string): string {
  return `variables.allowed[${celText(annotation)}]`;
}

/** `pod.hostUsers` for a field of the pod, `job.suspend` for one of the Job; a hash where that is no name. */
function annotationName(path: string): string {
  const name = path
    .replace(/^spec\.template\.spec\./, 'pod.')
    .replace(/^spec\./, 'job.')
    .replace(/\[(\d+)\]/g, '.$1');
  return ANNOTATION_NAME.test(name) ? name : createHash('sha256').update(name).digest('hex').slice(0, 16);
}

/** What is not there is the empty text, which no field that is there can have. */
function asText(tree: Tree): Templated<string> {
  if (!isNode(tree)) return String(tree ?? '');
  return new Expression(mayBeAbsent(tree) ? orEmpty(tree) : textOf(tree));
}

function textOf(node: Node): Node {
  return node.shape.type === 'string' ? node : new Node({ op: 'concat', parts: [node] }, PLAIN_STRING);
}

function orEmpty(node: Node): Node {
  const { op } = node;
  if (op.op === 'if') {
    const [yes, no] = [op.yes, op.no].map((tree) => (isNode(tree) ? orEmpty(tree) : String(tree ?? '')));
    return new Node({ ...op, yes, no }, PLAIN_STRING);
  }
  return mayBeAbsent(node) ? new Node({ op: 'orElse', arg: node, fallback: '' }, PLAIN_STRING) : textOf(node);
}
