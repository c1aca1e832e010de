/**
 * Runs schedules of the warm pool at length, then with each planted fault, and writes docs/evidence/pool-properties.md.
 *
 *     npx tsx evidence/pool-properties.ts [SCHEDULES]
 */
import type * as PoolLaw from '../sandbox/pool/testing-only/pool-law';
import { runPoolLaw } from '../sandbox/pool/testing-only/pool-law';
import { mutants } from '../test/sandbox/pool-mutants';
import { writeLawPage } from './schedule-law';

const SCHEDULES = Number(process.argv[2] ?? 100_000);
const SEED = 20_261_130;
const MOST_FOR_A_MUTANT = 5_000;

const PROPERTIES = [
  'one owner for ever: a member that was claimed is claimed by nobody else',
  'no byte of a command goes to a member before its claim is confirmed',
  'never used again: neither a member nor a stream is handed out twice, nor one that is ending, or of another pod',
  'live warm members of a manager are at most its share, creations at most its share and what was consumed',
  'retiring never ends a claimed member',
  'nothing outlives its deadline and a sweep; a claim has its `ttl`, by the clock of the server',
  'a claim is warm or cold in bounded time',
  'a member of another pool, and so of another template, is never claimed',
  'a lost answer leaves nothing claimed for nobody, and nothing retired that stays',
  'and when all is quiet, each pool is full again',
];

void writeLawPage<typeof PoolLaw>({
  file: 'sandbox/pool/testing-only/pool-law.ts',
  run: runPoolLaw,
  runOf: (law) => law.runPoolLaw,
  schedules: SCHEDULES,
  seed: SEED,
  mostForAMutant: MOST_FOR_A_MUTANT,
  mutants,
  inWords: (said) => said.replace(/^the pool: |, at [\d.]+ ms$/g, ''),
  page: 'pool-properties.md',
  title: 'What a warm pool promises, under faults',
  about: `Written by \`npx tsx evidence/pool-properties.ts\`: the code of [\`sandbox/pool/\`](../../sandbox/pool/) over a simulated API server, Job controller and nodes
([the law](../../sandbox/pool/testing-only/pool-law.ts); why it holds is in [0048](../decisions/0048-warm-pool.md)). Two or three managers with clocks that go wrong share a pool; their calls are lost before or after they
are done, come twice, or long after; watches are late, blind for a while, and tell old news; managers are paused, and killed at any call; an administrator drains, deletes, replaces and relabels members, takes rights away, fills the
quota and changes the template. Each schedule is a minute of that, and five minutes in which all has to come to rest.`,
  properties: PROPERTIES,
});
