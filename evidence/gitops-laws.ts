/**
 * Runs schedules of Applications at length, then with each planted fault, and writes docs/evidence/gitops-laws.md.
 *
 *     npx tsx evidence/gitops-laws.ts [SCHEDULES]
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as GitopsLaw from '../gitops/testing-only/gitops-law';
import { runGitopsLaw } from '../gitops/testing-only/gitops-law';
import { type GitopsMutant, gitopsMutants } from '../test/gitops/gitops-mutants';
import { FreshModules } from '../test/laws/fresh-modules';

const SCHEDULES = Number(process.argv[2] ?? 3_000);
const SEED = 20_261_130;
const MOST_FOR_A_MUTANT = 2_000;

const PROPERTIES = [
  'once it is quiet, every cluster that is meant has what the last good commit says, and every other one nothing of it',
  'nothing of others is ever changed or deleted',
  'a commit that may not be applied, and a selector that matches nothing, take nothing away',
  'a cluster in which something is has its line in the status, at every moment and after every kill',
  'what is called synced is the whole of one commit in every cluster that is meant, and what is called healthy is synced',
  'a deletion ends once all clusters are back, and leaves nothing',
  'a commit that never becomes healthy does not hold up the next one',
];

/** What a mutant was convicted of, and after how many schedules. */
async function conviction(mutant: GitopsMutant): Promise<string> {
  const law = new FreshModules(mutant).load('gitops/testing-only/gitops-law.ts') as typeof GitopsLaw;
  try {
    await law.runGitopsLaw(MOST_FOR_A_MUTANT, SEED, false);
  } catch (error) {
    const { message, cause } = error as Error;
    const said = cause instanceof Error ? cause.message : message;
    const after = /after (\d+) tests/.exec(message)?.[1];
    const words = said.replace(/^the law: /, '').slice(0, 120);
    return `| ${mutant.title} | ${words.replaceAll('|', '\\|')} | ${after} |`;
  }
  throw new Error(`not caught: ${mutant.title}`);
}

async function main(): Promise<void> {
  Error.stackTraceLimit = 0;
  const tally = new Map<string, number>();
  const began = process.cpuUsage();
  await runGitopsLaw(SCHEDULES, SEED, true, tally);
  const seconds = Math.round(process.cpuUsage(began).user / 1e6);
  const rows: string[] = [];
  for (const mutant of gitopsMutants) rows.push(await conviction(mutant));
  const counts = [...tally].sort(([left], [right]) => (left < right ? -1 : 1));
  writeFileSync(
    join(__dirname, '../docs/evidence/gitops-laws.md'),
    `# What an Application promises, under faults

Written by \`npx tsx evidence/gitops-laws.ts\`: the code of [\`gitops/\`](../../gitops/) and of [\`deploy/\`](../../deploy/) over models of clusters behind servers of their own
([the law](../../gitops/testing-only/gitops-law.ts); decisions [0049](../decisions/0049-gitops.md) and [0058](../decisions/0058-many-clusters.md)). One Application follows a branch into the cluster of its controller, or into two others that a selector means; commits are good, broken, empty, half, of unknown kinds and of objects of others,
branches are put back, objects are edited and deleted by hand, the repository and clusters are away and come back, credentials and labels change, the controller is killed before whichever write, the Application is deleted and made again.

${SCHEDULES} schedules, seed ${SEED}, ${seconds} s of processor time: none broke a property.

${PROPERTIES.map((property, index) => `${index + 1}. ${property}`).join('\n')}

| what they went through | times |
|---|---|
${counts.map(([what, count]) => `| ${what} | ${count} |`).join('\n')}

## Planted faults

One change in the source each; the law has to see it, and does.

| fault | convicted of | after so many schedules |
|---|---|---|
${rows.join('\n')}
`,
  );
}

void main();
