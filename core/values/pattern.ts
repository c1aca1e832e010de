import { type Alphabet, DrydockError, PLAIN_TEXT } from '../template';
import { NotPortable, type PatternReading, readPattern } from './pattern-reader';

/** Longer ones come near what RE2 and JavaScript take at all. */
const MAX_LENGTH = 1000;

/** Refuses a pattern that does not mean the same to helm, to `parse` and to people. */
export function checkPattern(pattern: unknown, where: string): asserts pattern is string {
  if (typeof pattern !== 'string')
    throw notPortable('', `a ${typeof pattern}`, where, 'Write it as a text: "^[a-z]+$".');
  if (!pattern.startsWith('^') || !pattern.endsWith('$') || pattern.length < 2)
    throw notPortable(pattern, 'no anchors', where, 'Write ^...$, so that the whole value is checked.');
  if (pattern.length > MAX_LENGTH)
    throw notPortable('', `${pattern.length} characters`, where, `Write it in at most ${MAX_LENGTH}.`);
  if (/\p{Surrogate}/u.test(pattern))
    throw notPortable('', 'half of a character (a lone surrogate)', where, 'Write the character anew.');
  readingOf(pattern, where);
  try {
    new RegExp(pattern, 'u').test('');
  } catch (error) {
    throw notPortable(pattern, (error as Error).message, where, 'Write it simpler.');
  }
}

/** Which characters a value with this pattern can hold, as far as the printer wants to know. */
export function alphabetOfPattern(pattern: string): Alphabet {
  const { ranges } = readingOf(pattern, 'pattern');
  if (!ranges) return 'any';
  if (ranges.every(([from, to]) => from >= 0x20 && to <= 0x7e && PLAIN_TEXT.test(charsOf(from, to))))
    return 'plain';
  const less = '<'.charCodeAt(0);
  return ranges.some(([from, to]) => from <= less && less <= to) ? 'any' : 'quotable';
}

function charsOf(from: number, to: number): string {
  return String.fromCharCode(...Array.from({ length: to - from + 1 }, (_, index) => from + index));
}

function readingOf(pattern: string, where: string): PatternReading {
  try {
    return readPattern(pattern.slice(1, -1));
  } catch (error) {
    if (error instanceof NotPortable) throw notPortable(pattern, error.found, where, error.remedy);
    throw error;
  }
}

function notPortable(pattern: string, found: string, where: string, remedy: string): DrydockError {
  return new DrydockError('PATTERN_NOT_PORTABLE', {
    where,
    found: pattern === '' ? found : `${found} in /${pattern}/`,
    expected: 'a pattern that helm and JavaScript read alike',
    remedy,
  });
}
