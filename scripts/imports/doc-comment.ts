/** The first paragraph of a description as a JSDoc comment, wrapped; empty for an empty description. */
export function docComment(description: string, indent = '', width = 110): string {
  const [paragraph = ''] = description.trim().split(/\n\s*\n/);
  // A cron example such as "*/5" would end the comment.
  const text = paragraph.replaceAll(/\s+/g, ' ').replaceAll('*/', '*\\/').trim();
  if (text === '') return '';
  const oneLine = `${indent}/** ${text} */\n`;
  if (oneLine.length <= width) return oneLine;
  const lines = wrap(text, width - indent.length - ' * '.length);
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
