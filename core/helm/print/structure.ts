import { isNode, isScalar, isTreeList, isTreeMap, Loop, Node, type Shape, type Tree } from '../../template';
import {
  bare,
  knownKeys,
  loopLines,
  nonEmpty,
  pipeline,
  presence,
  spreadPipeline,
  takenKeys,
  trim,
} from './pipeline';
import { scalar, yamlText } from './scalar';
import type { Scope } from './scope';
import type { Truth } from './truth';

/** Maps and lists as block YAML with the `if` and `range` lines that they need, indented as people do. */

const STEP = '  ';

/** The lines of `key: value`, or of nothing where the value is not there. */
export function entryLines(key: string, tree: Tree, indent: string, scope: Scope): string[] {
  const prefix = `${indent}${key}:`;
  const there = scope.ask(presence(tree, scope));
  const whole = passedThrough(tree);
  if (whole && there !== true && isWhereFilled(there, whole, scope))
    return withLines(bare(whole, scope), indent, (dot) => [prefix, asYaml(dot, indent + STEP)]);
  return conditional(there, indent, scope, (inner) => afterKey(prefix, tree, indent, inner));
}

/** Lines about a list or map, which they call `.`, where it has entries. */
function withLines(source: string, indent: string, lines: (dot: string) => string[]): string[] {
  return [`${indent}{{- with ${source} }}`, ...lines('.'), `${indent}{{- end }}`];
}

function asYaml(source: string, indent: string): string {
  return `${indent}{{- toYaml ${source} | nindent ${indent.length} }}`;
}

/** The value of the chart that an entry is, just as it was given, where it is there at all. */
function passedThrough(tree: Tree): Node | undefined {
  const there = onlyBranch(tree);
  const body = isNode(there) && there.op.op === 'compact' ? there.op.body : there;
  return isNode(body) && isReference(body) && isExactInYaml(body.shape) ? body : undefined;
}

/** Whether a condition asks for nothing but that the list or map has entries, which is what `with` asks. */
function isWhereFilled(there: Truth, whole: Node, scope: Scope): boolean {
  return there === nonEmpty(whole, scope) || there === `(not (empty ${pipeline(whole, scope)}))`;
}

/** The entries of a map, at the given indentation. */
export function mapLines(map: { readonly [key: string]: Tree }, indent: string, scope: Scope): string[] {
  return Object.entries(map).flatMap(([key, tree]) => entryLines(yamlText(key), tree, indent, scope));
}

/** Lines that are there under a condition, as far as it is not known already. */
function conditional(cond: Truth, indent: string, scope: Scope, lines: (scope: Scope) => string[]): string[] {
  const there = scope.ask(cond);
  if (there === false) return [];
  if (there === true) return lines(scope);
  return [`${indent}{{- if ${trim(there)} }}`, ...lines(scope.knowing(there)), `${indent}{{- end }}`];
}

/** The value behind `prefix` (`key:` or `-`), which is sure to be there. */
function afterKey(prefix: string, tree: Tree, indent: string, scope: Scope): string[] {
  if (isInline(tree)) return [`${prefix} ${inline(tree, scope)}`];
  return [prefix, ...block(tree, indent + STEP, scope)];
}

/** What fits on the line of its key. */
function isInline(tree: Tree): boolean {
  if (!isNode(tree)) return typeof tree !== 'object' || tree === null || Object.keys(tree).length === 0;
  const { op } = tree;
  if (op.op === 'if')
    return [op.yes, op.no].every((branch) => branch === undefined || isInlineScalar(branch));
  if (op.op === 'orElse') return isInlineScalar(op.arg) && isInlineScalar(op.fallback);
  if (op.op === 'compact') return isInline(op.body);
  return isScalar(tree.shape) || (isReference(tree) && tree.shape.type === 'raw');
}

function isInlineScalar(tree: Tree): boolean {
  return isInline(tree) && (isNode(tree) ? isScalar(tree.shape) : typeof tree !== 'object');
}

function inline(tree: Tree, scope: Scope): string {
  if (isTreeList(tree)) return '[]';
  if (isTreeMap(tree)) return '{}';
  if (isNode(tree) && tree.op.op === 'compact') return inline(tree.op.body, scope);
  if (isNode(tree) && tree.shape.type === 'raw' && isReference(tree))
    return `{{ toJson ${pipeline(tree, scope)} }}`;
  return scalar(tree, scope);
}

function isReference(node: Node): boolean {
  return ['value', 'item', 'filter', 'keys'].includes(node.op.op);
}

/** A value on lines of its own. */
export function block(tree: Tree, indent: string, scope: Scope): string[] {
  if (isInline(tree)) return [`${indent}${inline(tree, scope)}`];
  if (isTreeList(tree)) return orEmpty(tree, '[]', (inner) => listLines(tree, indent, inner), indent, scope);
  if (isTreeMap(tree)) return orEmpty(tree, '{}', (inner) => mapLines(tree, indent, inner), indent, scope);
  return blockOfNode(tree as Node, indent, scope);
}

