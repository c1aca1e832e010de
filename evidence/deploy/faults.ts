import type { Cluster } from '../../cluster';
import type * as Families from '../../test/deploy/faults/families';
import { type FamilyName, runFamily } from '../../test/deploy/faults/families';
import { newTally, placeIn, type Tally } from '../../test/deploy/faults/place';
import { ROWS, type Row } from '../../test/deploy/faults/rows';
import { Breach, type BreachKind } from '../../test/deploy/faults/watched-release';
import { FreshModules } from '../../test/laws/fresh-modules';
import { bundled } from '../../test/support/bundled';
import { shortCell } from './short-cell';

const TEST = 'test/deploy/faults.real.test.ts';
const SEED = 11;
/** So many runs a deployer that is broken on purpose may go on unseen. */
const MOST = 150;

/** Faults that come so slowly that a planted one is not asked about too: a server that starts again, a process for each run. */
const SLOW: readonly FamilyName[] = ['processKilled', 'serverPaused', 'serverRestarted', 'silent'];

/**
 * Runs that meet each kind of fault, at call after call, and what became of the cluster.
 *
 * @param only the families that are asked about; the rows of the others are those of `page`. None for all
 */
export async function faultsTable(
  cluster: Cluster,
  folder: string,
  only: readonly string[],
  page: string,
): Promise<string> {
  const unknown = only.filter((name) => !ROWS.some(({ family }) => family === name));
  if (unknown.length > 0) throw new Error(`no faults ${unknown}: ${ROWS.map(({ family }) => family)}`);
  const program = bundled('test/deploy/faults/apply-once.ts', folder);
  const rows: string[] = [];
  const breaches: string[] = [];
  for (const row of ROWS) {
    const known = page.split('\n').find((line) => line.startsWith(`| ${row.fault} |`));
    if (known !== undefined && only.length > 0 && !only.includes(row.family)) {
      rows.push(known);
      continue;
    }
    const tally = newTally();
    const found = await breachOf(row, await placeIn(cluster, program), tally, runFamily);
    if (found) breaches.push(`${row.family}: ${found.message}`);
    const convicted = SLOW.includes(row.family) ? '' : await conviction(row, cluster, program);
    const of = (what: BreachKind) => (found?.what === what ? '**1**' : '0');
    const isReached = found?.what === 'unreached' ? '**no**' : 'yes';
    const cells = [row.fault, tally.cases, inWords(tally), of('lost'), of('touched'), isReached, convicted];
    rows.push(`| ${cells.join(' | ')} |`);
    process.stderr.write(`${row.family}: ${JSON.stringify(tally)} ${found?.message ?? ''} ${convicted}\n`);
  }
  if (breaches.length > 0) throw new Error(`faults of the deployer:\n${breaches.join('\n')}`);
  return [
    `Kubernetes 1.34, a control plane without nodes; the quick half of it is part of every \`make test\`, in [\`${TEST}\`](../../${TEST}).`,
    '',
    '| fault | injections | what the runs said | lost objects | unowned touched | converged | a deployer with a planted fault |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

type Run = (family: FamilyName, place: Place, cases: number, seed: number, tally: Tally) => Promise<unknown>;
type Place = Parameters<typeof runFamily>[1];

/** The first thing that a deployer must never do; undefined where there was none. Anything else thrown is a fault of this program. */
async function breachOf(row: Row, place: Place, tally: Tally, run: Run, cases = row.cases[1]) {
  try {
    await run(row.family, place, cases, SEED, tally);
    return undefined;
  } catch (error) {
    // One of modules that were loaded anew has a class of its own.
    if ((error as Error).constructor.name === Breach.name) return error as Breach;
    throw error;
  }
}

/** The same looks at a deployer that is broken on purpose. */
async function conviction(row: Row, cluster: Cluster, program: string): Promise<string> {
  const tally = newTally();
  const fresh = new FreshModules(row.broken).load('test/deploy/faults/families.ts') as typeof Families;
  const found = await breachOf(row, await placeIn(cluster, program), tally, fresh.runFamily, MOST);
  const said = found
    ? `caught after ${tally.cases}: ${shortCell(found.message)}`
    : `**not caught in ${tally.cases}**`;
  return `${row.broken.title}: ${said}`;
}

function inWords({ said }: Tally): string {
  return Object.entries(said)
    .sort(([, one], [, other]) => other - one)
    .map(([word, times]) => `${/[A-Z]/.test(word) ? `\`${word}\`` : word} ${times}`)
    .join(', ');
}
