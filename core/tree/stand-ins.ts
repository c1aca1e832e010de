import type { ApiObject, IResolver, ResolutionContext } from 'cdk8s';
import type { IConstruct } from 'constructs';
import {
  carriedNode,
  DrydockError,
  holdsNode,
  isNode,
  isTreeList,
  isTreeMap,
  type Node,
  spreadNodesOf,
  standInsExist,
  Node as TemplateNode,
  type Tree,
  textMarker,
  treeOf,
  visitNodes,
} from '../template';

/**
 * Expressions that the resolver handed on as stand-ins, by the object that they were found in and by their place there:
 * what a map was spread into is another one at each rendering.
 */
const handedOn = new WeakMap<ApiObject, Map<string, Node>>();

/**
 * Lets an expression be given wherever a construct takes a value: on its way into the JSON it becomes a stand-in, which
 * is recognised there again. (Stock cdk8s refuses objects of a class.)
 */
export class ExpressionResolver implements IResolver {
  resolve(context: ResolutionContext): void {
    const node = nodeBehind(context.value);
    if (node) context.replaceValue(handOn(context.obj, node, context.key));
  }
}

/** The stand-in for an expression that was found in an object. */
export function handOn(object: ApiObject, node: Node, key: readonly string[]): string {
  const nodes = handedOn.get(object) ?? new Map<string, Node>();
  handedOn.set(object, nodes.set(key.join('.'), node));
  return textMarker(node);
}

/** The node of an expression, of a group of values, or of an object that a map was spread into. */
export function nodeBehind(value: unknown): Node | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const node = carriedNode(value);
  if (node) return node;
  if (spreadNodesOf(value).length === 0) return undefined;
  const tree = treeOf(value);
  return isNode(tree) ? tree : undefined;
}

/** The template tree of an object that some other construct made, read from the JSON that it renders. */
export function recognise(object: ApiObject, json: unknown): Tree {
  const where = placeOf(object);
  const tree = treeOf(json, where);
  if (!standInsExist()) return tree;
  const found = new Set<Node>();
  visitNodes(tree, (node) => found.add(node));
  for (const [key, node] of handedOn.get(object) ?? []) {
    if (!found.has(node)) throw lost(where, key);
  }
  return compactMetadata(tree);
}

/** For example `todo/api/deployment`, the construct path that errors name. */
export function placeOf(construct: IConstruct): string {
  return construct.node.path || '(app)';
}

/** cdk8s leaves empty maps and lists out of metadata; where one may come out empty, the tree says so. */
export function compactMetadata(tree: Tree): Tree {
  if (!isTreeMap(tree) || !isTreeMap(tree.metadata)) return tree;
  const metadata = Object.entries(tree.metadata).map(([key, value]) => [key, absentWhereEmpty(value)]);
  return { ...tree, metadata: Object.fromEntries(metadata) };
}

function absentWhereEmpty(value: Tree): Tree {
  const isCollection =
    isNode(value) && !['string', 'boolean', 'integer', 'number'].includes(value.shape.type);
  const isDynamic = isCollection || ((isTreeList(value) || isTreeMap(value)) && holdsNode(value));
  if (isDynamic)
    return new TemplateNode({ op: 'compact', body: value }, isNode(value) ? value.shape : { type: 'raw' });
  const isEmpty =
    typeof value === 'object' && value !== null && !isNode(value) && Object.keys(value).length === 0;
  return isEmpty ? undefined : value;
}

function lost(where: string, key: string): DrydockError {
  return new DrydockError('VALUE_LOST', {
    where: `${where} ${key}`,
    found: 'an expression that is missing from the rendered object',
    expected: 'the expression in the object',
    remedy:
      'The construct does not know expressions and dropped it there. Use `.asString()` or `.asNumber()` for a scalar, a construct of this library for a whole object.',
  });
}
