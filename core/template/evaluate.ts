import { DrydockError } from '../../errors';
import { readBytes } from './bytes';
import { goJson, numberText } from './go-text';
import { readMilliCpu } from './milli-cpu';
import {
  type Builtin,
  type Comparison,
  isNode,
  isTreeList,
  isTreeMap,
  type Json,
  type JsonObject,
  type Loop,
  type Node,
  type Owner,
  type TextFunction,
  type Tree,
} from './nodes';
import { setOwnKey } from './own-key';
import { withDefaults } from './shape';
import { sha256, truncated } from './truncate';
import { doubled } from './verbatim';

/** What an installation knows: the values of each declaration and the facts of release, chart and cluster. */
export interface Inputs {
  readonly values: ReadonlyMap<Owner, JsonObject>;
  readonly builtins: Readonly<Record<Builtin, string | number | boolean>>;
}

/** What a loop's variables hold while its body is evaluated. */
export type Bindings = ReadonlyMap<Loop, { readonly item: Json; readonly key?: string }>;

const NO_BINDINGS: Bindings = new Map();

/** The result of something that is not there: its key or item is left out. */
export const ABSENT = undefined;

/** The plain JSON that a tree means for these inputs. */
export function evaluate(tree: Tree, inputs: Inputs, bindings: Bindings = NO_BINDINGS): Json | undefined {
  if (tree === null || tree === undefined) return ABSENT;
  if (isNode(tree)) return evaluateNode(tree, inputs, bindings);
  if (isTreeList(tree)) return evaluateList(tree, inputs, bindings);
  if (isTreeMap(tree)) return evaluateMap(tree, inputs, bindings);
  return tree as Json;
}

function evaluateList(items: readonly Tree[], inputs: Inputs, bindings: Bindings): Json[] {
  const result: Json[] = [];
  for (const item of items) {
    const value = evaluate(item, inputs, bindings);
    if (isNode(item) && item.op.op === 'splice') result.push(...(value as readonly Json[]));
    else if (value !== ABSENT) result.push(value);
  }
  return result;
}

function evaluateMap(map: { readonly [key: string]: Tree }, inputs: Inputs, bindings: Bindings): JsonObject {
  const result: Record<string, Json> = {};
  for (const [key, entry] of Object.entries(map)) {
    const value = evaluate(entry, inputs, bindings);
    if (value !== ABSENT) setOwnKey(result, key, value);
  }
  return result;
}

/** Runs the body once an entry; over a map in the order of its keys' bytes, as helm does. */
export function bindEach(
  over: Node,
  loop: Loop,
  inputs: Inputs,
  bindings: Bindings,
  visit: (bindings: Bindings) => void,
): void {
  const collection = evaluateNode(over, inputs, bindings);
  if (Array.isArray(collection)) {
    for (const item of collection) visit(new Map(bindings).set(loop, { item }));
    return;
  }
  const entries = collection as JsonObject;
  for (const key of Object.keys(entries).sort(byBytes)) {
    visit(new Map(bindings).set(loop, { item: entries[key] as Json, key }));
  }
}

export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function evaluateNode(node: Node, inputs: Inputs, bindings: Bindings): Json | undefined {
  const { op } = node;
  const get = (tree: Tree) => evaluate(tree, inputs, bindings);
  switch (op.op) {
    case 'value':
      return filledIn(follow(valuesOf(op.owner, op.path, inputs), op.path), node);
    case 'item':
      return filledIn(follow(bindings.get(op.loop)?.item, op.path), node);
    case 'key':
      return bindings.get(op.loop)?.key;
    case 'builtin':
      return inputs.builtins[op.name];
    case 'concat':
      return op.parts.map((part) => (typeof part === 'string' ? part : textOf(part, get(part)))).join('');
    case 'if':
      return get(op.cond) ? get(op.yes) : get(op.no);
    case 'and':
      return op.args.every((arg) => get(arg));
    case 'or':
      return op.args.some((arg) => get(arg));
    case 'not':
      return !get(op.arg);
    case 'compare':
      return compare(op.how, get(op.left), get(op.right));
    case 'isSet':
      return get(op.arg) !== ABSENT;
    case 'isEmpty':
      return Object.keys(get(op.arg) as object).length === 0;
    case 'orElse':
      return get(op.arg) ?? get(op.fallback);
    case 'text':
      return textFunction(op.how, get(op.arg) as string, op.by);
    case 'range':
      return evaluateRange(op.over, op.loop, op.body, inputs, bindings);
    case 'filter':
      return evaluateFilter(op.over, op.loop, op.cond, inputs, bindings);
    case 'some':
      return evaluateRange(op.over, op.loop, op.cond, inputs, bindings).includes(true);
    case 'keys':
      return Object.keys(get(op.map) as JsonObject).sort(byBytes);
    case 'first':
      return (get(op.list) as readonly Json[])[0];
    case 'merge':
      return evaluateMerge(op.own, op.spreads, inputs, bindings);
    case 'splice':
      return get(op.list);
    case 'fragment':
      return get(op.body);
    case 'compact':
      return absentWhenEmpty(get(op.body));
    case 'join':
      return (get(op.list) as readonly string[]).join(op.separator);
    case 'json':
      return goJson(get(op.arg) ?? null);
    case 'length':
      return Buffer.byteLength(get(op.arg) as string);
    case 'milliCpu':
      return readMilliCpu(get(op.arg) as string);
    case 'bytes':
      return readBytes(get(op.arg) as string);
  }
}