function orEmpty(
  tree: Tree,
  empty: string,
  lines: (scope: Scope) => string[],
  indent: string,
  scope: Scope,
): string[] {
  const any = scope.ask(nonEmpty(tree, scope));
  if (any === true) return lines(scope);
  if (any === false) return [`${indent}${empty}`];
  return [
    `${indent}{{- if ${trim(any)} }}`,
    ...lines(scope.knowing(any)),
    `${indent}{{- else }}`,
    `${indent}${empty}`,
    `${indent}{{- end }}`,
  ];
}

function blockOfNode(node: Node, indent: string, scope: Scope): string[] {
  const { op } = node;
  switch (op.op) {
    case 'if':
      return choiceLines(pipeline(op.cond, scope), [op.yes, op.no], indent, scope);
    case 'orElse':
      return choiceLines(presence(op.arg, scope) as string, [op.arg, op.fallback], indent, scope);
    case 'compact':
      return block(op.body, indent, scope);
    case 'fragment':
      return [`${indent}{{- include ${JSON.stringify(op.name)} ${scope.root} | nindent ${indent.length} }}`];
    case 'range':
      return orEmpty(
        node,
        '[]',
        (inner) => rangeLines(op.over, op.loop, op.body, indent, inner),
        indent,
        scope,
      );
    case 'merge':
      return orEmpty(
        node,
        '{}',
        (inner) => mergeLines(node, op.own, op.spreads, indent, inner),
        indent,
        scope,
      );
    case 'value':
    case 'item':
    case 'filter':
    case 'keys':
      return referenceLines(node, indent, scope);
    default:
      throw new TypeError(`${op.op} is a scalar`);
  }
}

function choiceLines(
  cond: string,
  [yes, no]: readonly [Tree, Tree],
  indent: string,
  scope: Scope,
  lines: (tree: Tree, indent: string, scope: Scope) => string[] = block,
): string[] {
  if (yes === undefined || yes === null) return lines(no, indent, scope);
  if (no === undefined || no === null) return lines(yes, indent, scope);
  const open = scope.ask(cond);
  if (typeof open === 'boolean') return lines(open ? yes : no, indent, scope);
  return [
    `${indent}{{- if ${trim(open)} }}`,
    ...lines(yes, indent, scope.knowing(open)),
    `${indent}{{- else }}`,
    ...lines(no, indent, scope.knowing(`(not ${open})`)),
    `${indent}{{- end }}`,
  ];
}

function isEmptyList(tree: Tree): boolean {
  return isTreeList(tree) && tree.length === 0;
}

function listLines(items: readonly Tree[], indent: string, scope: Scope): string[] {
  return items.flatMap((item) => {
    if (isNode(item) && item.op.op === 'splice') return spliceLines(item.op.list, indent, scope);
    return conditional(presence(item, scope), indent, scope, (inner) => itemLines(item, indent, inner));
  });
}

/** The entries of a list that is spread, or of a branch that is one. */
function spliced(list: Tree, indent: string, scope: Scope): string[] {
  return isNode(list) ? spliceLines(list, indent, scope) : listLines(list as readonly Tree[], indent, scope);
}

function spliceLines(list: Node, indent: string, scope: Scope): string[] {
  const { op, shape } = list;
  if (op.op === 'orElse' && isEmptyList(op.fallback))
    return conditional(presence(op.arg, scope), indent, scope, (known) =>
      spliced(onlyBranch(op.arg), indent, known),
    );
  if (op.op === 'if') return choiceLines(pipeline(op.cond, scope), [op.yes, op.no], indent, scope, spliced);
  if (op.op === 'range') return rangeLines(op.over, op.loop, op.body, indent, scope);
  if (shape.type !== 'list') return scope.cannotPrint('a spread of something that may be no list', list);
  if (isExactInYaml(shape)) return withLines(bare(list, scope), indent, (dot) => [asYaml(dot, indent)]);
  const loop = new Loop(shape.items);
  return rangeLines(list, loop, entryOf(loop), indent, scope);
}

function entryOf(loop: Loop): Node {
  return new Node({ op: 'item', loop, path: [], optional: false }, loop.item);
}

/** One entry of a list; a map begins on the line of its dash where its first key is sure to be there. */
function itemLines(given: Tree, indent: string, scope: Scope): string[] {
  const item = onlyBranch(given);
  const inner = indent + STEP;
  if (isTreeMap(item) && Object.keys(item).length > 0) {
    const keys = Object.keys(item);
    const first = keys.find((key) => scope.ask(presence(item[key], scope)) === true);
    if (first !== undefined) {
      const ordered = [first, ...keys.filter((key) => key !== first)];
      const lines = ordered.flatMap((key) => entryLines(yamlText(key), item[key], inner, scope));
      return [`${indent}- ${(lines[0] as string).slice(inner.length)}`, ...lines.slice(1)];
    }
  }
  return afterKey(`${indent}-`, item, indent, scope);
}

