import type { Shape } from './shape';

/** Anything that JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/**
 * A manifest (or a part of one) whose leaves may be expressions. `undefined` and `null` mean "not there", as they
 * do for cdk8s: the key is left out.
 */
export type Tree =
  | string
  | number
  | boolean
  | null
  | undefined
  | Node
  | readonly Tree[]
  | { readonly [key: string]: Tree };

/** The declaration that a value belongs to. Charts tell their values apart by it. */
export class Owner {
  constructor(
    readonly label: string,
    /** Which call of `defineValues` of the program it came from, and the names declared there. */
    readonly index = -1,
    readonly names = '',
  ) {}
}

/** The variable of one loop: its item and, over a map, its key. */
export class Loop {
  constructor(
    readonly item: Shape,
    readonly keys?: Shape,
  ) {}
}

export type Builtin =
  | 'Release.Name'
  | 'Release.Namespace'
  | 'Release.Service'
  | 'Release.Revision'
  | 'Release.IsInstall'
  | 'Release.IsUpgrade'
  | 'Chart.Name'
  | 'Chart.Version'
  | 'Chart.AppVersion'
  | 'Capabilities.KubeVersion.Version';

/** `contains` compares texts: the left one holds the right one. `matches` asks whether the left one is like a pattern. */
export type Comparison = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge' | 'contains' | 'matches';
export type TextFunction =
  | 'lower'
  | 'upper'
  | 'b64enc'
  | 'sha256sum'
  | 'shortHash'
  | 'labelValue'
  | 'trimPrefix'
  | 'trimSuffix'
  | 'truncate'
  /** Every `$` doubled, of which Kubernetes makes one again. */
  | 'verbatim';

/**
 * The whole grammar of expressions; `docs/decisions/0001-expressions.md` says what each means. Every expression is
 * total: none can fail, so the order in which helm evaluates them cannot matter. What can fail is an assertion, and
 * assertions are kept apart from the manifests.
 */
export type Op =
  | {
      readonly op: 'value';
      readonly owner: Owner;
      readonly path: readonly string[];
      readonly optional: boolean;
    }
  | { readonly op: 'item'; readonly loop: Loop; readonly path: readonly string[]; readonly optional: boolean }
  | { readonly op: 'key'; readonly loop: Loop }
  | { readonly op: 'builtin'; readonly name: Builtin }
  | { readonly op: 'concat'; readonly parts: readonly (string | Node)[] }
  | { readonly op: 'if'; readonly cond: Node; readonly yes: Tree; readonly no: Tree }
  | { readonly op: 'and' | 'or'; readonly args: readonly Node[] }
  | { readonly op: 'not'; readonly arg: Node }
  | { readonly op: 'compare'; readonly how: Comparison; readonly left: Tree; readonly right: Tree }
  | { readonly op: 'isSet'; readonly arg: Node }
  | { readonly op: 'isEmpty'; readonly arg: Node }
  | { readonly op: 'orElse'; readonly arg: Node; readonly fallback: Tree }
  | {
      readonly op: 'text';
      readonly how: TextFunction;
      readonly arg: Node;
      /** What is trimmed, or how many bytes are left. */
      readonly by?: string | number;
    }
  | { readonly op: 'range'; readonly over: Node; readonly loop: Loop; readonly body: Tree }
  /** The entries of a list or map that the condition holds for. */
  | { readonly op: 'filter'; readonly over: Node; readonly loop: Loop; readonly cond: Node }
  /** Whether the condition holds for one of the entries. */
  | { readonly op: 'some'; readonly over: Node; readonly loop: Loop; readonly cond: Node }
  /** The keys of a map, by their bytes. */
  | { readonly op: 'keys'; readonly map: Node }
  /** The first entry of a list; absent where there is none. */
  | { readonly op: 'first'; readonly list: Node }
  | {
      readonly op: 'merge';
      readonly own: { readonly [key: string]: Tree };
      readonly spreads: readonly Node[];
    }
  /** In a list: all entries of another list, at this place. */
  | { readonly op: 'splice'; readonly list: Node }
  /** Absent where the body is an empty map or list. */
  | { readonly op: 'compact'; readonly body: Tree }
  | { readonly op: 'length'; readonly arg: Node }
  /** An amount of CPU in thousandths, or of memory in bytes, as a number. */
  | { readonly op: 'milliCpu' | 'bytes'; readonly arg: Node }
  /** A helper that is a map, a value, or a map of texts, as JSON with sorted keys. */
  | { readonly op: 'json'; readonly arg: Tree }
  /** The texts of a list as one text. */
  | { readonly op: 'join'; readonly list: Node; readonly separator: string }
  /** Printed once as a helper and included by its name. */
  | { readonly op: 'fragment'; readonly name: string; readonly body: Tree };

/** One node of the template tree: what it does and what is known of its result. */
export class Node {
  constructor(
    readonly op: Op,
    readonly shape: Shape,
  ) {}
}

export function isNode(tree: unknown): tree is Node {
  return tree instanceof Node;
}

export function isTreeMap(tree: Tree): tree is { readonly [key: string]: Tree } {
  return typeof tree === 'object' && tree !== null && !Array.isArray(tree) && !isNode(tree);
}

export function isTreeList(tree: Tree): tree is readonly Tree[] {
  return Array.isArray(tree);
}

/** The node behind an expression or a group of values; a symbol, so that no declared value can collide with it. */
export const NODE: unique symbol = Symbol('drydock.node');

/** Symbols under which a spread map (`{ ...values.labels }`) rides in a plain object. */
const spreadNodes = new Map<symbol, Node>();

/** Makes `target` carry the node, and carry it on into an object that it is spread into. */
export function carryNode(target: object, node: Node): void {
  Object.defineProperty(target, NODE, { value: node });
  if (node.shape.type === 'map' || node.shape.type === 'raw') {
    const key = Symbol('drydock.spread');
    spreadNodes.set(key, node);
    Object.defineProperty(target, key, { value: true, enumerable: true });
  }
}

const NO_NODES: readonly Node[] = [];

export function spreadNodesOf(target: object): readonly Node[] {
  // Asked for every value of every manifest, also where no expression is in the program.
  if (spreadNodes.size === 0) return NO_NODES;
  return Object.getOwnPropertySymbols(target).flatMap((key) => spreadNodes.get(key) ?? []);
}

export function carriedNode(input: unknown): Node | undefined {
  return typeof input === 'object' && input !== null ? (input as { [NODE]?: Node })[NODE] : undefined;
}

/** Whether the expression can come out as "not there". */
export function mayBeAbsent(tree: Tree): boolean {
  if (tree === undefined || tree === null) return true;
  if (!isNode(tree)) return false;
  const { op } = tree;
  if (op.op === 'value' || op.op === 'item') return op.optional;
  if (op.op === 'if') return mayBeAbsent(op.yes) || mayBeAbsent(op.no);
  if (op.op === 'orElse') return mayBeAbsent(op.fallback);
  if (op.op === 'compact' || op.op === 'first') return true;
  return false;
}
