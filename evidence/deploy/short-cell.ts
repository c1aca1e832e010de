/** The first line of a message, as a cell of a table of Markdown. */
export function shortCell(message: string): string {
  const [line = ''] = message.split('\n');
  const short = line.length > 160 ? `${line.slice(0, 159)}…` : line;
  return short.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
