/** A line of Markdown that opens or closes a part which a script writes. */
const opens = (name: string) => `<!-- generated: ${name} -->`;
const closes = (name: string) => `<!-- end: ${name} -->`;

/** The document with the part between the markers of `name` replaced by `content`. */
export function withBlock(document: string, name: string, content: string): string {
  const start = document.indexOf(opens(name));
  const end = document.indexOf(closes(name));
  if (start < 0 || end < start) {
    throw new Error(`expected the lines ${opens(name)} and ${closes(name)}, in that order, found not both`);
  }
  return `${document.slice(0, start)}${opens(name)}\n\n${content.trim()}\n\n${document.slice(end)}`;
}