/** What a condition with one side is where it is there at all. */
function onlyBranch(tree: Tree): Tree {
  if (!isNode(tree) || tree.op.op !== 'if') return tree;
  const { yes, no } = tree.op;
  if (no === undefined || no === null) return onlyBranch(yes);
  return yes === undefined || yes === null ? onlyBranch(no) : tree;
}

function rangeLines(over: Node, loop: Loop, body: Tree, indent: string, scope: Scope): string[] {
  const lines = loopLines(over, loop, indent, scope, (inner) =>
    conditional(presence(body, inner), indent, inner, (known) => itemLines(body, indent, known)),
  );
  const isEmpty = lines.length === 2;
  return isEmpty ? [] : lines;
}

function mergeLines(
  merge: Node,
  own: { readonly [key: string]: Tree },
  spreads: readonly Node[],
  indent: string,
  scope: Scope,
): string[] {
  const lines = spreads.flatMap((spread, index) => {
    if (spreads.slice(index + 1).some((later) => !knownKeys(later, scope)))
      return scope.cannotPrint('two maps spread into one, which may have keys in common', merge);
    const taken = takenKeys(own, spreads, index, scope);
    const known = knownKeys(spread, scope);
    if (!known) return spreadLines(spread, taken, indent, scope);
    if (Object.keys(known).length === 0) return [];
    if (!Object.keys(known).some((key) => taken.includes(key))) return blockOfNode(spread, indent, scope);
    const left = Object.entries(known).filter(([key]) => !taken.includes(key));
    return mapLines(Object.fromEntries(left), indent, scope);
  });
  return [...mapLines(own, indent, scope), ...lines];
}

function spreadLines(spread: Node, taken: readonly string[], indent: string, scope: Scope): string[] {
  const { shape } = spread;
  if (isExactInYaml(shape))
    return conditional(presence(spread, scope), indent, scope, (known) =>
      withLines(trim(spreadPipeline(spread, taken, known)), indent, (dot) => [asYaml(dot, indent)]),
    );
  const values = shape.type === 'map' ? shape.values : ({ type: 'raw' } as const);
  const loop = new Loop(values, { type: 'string', text: shape.type === 'map' ? shape.keys : 'any' });
  return conditional(presence(spread, scope), indent, scope, (known) =>
    entriesOf(spread, loop, taken, indent, known),
  );
}

/** Each entry of a map that is there, but for the keys that are taken. */
function entriesOf(
  spread: Node,
  loop: Loop,
  taken: readonly string[],
  indent: string,
  scope: Scope,
): string[] {
  const inner = scope.inside(loop, pipeline(spread, scope));
  const key = scalar(new Node({ op: 'key', loop }, loop.keys as Shape), inner);
  const source = spreadPipeline(spread, taken, scope);
  const head = `range ${inner.keyVariable(loop)}, ${inner.itemVariable(loop)} := ${source}`;
  return [
    `${indent}{{- ${head} }}`,
    ...inner.around((run) => afterKey(`${indent}${key}:`, entryOf(loop), indent, run), indent),
    `${indent}{{- end }}`,
  ];
}

/** A list, map or object that is passed through as it was given. */
function referenceLines(node: Node, indent: string, scope: Scope): string[] {
  const { shape } = node;
  if (isExactInYaml(shape)) return [asYaml(pipeline(node, scope), indent)];
  if (shape.type === 'list') {
    const loop = new Loop(shape.items);
    const lines = (inner: Scope) => rangeLines(node, loop, entryOf(loop), indent, inner);
    return orEmpty(node, '[]', lines, indent, scope);
  }
  if (shape.type === 'map')
    return orEmpty(node, '{}', (inner) => spreadLines(node, [], indent, inner), indent, scope);
  if (shape.type === 'object') return block(fieldsOf(node, shape), indent, scope);
  return [`${indent}{{ toJson ${pipeline(node, scope)} }}`];
}

function fieldsOf(node: Node, shape: Shape & { type: 'object' }): Tree {
  const { op } = node;
  if (op.op !== 'value' && op.op !== 'item') throw new TypeError(`${op.op} has no fields`);
  const fields = Object.entries(shape.fields).map(([key, field]) => {
    const isFilledIn = field.default !== undefined;
    const optional = field.optional || isFilledIn;
    const given = new Node({ ...op, path: [...op.path, key], optional }, field.shape);
    return [
      key,
      isFilledIn ? new Node({ op: 'orElse', arg: given, fallback: field.default }, field.shape) : given,
    ];
  });
  return Object.fromEntries(fields);
}

/** Whether `toYaml` prints everything of this shape exactly: plain text, booleans, and integers without an exponent. */
function isExactInYaml(shape: Shape): boolean {
  switch (shape.type) {
    case 'string':
      return shape.text === 'plain';
    case 'integer':
      return shape.min >= -999_999 && shape.max <= 999_999;
    case 'boolean':
      return true;
    case 'list':
      return isExactInYaml(shape.items);
    case 'map':
      return shape.keys === 'plain' && isExactInYaml(shape.values);
    case 'object':
      return Object.values(shape.fields).every(
        (field) => field.default === undefined && isExactInYaml(field.shape),
      );
    default:
      return false;
  }
}
