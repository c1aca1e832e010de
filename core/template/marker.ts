import type { Node } from './nodes';

/**
 * Stand-ins: strings and numbers that travel through code which knows nothing of expressions (template literals,
 * cdk8s-plus, generated classes) and are recognised afterwards in the plain JSON that it made.
 *
 * A string marker is made of letters and digits that survive lower-casing and DNS-label checks. A number marker has
 * 15 digits, the last five a check of the ones before, so that neither arithmetic nor chance yields another marker.
 */
const WHOLE = /z7qx([0-9a-f]{6})([0-9a-f]{4})xq7z|(?<!\d)7391(\d{6})(\d{5})(?!\d)/gi;
/** What may be left of one that something cut, joined or calculated with. */
const PIECE = /z7qx([0-9a-f]{1,6})|([0-9a-f]{1,4})xq7z|(?<!\d)7391(\d{6})\d{5}(?!\d)/gi;
/** Without one of these in it, a text holds neither. */
const ANY = /z7qx|xq7z|7391/i;

interface StandIn {
  readonly node: Node;
  /** What the value itself starts with; it belongs to the marker. */
  readonly prefix: string;
}

const standIns: StandIn[] = [];
const ids = new WeakMap<Node, Map<string, number>>();
/** The ids that were handed out as numbers, and the checksums of all. */
const numbers = new Set<number>();
const checksums = new Set<string>();

function register(node: Node, prefix: string): number {
  const known = ids.get(node) ?? new Map<string, number>();
  ids.set(node, known);
  const id = known.get(prefix) ?? standIns.push({ node, prefix }) - 1;
  if (id >= 1_000_000) throw new RangeError('more than a million stand-ins in one process');
  known.set(prefix, id);
  checksums.add(hexChecksum(id));
  return id;
}

/** A number that depends on every digit of `id`, so that a changed marker does not check out. */
function checksum(id: number): number {
  return ((id + 17) * 7919 + Math.floor(id / 97) * 31) % 65_521;
}

/** A stand-in for text; `prefix` is what the value is known to start with, for code that checks for it. */
export function textMarker(node: Node, prefix = ''): string {
  const id = register(node, prefix);
  return `${prefix}z7qx${id.toString(16).padStart(6, '0')}${hexChecksum(id)}xq7z`;
}

function hexChecksum(id: number): string {
  return checksum(id).toString(16).padStart(4, '0');
}

export function numberMarker(node: Node): number {
  const id = register(node, '');
  numbers.add(id);
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

/** An address range of one address from the block 198.18.0.0/15, which is reserved for tests and routed nowhere. */
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

/** Whether a text or number holds a stand-in, whole or damaged. */
export function showsStandIn(leaf: string | number): boolean {
  const text = String(leaf);
  if (!ANY.test(text)) return false;
  const parts = splitAtMarkers(text);
  return !Array.isArray(parts) || parts.some((part) => typeof part !== 'string');
}

/** A stand-in that was changed on the way. */
export interface DamagedStandIn {
  readonly piece: string;
  /** The position of the piece in the text. */
  readonly at: number;
}

/** A text split at the stand-ins in it, or the first of them that is not as it was handed out. */
export function splitAtMarkers(text: string): (string | Node)[] | DamagedStandIn {
  if (!ANY.test(text)) return text === '' ? [] : [text];
  const parts: (string | Node)[] = [];
  let end = 0;
  for (const match of text.matchAll(WHOLE)) {
    const found = readMarker(match);
    if (!found) continue;
    const { standIn } = found;
    const before = text.slice(end, match.index);
    if (!standIn || !before.endsWith(standIn.prefix)) return { piece: match[0], at: match.index };
    const own = before.slice(0, before.length - standIn.prefix.length);
    const damaged = pieceIn(own, end);
    if (damaged) return damaged;
    if (own) parts.push(own);
    parts.push(standIn.node);
    end = match.index + match[0].length;
  }
  const rest = text.slice(end);
  const damaged = pieceIn(rest, end);
  if (damaged) return damaged;
  if (rest) parts.push(rest);
  return parts;
}

/** A marker whose checksum is right; without a stand-in it is one of another copy of this library. */
function readMarker(match: RegExpExecArray): { readonly standIn: StandIn | undefined } | undefined {
  const [, hexId, hexCheck, decimalId, decimalCheck] = match;
  const id = hexId === undefined ? Number(decimalId) : Number.parseInt(hexId, 16);
  const found = hexCheck === undefined ? Number(decimalCheck) : Number.parseInt(hexCheck, 16);
  if (checksum(id) !== found) return undefined;
  if (hexId === undefined) return numbers.has(id) ? { standIn: standIns[id] } : undefined;
  return { standIn: standIns[id] };
}

/**
 * Chance makes every short text sooner or later, so a piece counts only where it is a piece of a stand-in that was
 * handed out: eight characters of it, or five where the text begins or ends with them.
 */
function pieceIn(text: string, offset: number): DamagedStandIn | undefined {
  for (const match of text.matchAll(PIECE)) {
    const [piece, start, rest, number] = match;
    const isAtEnd = match.index + piece.length === text.length;
    const isPiece =
      (start !== undefined && (start.length >= 4 || isAtEnd) && beginsAnId(start)) ||
      (rest !== undefined && (rest.length === 4 || match.index === 0) && endsAChecksum(rest)) ||
      (number !== undefined && numbers.has(Number(number)));
    if (isPiece) return { piece, at: offset + match.index };
  }
  return undefined;
}

function beginsAnId(digits: string): boolean {
  return Number.parseInt(digits.padEnd(6, '0'), 16) < standIns.length;
}

function endsAChecksum(digits: string): boolean {
  const wanted = digits.toLowerCase();
  return checksums.has(wanted) || (wanted.length < 4 && [...checksums].some((one) => one.endsWith(wanted)));
}
