import { carriedNode, concatenation, Expression, isNode, type Node } from '../template';
import { PropShape, type ShapeWords, unmet } from './prop-shape';
import type { Requirement } from './requirement';

const HOST =
  '([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*|\\[[0-9a-f:]+\\])(:[0-9]{1,5})?';
const PART = '[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*';
const NAME = `(${HOST}/)?${PART}(/${PART})*`;
const TAG = ':[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const DIGEST = '@sha256:[0-9a-f]{64}';
const REFERENCE = new RegExp(`^${NAME}(${TAG})?(${DIGEST})?$`);
const PINNED = new RegExp(`^${NAME}((${TAG})?${DIGEST}|${TAG})$`);

const INVALID: ShapeWords = {
  expected: 'an image such as example.com/app:1.2.3',
  remedy: 'Write the registry, the name in lower case and a tag or digest, without spaces or a scheme.',
};

const UNPINNED: ShapeWords = {
  code: 'IMAGE_UNPINNED',
  expected: 'an image with a tag other than latest, or a digest, such as example.com/app:1.2.3',
  remedy: 'Name the version that should run: without one, every node runs what the registry had that day.',
};

export interface ImageOptions {
  /** Takes an image without a tag or digest, and `latest`. @default false */
  readonly unpinned?: boolean;
}

/** An image reference, pinned to a tag or a digest. */
export function image({ unpinned = false }: ImageOptions = {}): PropShape {
  return new PropShape(unpinned ? INVALID : UNPINNED, (given, prop) => {
    if (given instanceof Expression) return ofExpression(given, prop, unpinned);
    if (typeof given !== 'string' || !REFERENCE.test(given)) return [unmet(INVALID, given, prop)];
    return unpinned || isPinned(given) ? [] : [unmet(UNPINNED, given, prop)];
  });
}

/** Whether a reference says which version is meant. `latest` says nothing, unless a digest stands behind it. */
export function isPinned(reference: string): boolean {
  return PINNED.test(reference) && !reference.endsWith(':latest');
}

function ofExpression(given: Expression<string>, prop: string, unpinned: boolean): readonly Requirement[] {
  const node = carriedNode(given);
  if (node?.shape.type !== 'string') return [unmet(INVALID, given, prop)];
  if (unpinned) return [];
  const tail = lastPart(node);
  const written = tail.filter((part) => typeof part === 'string').join('');
  const fixed = tail.at(-1);
  if (typeof fixed === 'string' && /:latest$/.test(fixed)) return [unmet(UNPINNED, given, prop)];
  if (/[:@]/.test(written)) return [];
  const nodes = tail.filter(isNode);
  if (nodes.length === 0) return [unmet(UNPINNED, given, prop)];
  const open = new Expression<string>(tail.length === 1 ? (nodes[0] as Node) : concatenation(tail));
  return [{ ...unmet(UNPINNED, given, prop), holds: open.contains(':') }];
}

/** What comes after the last slash that is written out: a colon before it belongs to the port of a registry. */
function lastPart(node: Node): (string | Node)[] {
  const parts = partsOfText(node);
  const at = parts.findLastIndex((part) => typeof part === 'string' && part.includes('/'));
  if (at < 0) return parts;
  const text = parts[at] as string;
  const rest = text.slice(text.lastIndexOf('/') + 1);
  return [...(rest ? [rest] : []), ...parts.slice(at + 1)];
}

/** A text may be made of texts that are made of parts themselves. */
function partsOfText(node: Node): (string | Node)[] {
  const { op } = node;
  if (op.op !== 'concat') return [node];
  return op.parts.flatMap((part) => (isNode(part) ? partsOfText(part) : [part]));
}
