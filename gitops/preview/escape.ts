import { printable } from '../../errors';

/**
 * Text of others on a page of Markdown: every sign that could mean anything there is written as its number, so that a name or
 * a value is never a link, a picture, a heading or the end of what it stands in.
 */
function neutral(text: string): string {
  return printable(text)
    .replace(/\s+/g, ' ')
    .replace(/[^\p{L}\p{N} ]/gu, (sign) => `&#${sign.codePointAt(0)};`);
}

/** A name or a value within a line. In code nobody is mentioned, and no number is taken for that of an issue. */
export function inCode(text: string, most = 200): string {
  return `<code>${neutral(shortened(text, most))}</code>`;
}

/** A sentence that has names of others in it. An empty sign after these two keeps it from calling somebody. */
export function inText(text: string, most = 1_000): string {
  return neutral(shortened(text, most)).replace(/&#(64|35);/g, '&#$1;&#8203;');
}

/** Lines as they are, within a fence that is longer than any in them. */
export function fenced(lines: readonly string[], language: string): string {
  const text = lines.map((line) => printable(line)).join('\n');
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length} characters)`;
}
