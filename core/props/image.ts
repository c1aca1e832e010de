import {
  carriedNode,
  Expression,
  fitsPattern,
  IMAGE_PATTERN,
  isImage,
  UNPINNED_IMAGE_PATTERN,
} from '../template';
import { LATEST } from './patterns';
import { PropShape, type ShapeWords, unmet } from './prop-shape';
import type { Requirement } from './requirement';

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
  const words = unpinned ? INVALID : UNPINNED;
  return new PropShape(words, (given, prop) => {
    if (given instanceof Expression) return ofExpression(words, given, prop, unpinned);
    if (typeof given !== 'string' || !REFERENCE.test(given)) return [unmet(INVALID, given, prop)];
    return unpinned || isPinned(given) ? [] : [unmet(UNPINNED, given, prop)];
  });
}

const REFERENCE = new RegExp(UNPINNED_IMAGE_PATTERN, 'u');

/** Whether a reference says which version is meant. */
export function isPinned(reference: string): boolean {
  return isImage(reference) && !reference.endsWith(':latest');
}

/** Only the whole text tells: a colon may belong to the port of the registry, and a value may hold a slash. */
function ofExpression(
  words: ShapeWords,
  given: Expression<string>,
  prop: string,
  unpinned: boolean,
): readonly Requirement[] {
  const shape = carriedNode(given)?.shape;
  if (shape?.type !== 'string') return [unmet(INVALID, given, prop)];
  const isDeclared = shape.pattern === IMAGE_PATTERN;
  if (unpinned)
    return isDeclared
      ? []
      : [{ ...unmet(words, given, prop), holds: fitsPattern(given, UNPINNED_IMAGE_PATTERN) }];
  const isNotLatest = fitsPattern(given, LATEST).not();
  const holds = isDeclared ? isNotLatest : fitsPattern(given, IMAGE_PATTERN).and(isNotLatest);
  return [{ ...unmet(words, given, prop), holds }];
}
