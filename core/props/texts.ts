import { carriedNode, Expression, fitsPattern } from '../template';
import { PropShape, type ShapeWords, unmet } from './prop-shape';
import type { Requirement } from './requirement';

export interface TextLimits extends Partial<ShapeWords> {
  /** What the whole text looks like, in what Go and JavaScript read alike: one of patterns.ts. */
  readonly pattern?: string;
  /** Other patterns that say at least as much, so that a value declared with one is not asked again. */
  readonly impliedBy?: readonly string[];
  /** @default 1 */
  readonly minLength?: number;
  /** @default - unlimited */
  readonly maxLength?: number;
  /** What else has to hold of a literal. */
  readonly also?: (text: string) => boolean;
}

/** A text, or an expression of one, whose content is asked for when the chart is installed. */
export function text(limits: TextLimits = {}): PropShape {
  const { minLength = 1, maxLength = Number.POSITIVE_INFINITY, also } = limits;
  const words: ShapeWords = {
    expected: minLength > 0 ? 'a text that is not empty' : 'a text',
    remedy: 'Correct the text.',
    ...limits,
  };
  const pattern = limits.pattern === undefined ? undefined : new RegExp(limits.pattern, 'u');
  const fits = (given: string) =>
    given.length >= minLength &&
    given.length <= maxLength &&
    (pattern?.test(given) ?? true) &&
    (also?.(given) ?? true);
  return new PropShape(words, (given, prop) => {
    if (given instanceof Expression) {
      const shape = carriedNode(given)?.shape;
      if (shape?.type === 'string' && shape.choices?.every(fits)) return [];
      return ofExpression(words, given, prop, limits);
    }
    if (typeof given !== 'string') return ofOtherKind(words, given, prop);
    return fits(given) ? [] : [unmet(words, given, prop)];
  });
}

function ofExpression(
  words: ShapeWords,
  given: Expression<string>,
  prop: string,
  { pattern, impliedBy = [], minLength = 1, maxLength }: TextLimits,
): readonly Requirement[] {
  const shape = carriedNode(given)?.shape;
  if (shape?.type !== 'string') return ofOtherKind(words, given, prop);
  const declared = shape.pattern;
  if (declared !== undefined && (declared === pattern || impliedBy.includes(declared))) return [];
  const open = [
    ...(pattern === undefined ? [] : [fitsPattern(given, pattern)]),
    ...(pattern === undefined && minLength > 0 ? [given.byteLength.ge(minLength)] : []),
    ...(maxLength === undefined ? [] : [given.byteLength.le(maxLength)]),
  ];
  return open.map((holds) => ({ ...unmet(words, given, prop), holds }));
}

function ofOtherKind(words: ShapeWords, given: unknown, prop: string): readonly Requirement[] {
  const type = carriedNode(given)?.shape.type;
  const isScalar = type ? ['integer', 'number', 'boolean'].includes(type) : false;
  if (isScalar) return [unmet(words, given, prop, 'Put it into a text with the tag `text`.')];
  const isPlain = typeof given === 'number' || typeof given === 'boolean';
  return [unmet(words, given, prop, isPlain ? 'Write it in quotes.' : words.remedy)];
}

/** One of a few texts. A value is one of them where it was declared with `value.oneOf`, or is asked then. */
export function oneOf(choices: readonly string[], words: Partial<ShapeWords> = {}): PropShape {
  return text({
    expected: `one of ${choices.join(', ')}`,
    remedy: 'Choose one of them.',
    ...words,
    minLength: 0,
    pattern: patternOf(choices),
  });
}

/** The pattern of a text that is one of a few. */
export function patternOf(choices: readonly string[]): string {
  return `^(${choices.map((one) => one.replace(/[.\\^$*+?()[\]{}|]/g, '\\$&')).join('|')})$`;
}
