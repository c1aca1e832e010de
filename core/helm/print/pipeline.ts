import {
  type Comparison,
  CPU_PATTERN,
  isNode,
  isNumeric,
  isTreeMap,
  mayBeAbsent,
  Node,
  numberText,
  type Shape,
  shapeOf,
  type Tree,
  UNKNOWN_CPU,
} from '../../template';
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
      return `(ternary ${of(op.yes)} ${of(op.no)} ${of(op.cond)})`;
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
      return textFunction(op.how, of(op.arg));
    case 'json':
      return `(toJson ${data(op.arg, scope)})`;
    case 'length':
      return `(len ${of(op.arg)})`;
    case 'milliCpu':
      return milliCpu(of(op.arg));
    case 'join':
      return `(join ${goString(op.separator)} ${of(op.list)})`;
    case 'fragment':
      return `(include ${goString(op.name)} ${scope.root})`;
    case 'range':
    case 'merge':
    case 'compact':
    case 'splice':
      return scope.cannotPrint(`a list or map that is put together, where only ${USABLE} can be`);
  }
}

/** A map as Go has it: a helper that is read again, a value, or one that is put together. */
function data(tree: Tree, scope: Scope): string {
  if (isNode(tree) && tree.op.op === 'fragment') return `(fromYaml ${pipeline(tree, scope)})`;
  return dictionary(tree, scope);
}

function dictionary(tree: Tree, scope: Scope): string {
  if (!isTreeMap(tree)) return pipeline(tree, scope);
  const entries = Object.entries(tree).flatMap(([key, value]) => [goString(key), dictionary(value, scope)]);
  return `(${['dict', ...entries].join(' ')})`;
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
      return mayBeAbsent(op.body)
        ? scope.cannotPrint('a loop whose entries may all be left out')
        : nonEmpty(op.over, scope);
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

/** A spread map without the keys that win over its own. */
export function spreadPipeline(spread: Node, taken: readonly string[], scope: Scope): string {
  if (spread.op.op === 'fragment') scope.cannotPrint('the spread of a helper whose keys may be left out');
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

function floatLiteral(value: number): string {
  const text = numberText(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function literal(tree: Tree, scope: Scope): string {
  if (typeof tree === 'string') return goString(tree);
  // Go's templates refuse whole numbers beyond int64.
  if (typeof tree === 'number') return Number.isSafeInteger(tree) ? String(tree) : floatLiteral(tree);
  if (typeof tree === 'boolean') return String(tree);
  return scope.cannotPrint('a list or map written out, where only a scalar can be');
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

/** All of it is computed, whichever form the text has; what does not fit a conversion is 0 to it, and not chosen. */
function milliCpu(text: string): string {
  const thousandths = `(int64 (trimSuffix "m" ${text}))`;
  const whole = `(int64 (round (mulf (float64 ${text}) 1000.0) 0))`;
  const known = `(regexMatch ${goString(CPU_PATTERN)} ${text})`;
  return `(ternary (ternary ${thousandths} ${whole} (hasSuffix "m" ${text})) ${UNKNOWN_CPU} ${known})`;
}

function textFunction(how: string, argument: string): string {
  if (how === 'labelValue') return `(replace "+" "_" ${argument})`;
  if (how === 'verbatim') return `(replace "$" "$$" ${argument})`;
  return how === 'shortHash' ? `(trunc 10 (sha256sum ${argument}))` : `(${how} ${argument})`;
}
