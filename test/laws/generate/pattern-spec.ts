import fc from 'fast-check';
import type { Random } from './random';

/** Portable patterns as data, so that texts which fit can be made from them. */
export type PatternSpec =
  | { readonly p: 'chars'; readonly chars: readonly string[] }
  | {
      readonly p: 'class';
      readonly ranges: readonly (readonly [string, string])[];
      readonly negated: boolean;
    }
  | { readonly p: 'escape'; readonly escape: 'd' | 'w' }
  | { readonly p: 'group'; readonly open: '(' | '(?:'; readonly choices: readonly (readonly PatternSpec[])[] }
  | {
      readonly p: 'repeat';
      readonly of: PatternSpec;
      readonly sign: string;
      readonly low: number;
      readonly high: number;
    };

const CHARS = [
  'a',
  'b',
  'z',
  'A',
  '0',
  '9',
  '_',
  '-',
  '.',
  '/',
  ':',
  ' ',
  '@',
  '<',
  '>',
  '{',
  '}',
  '[',
  ']',
  '(',
  ')',
  '*',
  '+',
  '?',
  '$',
  '^',
  '|',
  '\\',
  '"',
  "'",
  '%',
  '#',
  ',',
  'ä',
  '\u{1f600}',
  '\n',
];
const SIGNS = [
  ['*', 0, 3],
  ['+', 1, 3],
  ['?', 0, 1],
  ['*?', 0, 2],
  ['{0}', 0, 0],
  ['{2}', 2, 2],
  ['{0,20}', 0, 20],
  ['{1,}', 1, 3],
  ['{0,61}', 0, 61],
  ['{0,500}', 0, 500],
  ['{3,5}?', 3, 5],
] as const;

const char = fc.constantFrom(...CHARS);
const range = fc.oneof(
  char.map((one): [string, string] => [one, one]),
  fc.constantFrom<[string, string]>(
    ['a', 'z'],
    ['0', '9'],
    ['A', 'Z'],
    [' ', '~'],
    ['*', 'z'],
    ['+', '/'],
    ['[', ']'],
    ['à', 'ü'],
    ['\u{1f600}', '\u{1f64f}'],
  ),
);

const { pattern } = fc.letrec<{ pattern: PatternSpec; atom: PatternSpec }>((tie) => ({
  atom: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    fc.record({ p: fc.constant('chars' as const), chars: fc.array(char, { minLength: 1, maxLength: 1 }) }),
    fc.record({
      p: fc.constant('class' as const),
      ranges: fc.array(range, { minLength: 1, maxLength: 3 }),
      negated: fc.oneof(
        { weight: 4, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
    }),
    fc.record({ p: fc.constant('escape' as const), escape: fc.constantFrom('d' as const, 'w' as const) }),
    fc.record({
      p: fc.constant('group' as const),
      open: fc.constantFrom('(' as const, '(?:' as const),
      choices: fc.array(fc.array(tie('pattern'), { maxLength: 2 }), { minLength: 1, maxLength: 3 }),
    }),
  ) as fc.Arbitrary<PatternSpec>,
  pattern: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    tie('atom'),
    fc
      .tuple(tie('atom'), fc.constantFrom(...SIGNS))
      .map(([of, [sign, low, high]]): PatternSpec => ({ p: 'repeat', of, sign, low, high })),
  ) as fc.Arbitrary<PatternSpec>,
}));

/** What is between the anchors. */
export const patternSpecs: fc.Arbitrary<readonly PatternSpec[]> = fc.array(pattern, { maxLength: 4 });

export function patternText(parts: readonly PatternSpec[]): string {
  return `^${parts.map(textOf).join('')}$`;
}

function textOf(part: PatternSpec): string {
  switch (part.p) {
    case 'chars':
      return part.chars.map((one) => one.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('');
    case 'class':
      return `[${part.negated ? '^' : ''}${part.ranges.map(rangeText).join('')}]`;
    case 'escape':
      return `\\${part.escape}`;
    case 'group':
      return `${part.open}${part.choices.map((choice) => choice.map(textOf).join('')).join('|')})`;
    case 'repeat':
      return `${textOf(part.of)}${part.sign}`;
  }
}

function rangeText([from, to]: readonly [string, string]): string {
  const [first, last] = [from, to].map((one) => one.replace(/[\\^[\]-]/g, '\\$&'));
  return from === to ? (first as string) : `${first}-${last}`;
}

/** A text that the pattern lets through. */
export function matching(parts: readonly PatternSpec[], random: Random): string {
  return parts.map((part) => matchingOne(part, random)).join('');
}

function matchingOne(part: PatternSpec, random: Random): string {
  switch (part.p) {
    case 'chars':
      return part.chars.join('');
    case 'class':
      return part.negated ? outside(part.ranges, random) : inRange(random.pick(part.ranges), random);
    case 'escape':
      return random.pick(part.escape === 'd' ? ['0', '7'] : ['a', 'Z', '0', '_']);
    case 'group':
      return matching(random.pick(part.choices), random);
    case 'repeat': {
      const most = Math.min(part.high, part.low + 3);
      const times = part.low + random.below(most - part.low + 1);
      return Array.from({ length: times }, () => matchingOne(part.of, random)).join('');
    }
  }
}

/** About how many ways JavaScript's engine tries for a short text that does not fit; nested repetitions multiply them. */
export function waysThrough(parts: readonly PatternSpec[]): number {
  return parts.map(waysThroughOne).reduce((one, other) => one * other, 1);
}

function waysThroughOne(part: PatternSpec): number {
  if (part.p === 'group') return part.choices.map(waysThrough).reduce((one, other) => one + other, 0);
  if (part.p !== 'repeat') return 1;
  const most = Math.min(part.high, part.low + 5);
  const ways = waysThroughOne(part.of) ** most;
  return Math.max(ways, most - part.low + 1);
}

function inRange([from, to]: readonly [string, string], random: Random): string {
  const [low, high] = [from, to].map((one) => one.codePointAt(0) as number) as [number, number];
  return String.fromCodePoint(random.pick([low, high, low + random.below(high - low + 1)]));
}

function outside(ranges: readonly (readonly [string, string])[], random: Random): string {
  const free = [...CHARS, '\u0085', '\u2028'].filter(
    (one) => !ranges.some(([from, to]) => from <= one && one <= to),
  );
  return random.pick(free.length > 0 ? free : ['日']);
}

const TOKENS = [
  'a',
  'z',
  '0',
  '-',
  '-',
  '[',
  ']',
  '[^',
  '(',
  ')',
  '(?:',
  '(?=',
  '(?<n>',
  '|',
  '*',
  '+',
  '?',
  '{2}',
  '{0,61}',
  '{20}',
  '{1001}',
  '{01}',
  '{,3}',
  '{',
  '}',
  '\\',
  '\\d',
  '\\w',
  '\\W',
  '\\s',
  '\\b',
  '\\-',
  '\\*',
  '\\]',
  '\\[',
  '\\/',
  '\\n',
  '\\x41',
  '\\1',
  '.',
  '^',
  '$',
  '&&',
  ':',
  '[:alpha:]',
  'ä',
  '\u{1f600}',
  '<',
] as const;

/** Anything between two anchors: most of it is no pattern, or not one that all read alike. */
export const wildPatterns: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...TOKENS), { maxLength: 8 })
  .map((tokens) => `^${tokens.join('')}$`);
