/**
 * Measures how long the GitOps controller takes from a commit until ten clusters have it, each with a control plane of its
 * own, what memory it holds meanwhile, and how long each engine of policies needs for a verdict; writes
 * docs/evidence/gitops-times.md. Ends with an error where specification 004 allows less.
 *
 *     npx tsx evidence/gitops-times.ts [ROUNDS]     needs root, and some six GiB
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { Clusters, type ClusterTimes } from './gitops/ten-clusters';
import { type VerdictTime, verdictTimes } from './gitops/verdicts';

const page = join(__dirname, '..', 'docs', 'evidence', 'gitops-times.md');
const CLUSTERS = 10;
const OBJECTS = 20;

/** What 004 allows. */
const ALLOWED = { syncSeconds: 30, verdictSeconds: 2, memoryMiB: 512 } as const;

const [given = '5'] = process.argv.slice(2);
const rounds = Number(given);

function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

const seconds = (ms: number) => `${(ms / 1_000).toFixed(2)} s`;

function verdictRow({ engine, objects, ms }: VerdictTime): string {
  return `| ${engine} | ${objects} | ${seconds(quantile(ms, 0.5))} | ${seconds(Math.max(...ms))} |`;
}

function text(times: ClusterTimes, verdicts: readonly VerdictTime[]): string {
  const { appliedMs, memoryMiB } = times;
  return `# How long the GitOps controller takes

\`npx tsx evidence/gitops-times.ts ${rounds}\`, Node ${process.version}, ${cpus().length} CPUs, load ${loadavg()[0]?.toFixed(1)} at the end, ${new Date().toISOString().slice(0, 10)}.

## Ten clusters

One Application of ${OBJECTS} objects goes to ${CLUSTERS} clusters, each an API server and an etcd of its own, all on this machine beside the one that
has the Application. From the push until the Application says that each of them has the commit and is healthy; the
repository is asked each second, without a webhook. Each cluster was asked itself, too.

| | median | longest | specification 004 allows |
|---|---|---|---|
| ${rounds} commits that change all ${OBJECTS} objects | ${seconds(quantile(appliedMs, 0.5))} | ${seconds(Math.max(...appliedMs))} | ${ALLOWED.syncSeconds} s |

The most memory that the controller's process held: ${memoryMiB} MiB; ${ALLOWED.memoryMiB} MiB are allowed.

## Verdicts of policies

Each engine is asked about Deployments of which half break a rule, by its own program, started anew for each verdict; nothing is
remembered. The controller remembers verdicts, so the same objects are asked about once. ${ALLOWED.verdictSeconds} s are allowed.

| engine | objects | median of ${rounds} | longest |
|---|---|---|---|
${verdicts.map(verdictRow).join('\n')}
`;
}

/** The page is not written where something takes longer than it may. */
function hold(times: ClusterTimes, verdicts: readonly VerdictTime[]): void {
  const late = [
    ...(Math.max(...times.appliedMs) > ALLOWED.syncSeconds * 1_000 ? ['ten clusters'] : []),
    ...(times.memoryMiB > ALLOWED.memoryMiB ? ['memory'] : []),
    ...verdicts
      .filter(({ ms }) => quantile(ms, 0.5) > ALLOWED.verdictSeconds * 1_000)
      .map(({ engine, objects }) => `${engine} for ${objects} objects`),
  ];
  if (late.length > 0) throw new Error(`more than specification 004 allows: ${late.join(', ')}`);
}

async function main(): Promise<void> {
  const verdicts = await verdictTimes(rounds);
  for (const one of verdicts) process.stdout.write(`${verdictRow(one)}\n`);
  const clusters = new Clusters(CLUSTERS, OBJECTS);
  let times: ClusterTimes;
  try {
    await clusters.start();
    times = await clusters.measure(rounds);
  } finally {
    await clusters.stop();
  }
  process.stdout.write(`${JSON.stringify(times)}\n`);
  hold(times, verdicts);
  writeFileSync(page, text(times, verdicts));
  process.stdout.write(readFileSync(page, 'utf8'));
}

main().catch((error: Error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
