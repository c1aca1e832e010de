import { carriedNode, Expression } from '../template';
import { PropShape, type ShapeWords, unmet } from './prop-shape';
import type { PropCode, Requirement } from './requirement';

/** The largest number that most fields of Kubernetes hold. */
export const MAX_INT32 = 2_147_483_647;

export interface IntegerLimits {
  /** @default 0 */
  readonly min?: number;
  /** @default 2147483647 */
  readonly max?: number;
  /** @default 'PROP_INVALID' */
  readonly code?: PropCode;
  /** @default - correct the number */
  readonly remedy?: string;
}

/** A whole number between two bounds, both included. */
export function integer({ min = 0, max = MAX_INT32, code, remedy }: IntegerLimits = {}): PropShape {
  const words: ShapeWords = {
    code,
    expected: `a whole number from ${min} to ${max}`,
    remedy: remedy ?? 'Correct the number, or the value that it comes from.',
  };
  return new PropShape(words, (given, prop) => {
    if (given instanceof Expression) return ofExpression(words, given, prop, min, max);
    const isRight = Number.isInteger(given) && (given as number) >= min && (given as number) <= max;
    return isRight ? [] : [unmet(words, given, prop)];
  });
}

/** Only the bounds that the declaration of the value leaves open are asked for when the chart is installed. */
function ofExpression(
  words: ShapeWords,
  given: Expression<number>,
  prop: string,
  min: number,
  max: number,
): readonly Requirement[] {
  const shape = carriedNode(given)?.shape;
  if (shape?.type === 'number')
    return [unmet(words, given, prop, 'It may have a fraction; declare the value with value.integer.')];
  if (shape?.type !== 'integer') return [unmet(words, given, prop)];
  const open = [...(shape.min < min ? [given.ge(min)] : []), ...(shape.max > max ? [given.le(max)] : [])];
  const [first, ...rest] = open;
  if (!first) return [];
  return [{ ...unmet(words, given, prop), holds: rest.length > 0 ? first.and(...rest) : first }];
}

/** A TCP or UDP port. */
export function port(): PropShape {
  return integer({ min: 1, max: 65_535, code: 'PORT_RANGE' });
}

/** A port that a Service opens on every node. */
export function nodePort(): PropShape {
  return integer({ min: 30_000, max: 32_767, code: 'NODE_PORT_RANGE' });
}

/** Yes or no, decided when the program runs. */
export function flag(): PropShape {
  const words: ShapeWords = {
    expected: 'true or false',
    remedy: 'Write true or false; what the construct is made of cannot depend on a value here.',
  };
  return new PropShape(words, (given, prop) =>
    typeof given === 'boolean' ? [] : [unmet(words, given, prop)],
  );
}

/** Yes or no. */
export function boolean(): PropShape {
  const words: ShapeWords = {
    expected: 'true or false',
    remedy: 'Give true or false, or a value of that type.',
  };
  return new PropShape(words, (given, prop) =>
    typeof given === 'boolean' || carriedNode(given)?.shape.type === 'boolean'
      ? []
      : [unmet(words, given, prop)],
  );
}
