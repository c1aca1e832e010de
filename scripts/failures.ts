import { stripVTControlCharacters } from 'node:util';

/** What failed: a test with its file, a file, a check. */
export interface Failure {
  readonly title: string;
  /** What it said, as long as it is. */
  readonly message: string;
}

const messageLines = 15;
const lineLength = 300;
const titleLength = 120;

/** A stack's lines in jest and node say nothing about this repository. */
const isForeign = (line: string): boolean => /^\s*at .*(node_modules|node:)/.test(line);

function beginning(message: string): string[] {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .filter((line) => line.trim() !== '' && !isForeign(line))
    .map((line) => (line.length > lineLength ? `${line.slice(0, lineLength)}...` : line));
  const rest = lines.length - messageLines;
  return rest > 0 ? [...lines.slice(0, messageLines), `(${rest} more lines, see above)`] : lines;
}

/** All that failed, each with the beginning of its message, and once more the titles: a log may keep its tail only. */
export function failureList(failures: readonly Failure[]): string[] {
  const told = failures.map(({ title, message }, index) => [
    `== failed (${index + 1} of ${failures.length}): ${title}`,
    ...beginning(message).map((line) => `    ${line}`),
  ]);
  const titles =
    failures.length > 1 ? failures.map(({ title }) => `failed: ${title.slice(0, titleLength)}`) : [];
  return [...told.flat(), ...titles];
}
