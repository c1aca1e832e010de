import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  DrydockError,
  describeNode,
  Expression,
  type Json,
  NODE,
  Node,
  PLAIN_STRING,
  type Shape,
  type Tree,
  textMarker,
} from '../template';
import { forEach } from './conditions';
import { KubeObject } from './kube-object';

/** Objects that whoever installs a chart adds to it, each as it was given. */
export function addExtraObjects(scope: Construct, list: unknown): void {
  const id = 'extra-object';
  if (Array.isArray(list)) {
    // Run with literals, or without values at all.
    for (const [index, one] of list.entries()) new ApiObject(scope, `${id}-${index}`, { ...one });
    return;
  }
  const node = list instanceof Expression ? list[NODE] : undefined;
  if (node?.shape.type !== 'list' || node.shape.items.type !== 'map')
    throw new DrydockError('WRONG_USE', {
      where: `${scope.node.path} extraObjects`,
      found: node ? describeNode(node) : typeof list,
      expected: 'a value that is declared with `value.objects`',
      remedy: 'Declare it: `extraObjects: value.objects({ default: [], doc: "..." })`.',
    });
  forEach(list as Expression<readonly Json[]>, (one) => {
    new ExtraObject(scope, id, (one as Expression<Json>)[NODE]);
  });
}

const ANY_MAP: Shape = { type: 'map', values: { type: 'raw' }, keys: 'any' };

/** One of them: what it is and what it is called is known at installation alone. */
class ExtraObject extends KubeObject {
  constructor(
    scope: Construct,
    id: string,
    private readonly given: Node,
  ) {
    const name = textMarker(fieldOf(given, ['metadata', 'name'], PLAIN_STRING));
    super(scope, id, { apiVersion: 'v1', kind: 'Object', metadata: { name } });
  }

  override template(): Tree {
    const { given } = this;
    const text = (...path: readonly string[]) => fieldOf(given, path, PLAIN_STRING);
    const metadata = beside({ name: text('metadata', 'name') }, fieldOf(given, ['metadata'], ANY_MAP));
    return beside({ apiVersion: text('apiVersion'), kind: text('kind'), metadata }, given);
  }
}

function fieldOf({ op }: Node, path: readonly string[], shape: Shape): Node {
  if (op.op !== 'item') throw new TypeError(`${op.op} is no entry of a loop`);
  return new Node({ ...op, path }, shape);
}

function beside(own: { readonly [key: string]: Tree }, rest: Node): Node {
  return new Node({ op: 'merge', own, spreads: [rest] }, ANY_MAP);
}
