/**
 * Runs schedules of fleets at length, then with each planted fault, and writes docs/evidence/fleet-properties.md.
 *
 *     npx tsx evidence/fleet-properties.ts [SCHEDULES]
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as FleetLaw from '../sandbox/fleet/testing-only/fleet-law';
import { runFleetLaw } from '../sandbox/fleet/testing-only/fleet-law';
import { FreshModules } from '../test/laws/fresh-modules';
import { fleetMutants } from '../test/sandbox/fleet-mutants';

const SCHEDULES = Number(process.argv[2] ?? 100_000);
const SEED = 20_261_130;
const MOST_FOR_A_MUTANT = 5_000;

const PROPERTIES = [
  'each item has one outcome, in its place, and it is what became of the item',
  'no item is run twice, by however many programs with the same id',
  'what was done before a program was started again is done after it, with the same value',
  'never more sandboxes than `parallel`, nor than all calls together may have',
  'a full quota is no failure, and is not asked more than once a second for long',
  'no sandbox is left of a program that lives, and none of one that was killed after 20 s',
  'progress counts every item once, at each moment; and every fleet ends',
];

/** What a mutant was convicted of, and by which schedule. */
async function conviction(mutant: (typeof fleetMutants)[number]): Promise<string> {
  const law = new FreshModules(mutant).load('sandbox/fleet/testing-only/fleet-law.ts') as typeof FleetLaw;
  try {
    await law.runFleetLaw(MOST_FOR_A_MUTANT, SEED, false);
  } catch (error) {
    const { message, cause } = error as Error;
    const said = cause instanceof Error ? cause.message : message;
    const after = /after (\d+) tests/.exec(message)?.[1];
    return `| ${mutant.title} | ${said.replace(/^the fleet: |, at [\d.]+ ms$/g, '')} | ${after} |`;
  }
  throw new Error(`not caught: ${mutant.title}`);
}

async function main(): Promise<void> {
  Error.stackTraceLimit = 0;
  const tally = new Map<string, number>();
  const began = process.cpuUsage();
  await runFleetLaw(SCHEDULES, SEED, true, tally);
  const seconds = Math.round(process.cpuUsage(began).user / 1e6);
  const rows: string[] = [];
  for (const mutant of fleetMutants) rows.push(await conviction(mutant));
  const counts = [...tally].sort(([left], [right]) => (left < right ? -1 : 1));
  writeFileSync(
    join(__dirname, '../docs/evidence/fleet-properties.md'),
    `# What a fleet promises, under faults

Written by \`npx tsx evidence/fleet-properties.ts\`: the code of [\`sandbox/fleet/\`](../../sandbox/fleet/) over simulated programs, claims and records
([the law](../../sandbox/fleet/testing-only/fleet-law.ts); why it holds is in [0055](../decisions/0055-fleets.md)). Up to three programs with the same id are started, beside each other or after one was killed at whichever call, and a last one that lives;
claims are slow or fail, the quota fills and empties, records lose requests and answers, deletions fail, the last program may be cancelled.

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
