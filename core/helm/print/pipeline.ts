import {
  type Comparison,
  hasDefaults,
  isNode,
  isNumeric,
  isTreeList,
  isTreeMap,
  type Loop,
  mayBeAbsent,
  Node,
  type Shape,
  shapeOf,
  type Tree,
} from '../../template';
import { bytes, floatLiteral, milliCpu, textFunction } from './functions';
import { goString } from './go-string';
import { pathIn, pathInValues } from './path';
import type { Scope } from './scope';
import { and, choice, or, type Truth } from './truth';

/** An expression as a pipeline of Go's templates, for use inside `{{ }}`; in parentheses where it is compound. */
export function pipeline(tree: Tree, scope: Scope): string {
  if (!isNode(tree)) return literal(tree, scope);
  const { op } = tree;
  const of = (part: Tree) => pipeline(part, scope);
  switch (op.op) {
    case 'value':
      return pathInValues(`${scope.prefix}.Values`, op.path);
    case 'item':
      return pathIn(scope.itemVariable(op.loop), op.path);
    case 'key':
      return scope.keyVariable(op.loop);
    case 'builtin':
      return `${scope.prefix}.${op.name}`;
    case 'concat':
      return `(${printf(op.parts, scope)})`;
    case 'if':
      return `(ternary ${orNil(op.yes, scope)} ${orNil(op.no, scope)} ${of(op.cond)})`;
    case 'and':
    case 'or':
      return String(op.args.map<Truth>(of).reduce(op.op === 'and' ? and : or));
    case 'not':
      return `(not ${of(op.arg)})`;
    case 'compare':
      return comparison(op.how, op.left, op.right, scope);
    case 'isSet':
      return isSet(op.arg, scope);
    case 'isEmpty':
      return `(empty ${of(op.arg)})`;
    case 'orElse':
      return `(ternary ${of(op.arg)} ${of(op.fallback)} ${isSet(op.arg, scope)})`;
    case 'text':
      return textFunction(op.how, of(op.arg), op.by);
    case 'json':
      return `(toJson ${data(op.arg, scope, tree)})`;
    case 'length':
      return `(len ${of(op.arg)})`;
    case 'milliCpu':
      return milliCpu(of(op.arg));
    case 'bytes':
      return bytes(of(op.arg));
    case 'join':
      return `(join ${goString(op.separator)} ${of(op.list)})`;
    case 'fragment':
      return `(include ${goString(op.name)} ${scope.root})`;
    case 'range':
    case 'filter':
      return scope.computed(tree, wordOf(op.over, scope), (variable, base) =>
        op.op === 'range' ? mappedLines(tree, op, variable, base) : filteredLines(op, variable, base),
      );
    case 'some':
      return scope.computed(tree, `any${capital(wordOf(op.over, scope))}`, (variable, base) =>
        anyLines(op.over, op.loop, (inner) => pipeline(op.cond, inner), variable, base),
      );
    case 'keys':
      return `(sortAlpha (keys ${of(op.map)}))`;
    case 'first':
      return `(first ${of(op.list)})`;
    case 'merge':
    case 'compact':
    case 'splice':
      return scope.cannotPrint(`a list or map that is put together, where only ${USABLE} can be`, tree);
  }
}

/** A branch that is not there is asked for by nobody, but Go's `ternary` takes both. */
function orNil(tree: Tree, scope: Scope): string {
  return tree === undefined || tree === null ? 'nil' : pipeline(tree, scope);
}

