import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rationale, status } from './ci-fixer';
import type { Row, Specification } from './row';
import { controller, plan, summary } from './todo';

const repository = join(__dirname, '..', '..');
export const specifications: readonly Specification[] = [status, rationale, summary, plan, controller];

/** The whole page. Throws for a row whose test or figure is not there. */
export function page(): string {
  const all = specifications.flatMap(({ rows }) => rows);
  const open = all.filter((row) => row.open !== undefined);
  const leftOut = all.filter((row) => row.leftOut !== undefined);
  return `# What the specifications ask for

Written by \`npx tsx evidence/specifications.ts\` from [evidence/specifications/](../../evidence/specifications/), which fails where a row names a test or a
figure that is not there. ${all.length} rows, of which ${open.length} are open, and ${leftOut.length} are left out by decision.

${specifications.map(section).join('\n')}`;
}

function section({ name, about, rows }: Specification): string {
  const lines = rows.map((row) => `| ${[row.says, metBy(row), shownBy(row), figureOf(row)].join(' | ')} |`);
  return `## ${name}

${about}

| it asks for | met | shown by | measured |
|---|---|---|---|
${lines.join('\n')}
`;
}

export function metBy({ says, met, open, leftOut }: Row): string {
  if (open !== undefined) return `**open:** ${open}`;
  if (leftOut === undefined) return met ?? '';
  const [record, instead] = leftOut;
  return `**left out** (${shownBy({ says, by: [record] })}): ${instead}`;
}

/** The test, or the page; it has to be there. */
export function shownBy({ says, by }: Row): string {
  if (!by) return '';
  const [file, title] = by;
  const place = join(repository, file);
  if (!existsSync(place)) throw new Error(`"${says}" names ${file}, which is not there`);
  if (title === undefined) return `[${file}](../../${file})`;
  if (!readFileSync(place, 'utf8').includes(title))
    throw new Error(`"${says}" names "${title}", which ${file} does not have`);
  return `[${file}](../../${file}): ${title}`;
}

export function figureOf({ says, measured }: Row): string {
  if (!measured) return '';
  const [file, figure] = measured;
  const [, found] = figure.exec(readFileSync(join(repository, 'docs', file), 'utf8')) ?? [];
  if (found === undefined) throw new Error(`"${says}" names a figure that docs/${file} does not have`);
  return `${/\d$/.test(found) ? `${found} s` : found} ([${file}](../${file}))`;
}
