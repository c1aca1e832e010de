import { linesOf } from './comment';

/** Any text as Markdown that shows it on one line, as it is: in a paragraph, and in a cell of a table. */
export function markdownText(text: string): string {
  const line = linesOf(text).join(' ').replace(/\s+/g, ' ').trim();
  const inner = line
    .replace(/[\\`*[\]|~$]/g, '\\$&')
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_')
    .replace(/&(?=[#A-Za-z])/g, '&amp;')
    .replaceAll('<', '&lt;');
  // What begins a heading, a list, a quote or a line below a heading.
  return inner.replace(/^([-+=#>])/, '\\$1').replace(/^(\d{1,9})([.)])/, '$1\\$2');
}

/** A text of one line as code. A bar would end the cell of a table; more backquotes than in the text end the code. */
export function markdownCode(text: string): string {
  const line = linesOf(text).join(' ');
  if (line === '') return '';
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const room = /^`|`$|^ .* $/.test(line) ? ' ' : '';
  return `${fence}${room}${line.replaceAll('|', '\\|')}${room}${fence}`;
}