/** What a variable is called that is computed from a list or map. */
function wordOf(over: Node, scope: Scope): string {
  return iterable(over, scope).replace(/[()]/g, '').split(/[. $]/).pop() ?? '';
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

type LoopOp<Name extends Node['op']['op']> = Extract<Node['op'], { readonly op: Name }>;

function mappedLines(
  node: Node,
  { over, loop, body }: LoopOp<'range'>,
  variable: string,
  scope: Scope,
): string[] {
  const loopOf = loopLines(over, loop, '', scope, (inner) => {
    const append = `{{- ${variable} = append ${variable} ${dictionary(body, inner, node)} }}`;
    return under(presence(body, inner), [append]);
  });
  return [`{{- ${variable} := list }}`, ...loopOf];
}

function filteredLines({ over, loop, cond }: LoopOp<'filter'>, variable: string, scope: Scope): string[] {
  const loopOf = loopLines(over, loop, '', scope, (inner) => {
    const item = inner.itemVariable(loop);
    const keep = loop.keys
      ? `{{- $_ := set ${variable} ${inner.keyVariable(loop)} ${item} }}`
      : `{{- ${variable} = append ${variable} ${item} }}`;
    return under(pipeline(cond, inner), [keep]);
  });
  return [`{{- ${variable} := ${loop.keys ? 'dict' : 'list'} }}`, ...loopOf];
}

function anyLines(
  over: Node,
  loop: Loop,
  cond: (inner: Scope) => Truth,
  variable: string,
  scope: Scope,
): string[] {
  const loopOf = loopLines(over, loop, '', scope, (inner) =>
    under(cond(inner), [`{{- ${variable} = true }}`]),
  );
  return [`{{- ${variable} := false }}`, ...loopOf];
}

function under(cond: Truth, lines: readonly string[]): string[] {
  if (typeof cond === 'boolean') return cond ? [...lines] : [];
  return [`{{- if ${trim(cond)} }}`, ...lines, '{{- end }}'];
}

/** The lines of a loop, below what each of its runs computes first. */
export function loopLines(
  over: Node,
  loop: Loop,
  indent: string,
  scope: Scope,
  body: (inner: Scope) => string[],
): string[] {
  const source = iterable(over, scope);
  const inner = scope.inside(loop, source);
  const variables = loop.keys
    ? `${inner.keyVariable(loop)}, ${inner.itemVariable(loop)}`
    : inner.itemVariable(loop);
  return [
    `${indent}{{- range ${variables} := ${source} }}`,
    ...inner.around(body, indent),
    `${indent}{{- end }}`,
  ];
}

/** What is looped over: a value that is not there has no entries for Go's `range`, though for no function of helm. */
function iterable(over: Node, scope: Scope): string {
  const { op } = over;
  const isEmptyElse =
    op.op === 'orElse' && !isNode(op.fallback) && Object.keys(op.fallback ?? {}).length === 0;
  const isReference = op.op === 'orElse' && (op.arg.op.op === 'value' || op.arg.op.op === 'item');
  return op.op === 'orElse' && isEmptyElse && isReference ? pipeline(op.arg, scope) : pipeline(over, scope);
}

/** A map as Go has it: a helper that is read again, a value, or one that is put together. */
function data(tree: Tree, scope: Scope, about: Tree = tree): string {
  if (isNode(tree) && hasDefaults(tree.shape))
    scope.cannotPrint('entries with fields that have a default, as JSON', about);
  if (isNode(tree) && tree.op.op === 'fragment') return `(fromYaml ${pipeline(tree, scope)})`;
  return dictionary(tree, scope, about);
}

/** What `include` gives of a map is text, and is read again. */
function isMapHelper(tree: Tree): boolean {
  return isNode(tree) && tree.op.op === 'fragment' && tree.shape.type === 'map';
}

function dictionary(tree: Tree, scope: Scope, about: Tree = tree): string {
  if (isTreeList(tree)) return listOf(tree, scope, about);
  if (!isTreeMap(tree)) return isMapHelper(tree) ? data(tree, scope) : pipeline(tree, scope);
  const entries = Object.entries(tree).filter(([, value]) => presence(value, scope) !== false);
  const open = entries.find(([, value]) => presence(value, scope) !== true);
  if (open)
    scope.cannotPrint(`the key ${open[0]}, which may be left out, in a map that is asked about`, about);
  const parts = entries.flatMap(([key, value]) => [goString(key), dictionary(value, scope, about)]);
  return `(${['dict', ...parts].join(' ')})`;
}

/** A list that is written out, other lists spread into it. */
function listOf(items: readonly Tree[], scope: Scope, about: Tree): string {
  const there = items.filter((item) => presence(item, scope) !== false);
  if (there.some((item) => presence(item, scope) !== true))
    scope.cannotPrint('an entry that may be left out, in a list that is asked about', about);
  if (!there.some(isSplice))
    return `(${['list', ...there.map((item) => dictionary(item, scope, about))].join(' ')})`;
  const lists = there.map((item) =>
    isSplice(item) ? pipeline(item.op.list, scope) : listOf([item], scope, about),
  );
  return `(concat ${lists.join(' ')})`;
}

type Splice = Node & { readonly op: LoopOp<'splice'> };

function isSplice(item: Tree): item is Splice {
  return isNode(item) && item.op.op === 'splice';
}

const USABLE = 'a scalar or a value of the chart';

/** Without the outer parentheses, as people write it directly inside `{{ }}`. */
export function bare(tree: Tree, scope: Scope): string {
  return trim(pipeline(tree, scope));
}

export function trim(text: string): string {
  return text.startsWith('(') ? text.slice(1, -1) : text;
}

/** Whether an expression that may be absent is there, as a condition that is a real boolean. */
export function presence(tree: Tree, scope: Scope): Truth {
  if (tree === undefined || tree === null) return false;
  if (!isNode(tree) || !mayBeAbsent(tree)) return true;
  const { op } = tree;
  switch (op.op) {
    case 'value':
    case 'item':
      return isSet(tree, scope);
    case 'orElse':
      return or(isSet(op.arg, scope), presence(op.fallback, scope));
    case 'if':
      return choice(pipeline(op.cond, scope), presence(op.yes, scope), presence(op.no, scope));
    case 'compact':
      return nonEmpty(op.body, scope);
    case 'first':
      return nonEmpty(op.list, scope);
    default:
      throw new TypeError(`${op.op} cannot be absent`);
  }
}

/** Whether a list or map comes out with anything in it. */
export function nonEmpty(tree: Tree, scope: Scope): Truth {
  if (isNode(tree)) return nonEmptyNode(tree, scope);
  const entries = typeof tree === 'object' && tree !== null ? (Object.values(tree) as Tree[]) : [];
  return entries.map((entry) => presenceInList(entry, scope)).reduce<Truth>(or, false);
}

function presenceInList(entry: Tree, scope: Scope): Truth {
  return isNode(entry) && entry.op.op === 'splice' ? nonEmpty(entry.op.list, scope) : presence(entry, scope);
}

function nonEmptyNode(tree: Node, scope: Scope): Truth {
  const { op } = tree;
  switch (op.op) {
    case 'value':
    case 'item':
      if (op.optional) return and(isSet(tree, scope), `(not (empty ${pipeline(tree, scope)}))`);
      return `(not (empty ${pipeline(tree, scope)}))`;
    case 'range':
      return mayBeAbsent(op.body) ? anyThere(tree, op, scope) : nonEmpty(op.over, scope);
    case 'filter':
      return `(not (empty ${pipeline(tree, scope)}))`;
    case 'keys':
      return nonEmpty(op.map, scope);
    case 'merge':
      return op.spreads
        .map((spread, index) => {
          if (knownKeys(spread, scope)) return nonEmpty(spread, scope);
          const entries = spreadPipeline(spread, takenKeys(op.own, op.spreads, index, scope), scope);
          return and(presence(spread, scope), `(not (empty ${entries}))`);
        })
        .reduce<Truth>(or, nonEmpty(op.own, scope));
    case 'if':
      return choice(pipeline(op.cond, scope), nonEmpty(op.yes, scope), nonEmpty(op.no, scope));
    case 'orElse':
      return choice(isSet(op.arg, scope), nonEmpty(op.arg, scope), nonEmpty(op.fallback, scope));
    case 'compact':
    case 'fragment':
      return nonEmpty(op.body, scope);
    default:
      return true;
  }
}

/** Whether a loop whose entries may be left out has one that is not. */
function anyThere(tree: Node, { over, loop, body }: LoopOp<'range'>, scope: Scope): string {
  // The list itself may be computed too, so that this is a node of its own.
  const asked = anyNodes.get(tree) ?? new Node({ op: 'range', over, loop, body }, tree.shape);
  anyNodes.set(tree, asked);
  return scope.computed(asked, `any${capital(wordOf(over, scope))}`, (variable, base) =>
    anyLines(over, loop, (inner) => presence(body, inner), variable, base),
  );
}

const anyNodes = new WeakMap<Node, Node>();

/** A spread map without the keys that win over its own. */
export function spreadPipeline(spread: Node, taken: readonly string[], scope: Scope): string {
  if (spread.op.op === 'fragment')
    scope.cannotPrint('the spread of a helper whose keys may be left out', spread);
  const map = pipeline(spread, scope);
  return taken.length === 0 ? map : `(omit ${map} ${taken.map(goString).join(' ')})`;
}

/** The entries of a map that is a helper, where each of them is sure to be there; other spread maps have unknown keys. */
export function knownKeys(spread: Node, scope: Scope): { readonly [key: string]: Tree } | undefined {
  const { op } = spread;
  if (op.op !== 'fragment' || !isTreeMap(op.body)) return undefined;
  const isSure = Object.values(op.body).every((entry) => scope.ask(presence(entry, scope)) === true);
  return isSure ? op.body : undefined;
}

/** The keys that win over those of a spread map: the ones beside it, and those of the maps spread after it. */
export function takenKeys(
  own: { readonly [key: string]: Tree },
  spreads: readonly Node[],
  index: number,
  scope: Scope,
): string[] {
  return [own, ...spreads.slice(index + 1).map((later) => knownKeys(later, scope) ?? {})].flatMap(
    Object.keys,
  );
}

function isSet(tree: Node, scope: Scope): string {
  const { op } = tree;
  if (op.op !== 'value' && op.op !== 'item') return presence(tree, scope) as string;
  const key = op.path.at(-1);
  if (key === undefined) throw new TypeError('the entry of a loop is always there');
  return `(hasKey ${pipeline(new Node({ ...op, path: op.path.slice(0, -1) }, tree.shape), scope)} ${goString(key)})`;
}

function comparison(how: Comparison, left: Tree, right: Tree, scope: Scope): string {
  const [a, b] = [shapeOf(left), shapeOf(right)];
  if (how === 'matches') return `(regexMatch ${pipeline(right, scope)} ${pipeline(left, scope)})`;
  if (how === 'contains') return `(contains ${pipeline(right, scope)} ${pipeline(left, scope)})`;
  return `(${how} ${operand(left, a, b, scope)} ${operand(right, b, a, scope)})`;
}

/** Helm reads numbers of a values file as float64 and those of `--set` as int64; comparing needs one of them. */
function operand(tree: Tree, own: Shape, other: Shape, scope: Scope): string {
  const asInteger = own.type === 'integer' && other.type === 'integer';
  if (!isNumeric(own)) return pipeline(tree, scope);
  if (!isNode(tree)) return asInteger ? literal(tree, scope) : floatLiteral(tree as number);
  return `(${asInteger ? 'int64' : 'float64'} ${pipeline(tree, scope)})`;
}

function literal(tree: Tree, scope: Scope): string {
  if (typeof tree === 'string') return goString(tree);
  // Go's templates refuse whole numbers beyond int64, and have no -0 among them.
  if (Object.is(tree, -0)) return '-0.0';
  if (typeof tree === 'number') return Number.isSafeInteger(tree) ? String(tree) : floatLiteral(tree);
  if (typeof tree === 'boolean') return String(tree);
  if (isTreeList(tree) || isTreeMap(tree)) return dictionary(tree, scope);
  return scope.cannotPrint('something that is not there, where only a value can be', tree);
}

function printf(parts: readonly (string | Node)[], scope: Scope): string {
  let format = '';
  const args: string[] = [];
  for (const part of parts) {
    if (typeof part === 'string') format += part.replaceAll('%', '%%');
    else {
      format += part.shape.type === 'boolean' ? '%t' : part.shape.type === 'integer' ? '%d' : '%s';
      args.push(textArgument(part, scope));
    }
  }
  return ['printf', goString(format), ...args].join(' ');
}

function textArgument(part: Node, scope: Scope): string {
  if (part.shape.type === 'integer') return `(int64 ${pipeline(part, scope)})`;
  if (part.shape.type === 'number') return `(toJson ${pipeline(part, scope)})`;
  return pipeline(part, scope);
}
