/**
 * Runs schedules of fleets at length, then with each planted fault, and writes docs/evidence/fleet-properties.md.
 *
 *     npx tsx evidence/fleet-properties.ts [SCHEDULES]
 */
import type * as FleetLaw from '../sandbox/fleet/testing-only/fleet-law';
import { runFleetLaw } from '../sandbox/fleet/testing-only/fleet-law';
import { fleetMutants } from '../test/sandbox/fleet-mutants';
import { writeLawPage } from './schedule-law';

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

void writeLawPage<typeof FleetLaw>({
  file: 'sandbox/fleet/testing-only/fleet-law.ts',
  run: runFleetLaw,
  runOf: (law) => law.runFleetLaw,
  schedules: SCHEDULES,
  seed: SEED,
  mostForAMutant: MOST_FOR_A_MUTANT,
  mutants: fleetMutants,
  inWords: (said) => said.replace(/^the fleet: |, at [\d.]+ ms$/g, ''),
  page: 'fleet-properties.md',
  title: 'What a fleet promises, under faults',
  about: `Written by \`npx tsx evidence/fleet-properties.ts\`: the code of [\`sandbox/fleet/\`](../../sandbox/fleet/) over simulated programs, claims and records
([the law](../../sandbox/fleet/testing-only/fleet-law.ts); why it holds is in [0055](../decisions/0055-fleets.md)). Up to three programs with the same id are started, beside each other or after one was killed at whichever call, and a last one that lives;
claims are slow or fail, the quota fills and empties, records lose requests and answers, deletions fail, the last program may be cancelled.`,
  properties: PROPERTIES,
});
