/**
 * Faults under load on a real cluster, and what became of claims from a pool, of cold ones, and of one-shot Jobs. Writes the
 * parts of docs/evidence/sandbox-chaos.md between their markers, a few injections of each fault at a time:
 *
 *     npx tsx evidence/sandbox-chaos.ts                        about two hours on two cores
 *     npx tsx evidence/sandbox-chaos.ts connections            one part
 *     npx tsx evidence/sandbox-chaos.ts connections none       of its faults these alone
 *     npx tsx evidence/sandbox-chaos.ts more connections       adds what its rows lack of twenty
 *     npx tsx evidence/sandbox-chaos.ts pass connections       adds some to each that lacks
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { startCluster } from '../cluster';
import { withBlock } from '../scripts/generated-block';
import { BROKEN, isConvicted } from '../test/sandbox-runtime/chaos/broken';
import {
  killedClients,
  killedWarm,
  raceForMembers,
  raceForNames,
} from '../test/sandbox-runtime/chaos/clients';
import { FAULTS, PIDS } from '../test/sandbox-runtime/chaos/faults';
import { Ground } from '../test/sandbox-runtime/chaos/ground';
import { type Row, runFault } from '../test/sandbox-runtime/chaos/round';
import { RuntimeInstallation } from '../test/sandbox-runtime/runtime';
import { complaints, plus, type Sum, sumsOf, tableOf } from './chaos/table';

const page = join(__dirname, '..', 'docs', 'evidence', 'sandbox-chaos.md');
const INJECTIONS = 20;
/** So many at a time. */
const PASS = 4;
/** A fault that does not come to twenty by then comes too seldom. */
const MOST_PASSES = 8;
const CLIENTS = ['manager killed at every step', 'two managers race'];

const between = (first: string, last: string) => {
  const names = FAULTS.map(({ name }) => name);
  return names.slice(names.indexOf(first), names.indexOf(last) + 1);
};

/** Which faults each part has. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  connections: between('none', '401, 403, 404, 429, 500 for a stream'),
  cluster: between('watches cut', 'containerd killed and started'),
  sandboxes: between('pod deleted', 'deadline'),
  clients: CLIENTS,
  'two-nodes': ['none', 'kubelet killed and started', 'pod evicted, as a drain does'],
  broken: BROKEN.map(({ name }) => name),
};

/** One fault of one part. */
interface Wanted {
  readonly part: string;
  readonly name: string;
}

async function main([first, ...others]: readonly string[]): Promise<void> {
  const addsOnly = first === 'more' || first === 'pass';
  const [only, ...some] = addsOnly || first === undefined ? others : [first, ...others];
  if (only !== undefined && !(only in PARTS))
    throw new Error(`no part ${only}: ${Object.keys(PARTS).join(', ')}`);
  const wanted = Object.entries(PARTS)
    .filter(([part]) => only === undefined || part === only)
    .flatMap(([part, names]) => names.map((name) => ({ part, name })))
    .filter(({ name }) => some.length === 0 || some.includes(name));
  for (const { part, name } of addsOnly ? [] : wanted)
    write(part, (sums) => sums.filter(({ fault }) => fault !== name));
  const passes = first === 'pass' ? 1 : MOST_PASSES;
  const of = (...parts: readonly string[]) => wanted.filter(({ part }) => parts.includes(part));
  const wrong = [
    ...(await onCluster(1, of('connections', 'cluster', 'sandboxes', 'clients'), passes)),
    ...(await onCluster(2, of('two-nodes'), passes)),
    ...(await broken(of('broken'))),
  ];
  if (wrong.length > 0) throw new Error(`what must not be:\n${wrong.join('\n')}`);
}

