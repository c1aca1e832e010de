import { basename } from 'node:path';
import { shownBy } from '../specifications/page';
import type { OwnCell, Part, PeerCell, Row } from './cell';
import { beforeItIsWritten, sourcesAndRendering } from './from-the-repository';
import { clusters, deletions, driftAndHealth, running, tenants } from './in-the-cluster';
import { type Mark, sources } from './sources';

export const parts: readonly Part[] = [
  sourcesAndRendering,
  beforeItIsWritten,
  deletions,
  driftAndHealth,
  clusters,
  tenants,
  running,
];

const PEERS = ['flux', 'argo', 'fleet', 'kluctl'] as const;
const marks = Object.keys(sources) as Mark[];

/** The whole page. Throws for a cell of ours that names a test or a page that is not there. */
export function page(): string {
  const rows = parts.flatMap((part) => part.rows);
  return `# The GitOps controller beside Flux, Argo CD, Fleet and kluctl

Written by \`npx tsx evidence/gitops-peers.ts\` from [evidence/gitops-peers/](../../evidence/gitops-peers/). ${rows.length} rows.

A cell of ours names the test that shows it, or the page that says why it is not there. A cell of another is what its own documentation
says, read in November 2026; the letter and number lead to the page, in the version that is named [at the end](#what-was-read) and need not be the newest. *Not found* means that none of
these pages says anything of it: it may be there all the same. Projects beside one of them count in part. Admission policies of a cluster hold for all five.
Nothing here was measured; what was is in [benchmarks.md](../benchmarks.md) and [gitops-times.md](gitops-times.md).

${parts.map(section).join('\n')}
${counted(rows)}
## What was read

| | page | version |
|---|---|---|
${marks.map((mark) => `| [${mark}] | ${sources[mark].title} | ${sources[mark].version} |`).join('\n')}

${marks.map((mark) => `[${mark}]: ${sources[mark].address}`).join('\n')}
`;
}

function section({ title, rows }: Part): string {
  const lines = rows.map((row) => {
    const peers = PEERS.map((name) => ofPeer(row[name]));
    return `| ${[row.what, ofOurs(row), ...peers].join(' | ')} |`;
  });
  return `## ${title}

| | Drydock | Flux | Argo CD | Fleet | kluctl |
|---|---|---|---|---|---|
${lines.join('\n')}
`;
}

function ofOurs({ what, ours }: Row): string {
  const [link = ''] = shownBy({ says: what, by: ours.by }).split(': ', 1);
  const [, file = '', address = ''] = /^\[(.*)\]\((.*)\)$/.exec(link) ?? [];
  return `${said(ours)} ([${basename(file)}](${address}))`;
}

export function ofPeer(cell: PeerCell): string {
  if (cell.verdict === 'not found') return '*not found*';
  return `${said(cell)} ${cell.at.map((mark) => `[${mark}]`).join(' ')}`;
}

function said({ verdict, says }: OwnCell | PeerCell): string {
  return says === '' ? `**${verdict}**` : `**${verdict}**: ${says}`;
}

/** So that nobody has to count what we lack. */
function counted(rows: readonly Row[]): string {
  const lacking = rows.filter(({ ours }) => ours.verdict === 'no');
  const whole = rows.filter(({ ours }) => ours.verdict === 'yes');
  const alone = whole.filter((row) => PEERS.every((name) => ['no', 'not found'].includes(row[name].verdict)));
  return `Of the ${rows.length} rows Drydock has ${whole.length}, ${rows.length - whole.length - lacking.length} in part, and not the other ${lacking.length}. ${alone.length} were found in none of the others.
`;
}
