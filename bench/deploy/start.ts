/**
 * How long a person waits for the first line of a command: drydock beside kubectl, each started anew, in turns.
 *
 *     npm run build && npx tsx bench/deploy/start.ts [ROUNDS]
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import { tool } from '../../cluster';

const program = path.resolve(__dirname, '../../lib/cli/main.js');

async function main(rounds: number): Promise<void> {
  if (!existsSync(program)) throw new Error('no lib/: npm run build makes it');
  const kubectl = await tool('kubectl');
  const starts: Readonly<Record<string, readonly string[]>> = {
    'kubectl version --client': [kubectl, 'version', '--client'],
    'node -e 0': [process.execPath, '-e', '0'],
    'drydock status --help': [process.execPath, program, 'status', '--help'],
    'drydock apply --help': [process.execPath, program, 'apply', '--help'],
    'drydock diff --help': [process.execPath, program, 'diff', '--help'],
  };
  const times = new Map<string, number[]>(Object.keys(starts).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, [command, ...args]] of Object.entries(starts)) {
      const began = performance.now();
      const { status } = spawnSync(command as string, args, { stdio: 'ignore' });
      if (status !== 0) throw new Error(`${name} ended with ${status}`);
      // The first round fills the caches of the system.
      if (round > 0) times.get(name)?.push(performance.now() - began);
    }
  }
  const medians = [...times].map(([name, all]) => [name, medianOf(all)] as const);
  const [[, least] = ['', 1]] = medians;
  const [load = 0] = loadavg();
  process.stdout.write(
    `Node ${process.version}, ${cpus().length} CPUs, load ${load.toFixed(1)}, median of ${rounds}.\n\n`,
  );
  process.stdout.write('| start | ms | times kubectl |\n|---|---|---|\n');
  for (const [name, ms] of medians) {
    process.stdout.write(`| \`${name}\` | ${ms.toFixed(0)} | ${(ms / least).toFixed(1)} |\n`);
  }
}

function medianOf(all: readonly number[]): number {
  return [...all].sort((one, other) => one - other)[Math.floor(all.length / 2)] ?? Number.NaN;
}

main(Number(process.argv[2] ?? 15));