async function onCluster(nodes: 1 | 2, wanted: readonly Wanted[], passes: number): Promise<string[]> {
  const lacking = () =>
    wanted.filter((one) => missing(one) > 0).sort((one, other) => missing(other) - missing(one));
  if (lacking().length === 0) return [];
  const cluster = await startCluster({ dns: false, nodes, podPidsLimit: PIDS });
  try {
    const ground = await Ground.on(cluster);
    ground.load();
    const wrong: string[] = [];
    // All faults a few times, then all again: one that is interrupted has something of each.
    for (let pass = 0; pass < passes; pass += 1) {
      for (const one of lacking()) {
        const count = Math.min(PASS, missing(one));
        try {
          const rows = await (one.part === 'clients' ? clients : ofFault)(ground, one.name, count);
          add(one.part, rows);
          wrong.push(...complaints(rows));
          process.stderr.write(`${new Date().toISOString()} ${JSON.stringify(rows)}\n`);
        } catch (error) {
          // A fault that cannot be looked at is no reason to look at none.
          wrong.push(`${one.name}: ${(error as Error).stack}`);
          process.stderr.write(`${wrong.at(-1)}\n`);
        }
      }
    }
    await ground.close();
    return wrong;
  } finally {
    await cluster.stop();
  }
}

/** How many injections a fault lacks, on the way that has the fewest. */
function missing({ part, name }: Wanted): number {
  const found = sumsOf(blockOf(part)).filter(({ fault }) => fault === name);
  return INJECTIONS - Math.min(...(found.length > 0 ? found.map(({ injections }) => injections) : [0]));
}

function ofFault(ground: Ground, name: string, count: number): Promise<Row[]> {
  return runFault(ground, FAULTS.find((fault) => fault.name === name)!, count);
}

async function clients(ground: Ground, name: string, count: number): Promise<Row[]> {
  if (name === CLIENTS[1]) {
    return [
      await raceForMembers(ground, count),
      await raceForNames(ground, 'cold', count),
      await raceForNames(ground, 'job', count),
    ];
  }
  const rows = [await killedClients(ground, 'cold', count), await killedClients(ground, 'job', count)];
  const installation = await new RuntimeInstallation(ground.cluster).install();
  rows.push(await killedWarm(installation, count));
  await installation.remove();
  return rows;
}

/** The same checker, of managers that are broken on purpose. */
async function broken(wanted: readonly Wanted[]): Promise<string[]> {
  if (wanted.length === 0) return [];
  const innocent: string[] = [];
  const cluster = await startCluster({ dns: false });
  try {
    for (const { name, fault, found, make } of BROKEN.filter((one) =>
      wanted.some((which) => which.name === one.name),
    )) {
      const ground = await Ground.on(cluster, 1);
      const own = ground.manager;
      ground.manager = make(own);
      const rows = await runFault(ground, fault, 4, found === 'fullAgainMs' ? 5_000 : undefined);
      ground.manager = own;
      const named = rows.map((row) => ({ ...row, fault: name }));
      add('broken', named);
      if (!isConvicted(rows[0]!, found)) innocent.push(`${name}: not convicted of ${found}`);
      process.stderr.write(`${new Date().toISOString()} ${JSON.stringify(named)}\n`);
      await ground.close();
    }
    return innocent;
  } finally {
    await cluster.stop();
  }
}

function blockOf(part: string): string {
  const [, after = ''] = readFileSync(page, 'utf8').split(`<!-- generated: ${part} -->`);
  return after.split(`<!-- end: ${part} -->`)[0] ?? '';
}

function add(part: string, rows: readonly Row[]): void {
  write(part, (sums) => {
    const keyOf = ({ fault, way }: Pick<Sum, 'fault' | 'way'>) => `${fault}, ${way}`;
    const all = new Map(sums.map((sum) => [keyOf(sum), sum]));
    for (const row of rows) all.set(keyOf(row), plus(all.get(keyOf(row)), row));
    return [...all.values()];
  });
}

function write(part: string, change: (sums: readonly Sum[]) => readonly Sum[]): void {
  const sums = change(sumsOf(blockOf(part)));
  const about = `${cpus().length} CPUs, load ${loadavg()[0]!.toFixed(1)} when the last row was written.`;
  writeFileSync(
    page,
    withBlock(readFileSync(page, 'utf8'), part, `${about}\n\n${tableOf(sums, PARTS[part]!)}`),
  );
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