function valuesOf(owner: Owner, path: readonly string[], inputs: Inputs): JsonObject {
  const values = inputs.values.get(owner);
  if (values) return values;
  throw new DrydockError('VALUE_OF_ANOTHER_CHART', {
    where: path.join('.'),
    found: 'a value of another chart, or of none',
    expected: 'values of the chart that the object is in',
    remedy: 'Pass the values that were given to the HelmChart as `values`.',
  });
}

/** Most values have no fields with defaults, and are what was given. */
function filledIn(value: Json | undefined, { shape }: Node): Json | undefined {
  return value === undefined || typeof value !== 'object' ? value : withDefaults(value, shape);
}

function follow(from: Json | undefined, path: readonly string[]): Json | undefined {
  let at: Json | undefined = from;
  for (const key of path) {
    if (at === undefined || at === null || !Object.hasOwn(at as object, key)) return ABSENT;
    at = (at as JsonObject)[key];
  }
  return at;
}

function evaluateRange(over: Node, loop: Loop, body: Tree, inputs: Inputs, bindings: Bindings): Json[] {
  const result: Json[] = [];
  bindEach(over, loop, inputs, bindings, (inner) => {
    const value = evaluate(body, inputs, inner);
    if (value !== ABSENT) result.push(value);
  });
  return result;
}

function evaluateFilter(
  over: Node,
  loop: Loop,
  cond: Node,
  inputs: Inputs,
  bindings: Bindings,
): Json[] | JsonObject {
  const kept: { readonly item: Json; readonly key?: string }[] = [];
  bindEach(over, loop, inputs, bindings, (inner) => {
    if (evaluate(cond, inputs, inner)) kept.push(inner.get(loop) as { item: Json; key?: string });
  });
  const result: Record<string, Json> = {};
  for (const { item, key } of kept) if (key !== undefined) setOwnKey(result, key, item);
  return Array.isArray(evaluateNode(over, inputs, bindings)) ? kept.map(({ item }) => item) : result;
}

/** Own keys win over spread ones; of two spreads that hold the same key, the later wins. */
function evaluateMerge(
  own: { readonly [key: string]: Tree },
  spreads: readonly Node[],
  inputs: Inputs,
  bindings: Bindings,
): JsonObject {
  const result: Record<string, Json> = {};
  for (const spread of spreads) {
    const entries = evaluate(spread, inputs, bindings) as JsonObject | undefined;
    for (const [key, value] of Object.entries(entries ?? {}))
      if (!Object.hasOwn(own, key)) setOwnKey(result, key, value);
  }
  for (const [key, value] of Object.entries(evaluateMap(own, inputs, bindings)))
    setOwnKey(result, key, value);
  return result;
}

function absentWhenEmpty(value: Json | undefined): Json | undefined {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0 ? ABSENT : value;
}

function compare(how: Comparison, left: Json | undefined, right: Json | undefined): boolean {
  const a = left as number;
  const b = right as number;
  switch (how) {
    case 'eq':
      return a === b;
    case 'ne':
      return a !== b;
    case 'lt':
      return a < b;
    case 'le':
      return a <= b;
    case 'gt':
      return a > b;
    case 'ge':
      return a >= b;
    case 'contains':
      return (left as string).includes(right as string);
    case 'matches':
      return new RegExp(right as string, 'u').test(left as string);
  }
}

function textOf({ shape }: Node, value: Json | undefined): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'number') return goJson(value ?? null);
  // Go's integers have no -0.
  return shape.type === 'integer' ? String(value) : numberText(value);
}

function textFunction(how: TextFunction, text: string, by: string | number = ''): string {
  switch (how) {
    case 'lower':
      return text.toLowerCase();
    case 'upper':
      return text.toUpperCase();
    case 'b64enc':
      return Buffer.from(text, 'utf8').toString('base64');
    case 'sha256sum':
      return sha256(text);
    case 'shortHash':
      return sha256(text).slice(0, 10);
    case 'labelValue':
      return text.replaceAll('+', '_');
    case 'verbatim':
      return doubled(text);
    case 'trimPrefix':
      return text.startsWith(String(by)) ? text.slice(String(by).length) : text;
    case 'trimSuffix':
      return text.endsWith(String(by)) ? text.slice(0, text.length - String(by).length) : text;
    case 'truncate':
      return truncated(text, Number(by));
  }
}
