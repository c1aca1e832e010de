import { readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import type { Cluster } from '../../cluster';
import type * as Families from '../../test/deploy/faults/families';
import { runFamily } from '../../test/deploy/faults/families';
import { placeIn, type Tally } from '../../test/deploy/faults/place';
import { ROWS, type Row } from '../../test/deploy/faults/rows';
import type { DeployMutant } from '../../test/deploy/mutants';
import { FreshModules } from '../../test/laws/fresh-modules';

const root = path.join(__dirname, '..', '..');
const SEED = 20_261_129;
/** So many runs a deployer with a planted fault gets until it is taken for right. */
const MOST = 250;

/** What one kind of fault came to. */
export interface FaultRow {
  readonly row: Row;
  readonly tally: Tally;
  /** The first thing that must never happen, where it did. */
  readonly breach: string | undefined;
  readonly planted: { readonly runs: number; readonly breach: string | undefined };
}

/** The program that is killed, with a fault in it or without. */
async function programWith(folder: string, mutant?: DeployMutant): Promise<string> {
  const outfile = path.join(folder, mutant ? 'apply-once-with-fault.cjs' : 'apply-once.cjs');
  const file = mutant && path.join(root, mutant.file);
  await build({
    entryPoints: [path.join(root, 'test/deploy/faults/apply-once.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
    plugins: [
      {
        name: 'plant',
        setup: ({ onLoad }) =>
          onLoad({ filter: /\.ts$/ }, ({ path: loaded }) =>
            mutant && loaded === file
              ? { contents: readFileSync(loaded, 'utf8').replace(mutant.from, () => mutant.to), loader: 'ts' }
              : undefined,
          ),
      },
    ],
  });
  return outfile;
}

/** What a look at the cluster has thrown. Any other failure is one of the machine, and ends it all. */
async function breachOf(run: Promise<unknown>): Promise<string | undefined> {
  try {
    await run;
    return undefined;
  } catch (error) {
    if (error instanceof Error && error.constructor.name === 'Breach') return error.message;
    throw error;
  }
}

export async function faultRows(cluster: Cluster, folder: string): Promise<readonly FaultRow[]> {
  const program = await programWith(folder);
  const rows: FaultRow[] = [];
  for (const row of ROWS) {
    const tally: Tally = { cases: 0, well: 0 };
    const place = await placeIn(cluster, program);
    const breach = await breachOf(runFamily(row.family, place, row.cases[1], SEED, tally));
    process.stderr.write(`${row.fault}: ${JSON.stringify(tally)} ${breach ?? ''}\n`);
    const fresh = new FreshModules(row.broken).load('test/deploy/faults/families.ts') as typeof Families;
    const runs: Tally = { cases: 0, well: 0 };
    const other = await placeIn(cluster, await programWith(folder, row.broken));
    const convicted = await breachOf(fresh.runFamily(row.family, other, MOST, SEED, runs));
    process.stderr.write(`  ${row.broken.title}: ${runs.cases} ${convicted}\n`);
    rows.push({ row, tally, breach, planted: { runs: runs.cases, breach: convicted } });
  }
  return rows;
}

export function faultsTable(rows: readonly FaultRow[]): string {
  const lines = rows.map(({ row, tally, breach, planted }) => [
    row.fault,
    String(tally.cases),
    String(tally.well),
    breach ?? 'nothing',
    row.broken.title,
    planted.breach === undefined ? '**not convicted**' : `run ${planted.runs}: ${planted.breach}`,
  ]);
  const sum = rows.reduce((all, { tally }) => all + tally.cases, 0);
  return [
    '| fault | runs that met it | of them said that all is well | lost, touched or left | a deployer that is broken on purpose | is convicted by |',
    '|---|---|---|---|---|---|',
    ...lines.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`),
    `| all | ${sum} | | | | |`,
  ].join('\n');
}

export function isWell({ row, tally, breach, planted }: FaultRow): boolean {
  return breach === undefined && tally.cases === row.cases[1] && planted.breach !== undefined;
}
