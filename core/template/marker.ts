import type { Node } from './nodes';

/**
 * Stand-ins: strings and numbers that travel through code which knows nothing of expressions (template literals,
 * cdk8s-plus, generated classes) and are recognised afterwards in the plain JSON that it made.
 *
 * A string marker is made of letters and digits that survive lower-casing and DNS-label checks. A number marker has
 * 15 digits, the last five a check of the ones before, so that neither arithmetic nor chance yields another marker.
 */
const MARKER = /z7qx([0-9a-f]{6})([0-9a-f]{4})xq7z|(?<!\d)7391(\d{6})(\d{5})(?!\d)/gi;
/** What is left of a marker that something cut, joined or changed. */
const REMAINS = /z7qx|xq7z|(?<!\d)7391\d{11}(?!\d)/i;

interface StandIn {
  readonly node: Node;
  /** What the value itself starts with; it belongs to the marker. */
  readonly prefix: string;
}

const standIns: StandIn[] = [];
const ids = new WeakMap<Node, Map<string, number>>();

function register(node: Node, prefix: string): number {
  const known = ids.get(node) ?? new Map<string, number>();
  ids.set(node, known);
  const id = known.get(prefix) ?? standIns.push({ node, prefix }) - 1;
  if (id >= 1_000_000) throw new RangeError('more than a million stand-ins in one process');
  known.set(prefix, id);
  return id;
}

/** A number that depends on every digit of `id`, so that a changed marker does not check out. */
function checksum(id: number): number {
  return ((id + 17) * 7919 + Math.floor(id / 97) * 31) % 65_521;
}

/** A stand-in for text; `prefix` is what the value is known to start with, for code that checks for it. */
export function textMarker(node: Node, prefix = ''): string {
  const id = register(node, prefix);
  return `${prefix}z7qx${id.toString(16).padStart(6, '0')}${checksum(id).toString(16).padStart(4, '0')}xq7z`;
}

export function numberMarker(node: Node): number {
  const id = register(node, '');
  return Number(`7391${id.toString().padStart(6, '0')}${checksum(id).toString().padStart(5, '0')}`);
}

/** Stand-ins that look like ordinary data, because code checks what they look like; only the whole leaf is one. */
const lookalikes = new Map<string | number, Node>();

/** A number between the bounds. Unlike other stand-ins it could also be a literal of the program's own. */
export function boundedMarker(node: Node, min: number, max: number): number {
  const width = max - min;
  for (let step = 1; step < width; step++) {
    // A large odd stride, so that neighbours of a stand-in are none.
    const candidate = min + ((step * 7_919 + 61) % width);
    const taken = lookalikes.get(candidate);
    if (taken === undefined || taken === node) {
      lookalikes.set(candidate, node);
      return candidate;
    }
  }
  throw new RangeError(`no stand-in is left between ${min} and ${max}`);
}

/** An address range of one address from the block 198.18.0.0/15, which is kept for tests and belongs to nobody. */
export function cidrMarker(node: Node): string {
  const id = register(node, '');
  const text = `198.${18 + Math.floor(id / 65_536)}.${Math.floor(id / 256) % 256}.${id % 256}/32`;
  lookalikes.set(text, node);
  return text;
}

export function lookalike(leaf: string | number): Node | undefined {
  return lookalikes.get(leaf);
}

/** Whether anything handed out a stand-in yet; while nothing did, nothing has to be searched for. */
export function standInsExist(): boolean {
  return standIns.length > 0 || lookalikes.size > 0;
}

/** True when the text or number shows a stand-in, whole or damaged. */
export function showsStandIn(leaf: string | number): boolean {
  return REMAINS.test(String(leaf));
}

/** A text split at its stand-ins; `undefined` when one of them was changed on the way. */
export function splitAtMarkers(text: string): (string | Node)[] | undefined {
  const parts: (string | Node)[] = [];
  let end = 0;
  for (const match of text.matchAll(MARKER)) {
    const standIn = standInOf(match);
    const before = text.slice(end, match.index);
    if (!standIn || !before.endsWith(standIn.prefix)) return undefined;
    const own = before.slice(0, before.length - standIn.prefix.length);
    if (REMAINS.test(own)) return undefined;
    if (own) parts.push(own);
    parts.push(standIn.node);
    end = match.index + match[0].length;
  }
  const rest = text.slice(end);
  if (REMAINS.test(rest)) return undefined;
  if (rest) parts.push(rest);
  return parts;
}

function standInOf(match: RegExpExecArray): StandIn | undefined {
  const [, hexId, hexCheck, decimalId, decimalCheck] = match;
  const id = hexId === undefined ? Number(decimalId) : Number.parseInt(hexId, 16);
  const found = hexCheck === undefined ? Number(decimalCheck) : Number.parseInt(hexCheck, 16);
  return checksum(id) === found ? standIns[id] : undefined;
}
