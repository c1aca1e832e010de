import { DrydockError, isNode, isTreeList, isTreeMap, Node, shapeOf, type Tree, treeOf } from '../template';

/** One step of a JSON Patch (RFC 6902), as cdk8s's `JsonPatch.add(...)` and its siblings make it. */
export interface PatchOperation {
  readonly op: string;
  /** A JSON pointer; the last step into a list may be `-`, its end. */
  readonly path: string;
  readonly value?: unknown;
  readonly from?: string;
}

type Part = { readonly [key: string]: Tree };
/** What becomes of the place that the pointer leads to; `undefined` takes it away. */
type Change = { readonly kind: 'add' | 'replace' | 'remove'; readonly value: Tree };

/**
 * A template tree with a JSON patch applied. Where the pointer leads through a condition, both sides are changed that
 * have the place; an expression that is only known at installation cannot be looked into.
 */
export function patched(tree: Tree, operations: readonly PatchOperation[], where: string): Tree {
  return operations.reduce((before, operation) => apply(before, operation, where), tree);
}

function apply(tree: Tree, { op, path, value, from }: PatchOperation, where: string): Tree {
  const at = `${where} patch ${op} ${path}`;
  switch (op) {
    case 'add':
    case 'replace':
      return change(tree, stepsOf(path, at), { kind: op, value: treeOf(value, at) }, at);
    case 'remove':
      return change(tree, stepsOf(path, at), { kind: 'remove', value: undefined }, at);
    case 'copy':
    case 'move': {
      const moved = read(tree, stepsOf(from ?? '', at), at);
      const base = op === 'move' ? apply(tree, { op: 'remove', path: from ?? '' }, where) : tree;
      return change(base, stepsOf(path, at), { kind: 'add', value: moved }, at);
    }
    default:
      throw wrongPatch(at, `the operation ${op}`, 'add, replace, remove, copy or move');
  }
}

function stepsOf(pointer: string, at: string): string[] {
  if (!pointer.startsWith('/'))
    throw wrongPatch(at, `the path "${pointer}"`, 'a JSON pointer such as /spec/replicas');
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function change(tree: Tree, steps: readonly string[], to: Change, at: string): Tree {
  if (isNode(tree)) return changeNode(tree, steps, to, at);
  if (isTreeList(tree)) return changeList(tree, steps, to, at);
  if (isTreeMap(tree)) return changeMap(tree, steps, to, at);
  throw missing(steps, at);
}

function changeMap(map: Part, [key, ...rest]: readonly string[], to: Change, at: string): Tree {
  const name = key as string;
  const isThere = holds(map, name);
  if (!isThere && (rest.length > 0 || to.kind !== 'add')) throw missing([name, ...rest], at);
  if (rest.length > 0) return { ...map, [name]: change(map[name], rest, to, at) };
  if (to.kind !== 'remove') return { ...map, [name]: to.value };
  return Object.fromEntries(Object.entries(map).filter(([one]) => one !== name));
}

/** Whether a map has something at a key of its own: every object of JavaScript has a `constructor`. */
function holds(map: Part, key: string): boolean {
  return Object.hasOwn(map, key) && map[key] !== undefined && map[key] !== null;
}

function changeList(list: readonly Tree[], [step, ...rest]: readonly string[], to: Change, at: string): Tree {
  if (step === '-' && rest.length === 0 && to.kind === 'add') return [...list, to.value];
  const index = Number(step);
  const last = to.kind === 'add' && rest.length === 0 ? list.length : list.length - 1;
  if (!/^(0|[1-9]\d*)$/.test(step as string) || index > last) throw missing([step as string, ...rest], at);
  const before = list.slice(0, index);
  if (rest.length > 0) return [...before, change(list[index], rest, to, at), ...list.slice(index + 1)];
  if (to.kind === 'add') return [...before, to.value, ...list.slice(index)];
  return [...before, ...(to.kind === 'remove' ? [] : [to.value]), ...list.slice(index + 1)];
}

function changeNode(node: Node, steps: readonly string[], to: Change, at: string): Tree {
  const { op } = node;
  switch (op.op) {
    case 'if': {
      const sides = [op.yes, op.no].map((side) => attempt(() => change(side, steps, to, at)));
      if (sides.every((side) => side === undefined)) throw missing(steps, at);
      const [yes, no] = [sides[0]?.tree ?? op.yes, sides[1]?.tree ?? op.no];
      return new Node({ ...op, yes, no }, shapeOf(yes ?? no));
    }
    case 'merge': {
      const [key] = steps as [string];
      const isOwn = holds(op.own, key);
      if (!isOwn && (steps.length > 1 || to.kind !== 'add')) throw opaque(steps, at);
      return new Node({ ...op, own: changeMap(op.own, steps, to, at) as Part }, node.shape);
    }
    case 'fragment':
      return steps.length === 1 && to.kind !== 'remove'
        ? new Node({ op: 'merge', own: { [steps[0] as string]: to.value }, spreads: [node] }, node.shape)
        : change(op.body, steps, to, at);
    case 'compact':
      return new Node({ ...op, body: change(op.body, steps, to, at) }, node.shape);
    default:
      throw opaque(steps, at);
  }
}

function attempt(body: () => Tree): { readonly tree: Tree } | undefined {
  try {
    return { tree: body() };
  } catch (error) {
    if (error instanceof DrydockError && error.code === 'PATCH_PATH') return undefined;
    throw error;
  }
}

function read(tree: Tree, steps: readonly string[], at: string): Tree {
  const [step, ...rest] = steps;
  if (step === undefined) return tree;
  if (isNode(tree)) throw opaque(steps, at);
  const next = isTreeList(tree) ? (tree as unknown as Part) : isTreeMap(tree) ? tree : {};
  if (!holds(next, step) || step === 'length') throw missing(steps, at);
  return read(next[step], rest, at);
}

function missing(steps: readonly string[], at: string): DrydockError {
  return wrongPatch(at, `nothing at "${steps[0]}"`, 'a path that the rendered object has');
}

function opaque(steps: readonly string[], at: string): DrydockError {
  return wrongPatch(
    at,
    `an expression before "${steps.join('/')}", known only at installation`,
    'plain data down to the changed place',
  );
}

function wrongPatch(where: string, found: string, expected: string): DrydockError {
  return new DrydockError('PATCH_PATH', {
    where,
    found,
    expected,
    remedy: 'Synthesize once without the patch and read the object; replace the whole expression if need be.',
  });
}
