import { type Document, isAlias, isMap, isNode, isPair, isScalar, isSeq, type LineCounter } from 'yaml';

/** What the aliases of one document may add to it: a few lines can name each other into gigabytes. */
export const ALIASED_BYTES: number = 16 * 1024 * 1024;

/** What is there beside the text of a value: signs, and the memory of it. */
const ENTRY = 8;

/**
 * Refuses, with the line, a document that is syntactically YAML and still cannot be used: a key that is there twice or no text, an alias
 * that leads nowhere or in a circle, and aliases that written out would be far larger than the document. Nothing is written
 * out for that: one pass is enough, as each anchor stands before its aliases.
 */
export function refuseUnsound(document: Document.Parsed, lines: LineCounter): void {
  /** How large what an anchor names is; undefined while it is being counted. */
  const sizes = new Map<string, number | undefined>();
  let added = 0;

  const problem = (code: string, node: unknown): never => {
    const at = isNode(node) ? node.range?.[0] : undefined;
    throw Object.assign(new Error(code), { code, linePos: at === undefined ? [] : [lines.linePos(at)] });
  };

  const sizeOf = (node: unknown): number => {
    if (isPair(node)) return sizeOf(node.key) + sizeOf(node.value);
    if (!isNode(node)) return 0;
    if (isAlias(node)) {
      if (!sizes.has(node.source)) return problem('BAD_ALIAS', node);
      const size = sizes.get(node.source) ?? problem('ALIAS_CIRCLE', node);
      added += size;
      return added > ALIASED_BYTES ? problem('ALIAS_BOMB', node) : size;
    }
    const { anchor } = node as { readonly anchor?: string };
    if (anchor !== undefined) sizes.set(anchor, undefined);
    const size = ENTRY + inside(node);
    if (anchor !== undefined) sizes.set(anchor, size);
    return size;
  };

  const inside = (node: unknown): number => {
    if (isScalar(node)) return String(node.value).length;
    if (!isMap(node) && !isSeq(node)) return 0;
    if (isMap(node)) refuseTwice(node.items.map(({ key }) => key));
    let sum = 0;
    for (const item of node.items) sum += sizeOf(item);
    return sum;
  };

  /** The reader of YAML has the same check, and needs the square of the number of keys for it. */
  const refuseTwice = (keys: readonly unknown[]): void => {
    const seen = new Set<string>();
    for (const key of keys) {
      if (isMap(key) || isSeq(key)) problem('KEY_NO_SCALAR', key);
      // A merge, `<<`, is a symbol and may be there several times.
      if (!isScalar(key) || typeof key.value === 'symbol') continue;
      const name = String(key.value);
      if (seen.has(name)) problem('DUPLICATE_KEY', key);
      seen.add(name);
    }
  };

  sizeOf(document.contents);
}
