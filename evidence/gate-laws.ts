/**
 * Runs gates between waves at length, then with each planted fault, and writes docs/evidence/gate-laws.md.
 *
 *     npx tsx evidence/gate-laws.ts [SCHEDULES]
 */
import type * as GateLaw from '../gitops/testing-only/gate-law';
import { runGateLaw } from '../gitops/testing-only/gate-law';
import { gateMutants } from '../test/gitops/gate-mutants';
import { firstWordsOf, writeLawPage } from './schedule-law';

const SCHEDULES = Number(process.argv[2] ?? 300);
const SEED = 20_261_130;
const MOST_FOR_A_MUTANT = 200;

const PROPERTIES = [
  'no cluster gets a commit while a gate before it has no number within its bounds, or before the clusters of the waves before it',
  'nothing goes back but a commit that a gate has refused by a number, where `sync.rollback` asks for it and its time is over',
  'what is called taken back is in no cluster that can be reached',
  'what is called healthy or synced is the last commit in every cluster',
  'once everything is back and every gate open the commit is everywhere, or the next one where it was taken back, and no gate is said to be closed',
];

void writeLawPage<typeof GateLaw>({
  file: 'gitops/testing-only/gate-law.ts',
  run: runGateLaw,
  runOf: (law) => law.runGateLaw,
  schedules: SCHEDULES,
  seed: SEED,
  mostForAMutant: MOST_FOR_A_MUTANT,
  mutants: gateMutants,
  inWords: firstWordsOf('law of gates'),
  page: 'gate-laws.md',
  title: 'What a gate between waves promises, under faults',
  about: `Written by \`npx tsx evidence/gate-laws.ts\`: the code of [\`gitops/\`](../../gitops/) and of [\`deploy/\`](../../deploy/) over models of three clusters behind servers of their own
([the law](../../gitops/testing-only/gate-law.ts); decision [0067](../decisions/0067-gates.md)). Two waves have a gate, or one of them; a Prometheus answers numbers within and out of bounds, NaN, infinities, nothing, several series, refusals and pages of something else; commits are pushed, clusters are away and come back, the controller is killed before whichever write.`,
  properties: PROPERTIES,
});
