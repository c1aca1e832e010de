import { carriedNode } from '../template';
import { PropShape, type ShapeWords, unmet } from './prop-shape';
import type { Requirement } from './requirement';

export interface TextLimits extends Partial<ShapeWords> {
  /** What the whole text looks like. */
  readonly pattern?: RegExp;
  /** @default 1 */
  readonly minLength?: number;
  /** @default - unlimited */
  readonly maxLength?: number;
  /** What else is wrong with a text: `undefined` where nothing is, else what to do. */
  readonly problem?: (text: string) => string | undefined;
}

/** A text, or an expression of one; what an expression comes to is seen when the chart is installed. */
export function text(limits: TextLimits = {}): PropShape {
  const { pattern, minLength = 1, maxLength = Number.POSITIVE_INFINITY, problem } = limits;
  const words: ShapeWords = {
    expected: minLength > 0 ? 'a text that is not empty' : 'a text',
    remedy: 'Correct the text.',
    ...limits,
  };
  return new PropShape(words, (given, prop) => {
    if (typeof given !== 'string') return ofOtherKind(words, given, prop);
    const isRight =
      given.length >= minLength &&
      given.length <= maxLength &&
      (pattern === undefined || pattern.test(given));
    const remedy = isRight ? problem?.(given) : words.remedy;
    return remedy === undefined ? [] : [unmet(words, given, prop, remedy)];
  });
}

function ofOtherKind(words: ShapeWords, given: unknown, prop: string): readonly Requirement[] {
  const node = carriedNode(given);
  if (node?.shape.type === 'string') return [];
  const isScalar = node ? ['integer', 'number', 'boolean'].includes(node.shape.type) : false;
  if (isScalar) return [unmet(words, given, prop, 'Put it into a text with the tag `text`.')];
  const isPlain = typeof given === 'number' || typeof given === 'boolean';
  return [unmet(words, given, prop, isPlain ? 'Write it in quotes.' : words.remedy)];
}

/** One of a few texts. */
export function oneOf(choices: readonly string[], words: Partial<ShapeWords> = {}): PropShape {
  return text({
    expected: `one of ${choices.join(', ')}`,
    remedy: 'Choose one of them.',
    ...words,
    minLength: 0,
    problem: (given) => (choices.includes(given) ? undefined : (words.remedy ?? 'Choose one of them.')),
  });
}
