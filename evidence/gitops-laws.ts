/**
 * Runs schedules of Applications at length, then with each planted fault, and writes docs/evidence/gitops-laws.md.
 *
 *     npx tsx evidence/gitops-laws.ts [SCHEDULES]
 */
import type * as GitopsLaw from '../gitops/testing-only/gitops-law';
import { runGitopsLaw } from '../gitops/testing-only/gitops-law';
import { gitopsMutants } from '../test/gitops/gitops-mutants';
import { gitopsProperties } from './gitops/properties';
import { firstWordsOf, writeLawPage } from './schedule-law';

const SCHEDULES = Number(process.argv[2] ?? 3_000);
const SEED = 20_261_130;
const MOST_FOR_A_MUTANT = 2_000;

void writeLawPage<typeof GitopsLaw>({
  file: 'gitops/testing-only/gitops-law.ts',
  run: runGitopsLaw,
  runOf: (law) => law.runGitopsLaw,
  schedules: SCHEDULES,
  seed: SEED,
  mostForAMutant: MOST_FOR_A_MUTANT,
  mutants: gitopsMutants,
  inWords: firstWordsOf('law'),
  page: 'gitops-laws.md',
  title: 'What an Application promises, under faults',
  about: `Written by \`npx tsx evidence/gitops-laws.ts\`: the code of [\`gitops/\`](../../gitops/) and of [\`deploy/\`](../../deploy/) over models of clusters behind servers of their own
([the law](../../gitops/testing-only/gitops-law.ts); decisions [0049](../decisions/0049-gitops.md) and [0058](../decisions/0058-many-clusters.md)). One Application follows a branch into the cluster of its controller, or into two others that a selector means; commits are good, broken, empty, half, of unknown kinds and of objects of others,
branches are put back, objects are edited and deleted by hand, the repository and clusters are away and come back, credentials and labels change, the controller is killed before whichever write, the Application is deleted and made again. Hundreds of such schedules go through [real API servers](gitops-laws-real.md).`,
  properties: gitopsProperties,
});
