import { DNS_LABEL, DURATION, MEMORY } from '../props';
import { ALLOWED_IMAGE_PATTERN, CPU_PATTERN, IMAGE_PATTERN, type Json, type Shape } from '../template';
import { Declaration, type Defaulted, type Optional, type ValueOptions } from './declaration';
import { badOption, checkBounds, checkOptions, shown } from './options';
import { alphabetOfPattern, checkPattern } from './pattern';
import type { Schema } from './schema';

export interface StringOptions extends ValueOptions<string> {
  /**
   * What the whole text must look like, as a regular expression from `^` to `$` that helm and JavaScript read alike.
   * A tight one also makes the chart's templates shorter.
   * @default - any text
   */
  readonly pattern?: string;
  /** @default 0 */
  readonly minLength?: number;
  /** @default - unlimited */
  readonly maxLength?: number;
}

/** A name as it may be at the start of other names; empty where it is not set. */
export const NAME_OR_NONE = '^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)?$';

/** A text. */
export function string(options: Optional<StringOptions>): Declaration<string | undefined>;
export function string(options: Defaulted<StringOptions>): Declaration<string, string | undefined>;
export function string(options: StringOptions): Declaration<string>;
export function string(options: StringOptions): Declaration<string> {
  checkOptions('string', options, ['pattern', 'minLength', 'maxLength']);
  const { pattern, minLength, maxLength } = options;
  const names = ['minLength', 'maxLength'] as const;
  checkBounds('string', { names, low: minLength, high: maxLength, whole: true, least: 0 });
  if (pattern !== undefined) checkPattern(pattern, 'value.string');
  return text('string', { pattern, minLength, maxLength }, options);
}

/** One of a few texts. */
export function oneOf<const T extends string>(
  choices: readonly T[],
  options: Optional<ValueOptions<NoInfer<T>>>,
): Declaration<T | undefined>;
export function oneOf<const T extends string>(
  choices: readonly T[],
  options: Defaulted<ValueOptions<NoInfer<T>>>,
): Declaration<T, T | undefined>;
export function oneOf<const T extends string>(
  choices: readonly T[],
  options: ValueOptions<NoInfer<T>>,
): Declaration<T>;
export function oneOf(choices: readonly string[], options: ValueOptions<string>): Declaration<string> {
  checkOptions('oneOf', options);
  checkChoices(choices);
  const shape: Shape = { type: 'string', text: choices.every(isPlainChoice) ? 'plain' : 'any', choices };
  return new Declaration(choices.join(' | '), shape, { type: 'string', enum: choices }, options);
}

function checkChoices(choices: unknown): void {
  const areTexts = Array.isArray(choices) && choices.length > 0 && choices.every(isChoice);
  if (!areTexts)
    throw badOption(
      'value.oneOf',
      Array.isArray(choices) ? `the choices ${choices.map(shown).join(', ') || '(none)'}` : shown(choices),
      'a list of at least one text',
      'Name the texts that may be given; for numbers use value.integer with bounds.',
    );
  if (new Set(choices).size < choices.length)
    throw badOption('value.oneOf', 'one choice twice', 'choices that differ', 'Leave one of them out.');
}

function isChoice(choice: unknown): boolean {
  return typeof choice === 'string' && !/\p{Surrogate}/u.test(choice);
}

function isPlainChoice(choice: string): boolean {
  return /^[A-Za-z0-9 _.,:;/@+=-]*$/.test(choice);
}

/** CPU above zero, in the two forms that everybody reads alike: `500m`, `2` or `0.5`. */
export function cpu(options: Optional<ValueOptions<string>>): Declaration<string | undefined>;
export function cpu(options: Defaulted<ValueOptions<string>>): Declaration<string, string | undefined>;
export function cpu(options: ValueOptions<string>): Declaration<string>;
export function cpu(options: ValueOptions<string>): Declaration<string> {
  return text('cpu', { pattern: CPU_PATTERN }, options);
}

/** An amount of memory or storage in binary or decimal units: `512Mi`, `2Gi`, `1G`. */
export function memory(options: Optional<ValueOptions<string>>): Declaration<string | undefined>;
export function memory(options: Defaulted<ValueOptions<string>>): Declaration<string, string | undefined>;
export function memory(options: ValueOptions<string>): Declaration<string>;
export function memory(options: ValueOptions<string>): Declaration<string> {
  return text('memory', { pattern: MEMORY }, options);
}

/** A duration as Kubernetes and Go write it: `30s`, `5m`, `1h30m`. */
export function duration(options: Optional<ValueOptions<string>>): Declaration<string | undefined>;
export function duration(options: Defaulted<ValueOptions<string>>): Declaration<string, string | undefined>;
export function duration(options: ValueOptions<string>): Declaration<string>;
export function duration(options: ValueOptions<string>): Declaration<string> {
  return text('duration', { pattern: DURATION, minLength: 2 }, options);
}

/** A whole image reference with a tag or a digest. */
export function image(options: Optional<ValueOptions<string>>): Declaration<string | undefined>;
export function image(options: Defaulted<ValueOptions<string>>): Declaration<string, string | undefined>;
export function image(options: ValueOptions<string>): Declaration<string>;
export function image(options: ValueOptions<string>): Declaration<string> {
  return text('image', { pattern: IMAGE_PATTERN }, options);
}

/**
 * An entry of a list of images that may run: a whole image reference, or a path that ends with `/*` for all images below
 * it, such as `registry.example.com/ci/*`.
 */
export function allowedImage(options: Optional<ValueOptions<string>>): Declaration<string | undefined>;
export function allowedImage(
  options: Defaulted<ValueOptions<string>>,
): Declaration<string, string | undefined>;
export function allowedImage(options: ValueOptions<string>): Declaration<string>;
export function allowedImage(options: ValueOptions<string>): Declaration<string> {
  return text('allowed image', { pattern: ALLOWED_IMAGE_PATTERN }, options);
}

/** The name of a Kubernetes object: lower-case letters, digits and dashes, at most 63. */
export function dnsName(options: Optional<ValueOptions<string>>): Declaration<string | undefined>;
export function dnsName(options: Defaulted<ValueOptions<string>>): Declaration<string, string | undefined>;
export function dnsName(options: ValueOptions<string>): Declaration<string>;
export function dnsName(options: ValueOptions<string>): Declaration<string> {
  return text('name', { pattern: DNS_LABEL }, options);
}

/** A text with a pattern of this library, which says what it is. */
export function text(kind: string, constraint: Schema, options: ValueOptions<Json>): Declaration<string> {
  if (kind !== 'string' && kind !== 'url') checkOptions(kind === 'name' ? 'dnsName' : kind, options);
  const shape: Shape = {
    type: 'string',
    text: constraint.pattern !== undefined ? alphabetOfPattern(constraint.pattern) : 'any',
    pattern: constraint.pattern,
  };
  return new Declaration(kind, shape, { type: 'string', ...constraint }, options);
}
