/**
 * How long a person waits for the first line of a command: drydock beside kubectl, each started anew, in turns, on a control
 * plane of its own. Writes its table in docs/benchmarks.md:
 *
 *     npx tsx bench/deploy/start.ts [ROUNDS]
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { type Cluster, startCluster, tool } from '../../cluster';
import { withBlock } from '../../scripts/generated-block';
import { compiled } from '../compiled';
import { writeSets } from './contenders';

const page = path.join(__dirname, '..', '..', 'docs', 'benchmarks.md');
const TARGET_MS = 300;
const OBJECTS = 10;

/** The milliseconds from the start of a program to the first byte that it writes. */
function firstLineOf([program = '', ...args]: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    let first: number | undefined;
    let said = '';
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const pipe of [child.stdout, child.stderr]) {
      pipe.on('data', (piece: Buffer) => {
        first ??= performance.now() - began;
        said += piece.toString();
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0 && first !== undefined) resolve(first);
      else reject(new Error(`${program} ${args.join(' ')} ended with ${code}: ${said}`));
    });
  });
}

async function commandsOn(cluster: Cluster, folder: string): Promise<Readonly<Record<string, string[]>>> {
  const kubectl = await tool('kubectl');
  const drydock = [process.execPath, path.join(compiled('bench/deploy'), 'cli', 'main.js')];
  const where = ['-n', 'shop', '--kubeconfig', cluster.kubeconfig];
  const { all } = writeSets(folder, OBJECTS).manifests;
  await cluster.kubectl(['create', 'namespace', 'shop']);
  await firstLineOf([...drydock, 'apply', 'shop', all, ...where]);
  return {
    'kubectl version --client': [kubectl, 'version', '--client'],
    'kubectl get configmaps': [kubectl, 'get', 'configmaps', ...where],
    'kubectl apply --server-side': [kubectl, 'apply', '--server-side', '-f', all, ...where],
    'node -p 0': [process.execPath, '-p', '0'],
    'drydock --help': [...drydock, '--help'],
    'drydock history': [...drydock, 'history', 'shop', ...where],
    'drydock status': [...drydock, 'status', 'shop', ...where],
    'drydock diff': [...drydock, 'diff', 'shop', all, ...where],
    'drydock apply': [...drydock, 'apply', 'shop', all, ...where],
  };
}

async function measured(commands: Readonly<Record<string, string[]>>, rounds: number) {
  const times = new Map<string, number[]>();
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, command] of Object.entries(commands)) {
      const ms = await firstLineOf(command);
      // The first round fills the caches of the system.
      if (round > 0) times.set(name, [...(times.get(name) ?? []), ms]);
    }
  }
  return times;
}

function text(times: ReadonlyMap<string, readonly number[]>, rounds: number): string {
  const rows = [...times].map(([name, all]) => ({ name, least: Math.min(...all), median: medianOf(all) }));
  // What else runs on the machine only makes a start slower.
  const slowest = Math.max(...rows.flatMap(({ name, least }) => (name.startsWith('drydock') ? least : [])));
  const load = loadavg()[0]?.toFixed(1);
  return [
    `\`npx tsx bench/deploy/start.ts\`, Node ${process.version}, ${cpus().length} CPUs, load ${load} at the end, ${new Date().toISOString().slice(0, 10)}; ${rounds} starts each, in turns, with ${OBJECTS} objects that have not changed.`,
    '',
    '| milliseconds to the first line | least | median |',
    '| --- | --- | --- |',
    ...rows.map(({ name, least, median }) => `| \`${name}\` | ${least.toFixed(0)} | ${median.toFixed(0)} |`),
    '',
    `- The slowest of drydock, at its least: ${slowest.toFixed(0)} ms; target ${TARGET_MS} ms: ${slowest < TARGET_MS ? 'held' : '**missed**'}.`,
  ].join('\n');
}

function medianOf(all: readonly number[]): number {
  return [...all].sort((one, other) => one - other)[Math.floor(all.length / 2)] ?? Number.NaN;
}

async function main(rounds: number): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-bench-start-'));
  const cluster = await startCluster({ controlPlaneOnly: true });
  try {
    const block = text(await measured(await commandsOn(cluster, folder), rounds), rounds);
    process.stdout.write(`${block}\n`);
    writeFileSync(page, withBlock(readFileSync(page, 'utf8'), 'deploy-start', block));
  } finally {
    await cluster.stop();
    rmSync(folder, { recursive: true });
  }
}

main(Number(process.argv[2] ?? 15)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
