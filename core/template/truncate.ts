import { createHash } from 'node:crypto';

/** How many digits of a hash are at the end of a text that was cut. */
const HASH_DIGITS = 10;
/** Below it hardly anything but the hash would be left. */
export const LEAST_TRUNCATED = 16;

/** What is between the start of a text and its hash is cut too, where it is no letter or digit: names may not hold it there. */
export const CUT_END = '[^A-Za-z0-9]+$';

/** How many bytes of the text are kept beside a dash and the hash. */
export function keptBytes(max: number): number {
  return max - HASH_DIGITS - 1;
}

/** A text of plain ASCII where it is short enough, else its start and a hash of all of it. */
export function truncated(text: string, max: number): string {
  if (text.length <= max) return text;
  return `${text.slice(0, keptBytes(max)).replace(new RegExp(CUT_END), '')}-${shortHash(text)}`;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

export function shortHash(text: string): string {
  return sha256(text).slice(0, HASH_DIGITS);
}
