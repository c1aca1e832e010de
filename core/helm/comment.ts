import { unicodeEscape } from '../template';

/** What YAML, at least in one of its versions, takes for the end of a line; after it a comment would be over. */
const LINE_ENDS = /\r\n|[\n\r\u0085\u2028\u2029]/;
/** What no YAML file may hold, not even in a comment. */
const UNPRINTABLE = /(?!\t)[\p{Cc}\p{Surrogate}\ufeff\ufffe\uffff]/gu;

/** Any text as the lines of a comment; `mark` begins the first of them. */
export function commentLines(text: string, indent = '', mark = ''): string[] {
  const lines = linesOf(text).map((line, index) => `${index === 0 ? mark : ''}${line}`);
  return lines.map((line) => `${indent}# ${line}`.trimEnd());
}

/** The lines of a text, each without what a file of text cannot hold. */
export function linesOf(text: string): string[] {
  return text
    .trim()
    .split(LINE_ENDS)
    .map((line) => line.replace(UNPRINTABLE, unicodeEscape).trimEnd());
}
