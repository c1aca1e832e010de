/**
 * Kills managers that share a warm pool on a real cluster, at drawn moments, and writes docs/evidence/pool-on-a-cluster.md.
 *
 *     npx tsx evidence/pool-on-a-cluster.ts [KILLS]
 */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { startCluster } from '../cluster';
import { type KilledManagers, killManagers } from '../test/sandbox-runtime/pool-killed';
import { RuntimeInstallation } from '../test/sandbox-runtime/runtime';

const KILLS = Number(process.argv[2] ?? 40);
const SEED = 20_261_130;
const MANAGERS = 4;
const WARM = 3;
const CALLERS = 2;
const LONGEST_MS = 6_000;

async function main(): Promise<void> {
  const cluster = await startCluster({ dns: false });
  try {
    const installation = await new RuntimeInstallation(cluster).install();
    const seen = await killManagers(installation, {
      ...{
        managers: MANAGERS,
        kills: KILLS,
        seed: SEED,
        warm: WARM,
        callers: CALLERS,
        longestMs: LONGEST_MS,
      },
    });
    writeFileSync(join(__dirname, '../docs/evidence/pool-on-a-cluster.md'), page(seen));
    await installation.remove();
  } finally {
    await cluster.stop();
  }
}

function page({ kills, told, givenTwice, changedHands, failures, emptyAfterMs }: KilledManagers): string {
  const rows: readonly (readonly [string, string | number])[] = [
    ['managers that were killed with SIGKILL', kills],
    ['claims that were warm', told.warm],
    ['claims that were cold', told.cold],
    ['first commands that ran in a fresh sandbox', told.ran],
    ['sandboxes that somebody had been in before', told.used],
    ['sandboxes that two claims were given', givenTwice.length],
    ['claims that changed hands, as a watch of the API server saw them', changedHands.length],
    ['commands whose end is not known', told.odd],
    ['claims or calls that failed', told.failed],
    ['until nothing of the last that were killed was left', `${(emptyAfterMs / 1000).toFixed(1)} s`],
  ];
  return (
    `# Managers of a warm pool that are killed

Written by \`npx tsx evidence/pool-on-a-cluster.ts\`: ${MANAGERS} processes on one embedded cluster with CI-fixer's chart share a pool, each with ${WARM} warm and ${CALLERS} callers that claim, run a command that leaves a mark, and close, without a pause.
One after the other is killed with SIGKILL, ${LONGEST_MS / 1000} s after the one before it at most (drawn, seed ${SEED}), and another takes its place; at last all are killed. What holds under worse, with a checker that is itself checked: [pool-properties](pool-properties.md).

${cpus().length} CPUs, load ${loadavg()[0]?.toFixed(1)}.

| | |
|---|---|
${rows.map(([what, count]) => `| ${what} | ${count} |`).join('\n')}

${failures.length > 0 ? `What failed, in its words:\n\n${failures.map((words) => `- ${words}`).join('\n')}\n` : ''}`.trimEnd() +
    '\n'
  );
}

void main();
