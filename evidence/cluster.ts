/**
 * Measures the embedded cluster and writes docs/evidence/cluster.md: how long it takes to come up and to go, which
 * feature is held by which test and whether that passes, and what a run leaves on the machine. Wants a quiet machine.
 *
 *     npx tsx evidence/cluster.ts [--only times|tests|leaks]
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join, relative } from 'node:path';
import { type ClusterOptions, startCluster } from '../cluster';
import { compareSnapshots, settledChanges } from '../cluster/machine/leaks';
import { entryKinds, takeSnapshot } from '../cluster/machine/snapshot';
import { spawnRun } from '../cluster/testing-only/spawn-run';
import { withBlock } from '../scripts/generated-block';

const repository = join(__dirname, '..');
const document = join(repository, 'docs', 'evidence', 'cluster.md');
const RUNS = 20;

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Where and when it was measured: a number alone says nothing. */
function circumstances(): string {
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: repository, encoding: 'utf8' });
  const load = loadavg()[0]!.toFixed(1);
  const day = new Date().toISOString().slice(0, 10);
  return `${day}, commit ${commit.stdout.trim()}, ${cpus().length} cores, ${gibibytes} GiB, load ${load} at the start.`;
}

function row(title: string, milliseconds: readonly number[], limit: number): string {
  const sorted = [...milliseconds].sort((left, right) => left - right);
  const seconds = (position: number) => (sorted[position]! / 1000).toFixed(2);
  const within = sorted.filter((one) => one < limit * 1000).length;
  return `| ${title} | ${seconds(0)} | ${seconds(Math.floor(sorted.length / 2))} | ${seconds(sorted.length - 1)} | ${limit} | ${within} of ${sorted.length} |`;
}

async function measure(title: string, options: ClusterOptions): Promise<{ up: number[]; down: number[] }> {
  const up: number[] = [];
  const down: number[] = [];
  for (let run = 1; run <= RUNS; run++) {
    const asked = performance.now();
    const cluster = await startCluster(options);
    const ready = performance.now();
    await cluster.stop();
    up.push(ready - asked);
    down.push(performance.now() - ready);
    say(`${title} ${run}/${RUNS}: up ${Math.round(up.at(-1)!)} ms, down ${Math.round(down.at(-1)!)} ms`);
  }
  return { up, down };
}

async function times(): Promise<string> {
  const start = circumstances();
  const one = await measure('one node', {});
  const two = await measure('two nodes', { nodes: 2 });
  const control = await measure('control plane', { controlPlaneOnly: true });
  return [
    start,
    '',
    `| ${RUNS} runs each, seconds | fastest | median | slowest | limit | within |`,
    '|---|---|---|---|---|---|',
    row('up, one node: Ready, DNS, policies', one.up, 10),
    row('up, two nodes: Ready, DNS, policies', two.up, 10),
    row('up, control plane', control.up, 4),
    row('down, one node', one.down, 5),
    row('down, two nodes', two.down, 5),
    row('down, control plane', control.down, 5),
  ].join('\n');
}

interface JestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly startTime: number;
    readonly endTime: number;
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

/** Runs the tests of this room once, and takes the verdicts as jest reports them. */
function tests(): string {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-evidence-'));
  const output = join(folder, 'report.json');
  const started = performance.now();
  const select = ['--selectProjects', 'real', 'alone', '--testPathPatterns', '/cluster/|/cli/cluster'];
  spawnSync('npx', ['jest', ...select, '--json', `--outputFile=${output}`], {
    cwd: repository,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const seconds = Math.round((performance.now() - started) / 1000);
  const report = JSON.parse(readFileSync(output, 'utf8')) as JestReport;
  rmSync(folder, { recursive: true });
  const rows = [...report.testResults]
    .sort((left, right) => left.name.localeCompare(right.name))
    .flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ title, status }) => `| ${title} | ${relative(repository, name)} | ${status} |`),
    );
  return [
    `${circumstances()} All of them together: ${seconds} s.`,
    '',
    '| what is tried on the real thing | test | verdict |',
    '|---|---|---|',
    ...rows,
  ].join('\n');
}

async function leaks(): Promise<string> {
  const mark = randomBytes(8).toString('hex');
  const start = circumstances();
  const before = takeSnapshot();
  const stopped = await spawnRun(mark, 2);
  const during = compareSnapshots(before, takeSnapshot(), mark);
  await stopped.stop();
  const killed = await spawnRun(mark, 1);
  await killed.kill();
  const next = await spawnRun(mark, 1);
  await next.stop();
  const after = await settledChanges(before, mark);
  const rows = entryKinds.map((kind) => {
    const { before: first, after: last, foreign, left } = after[kind];
    return `| ${kind} | ${first} | ${during[kind].left.length} | ${last} | ${foreign.length} | ${left.length} |`;
  });
  // Paths of this machine stay out of the page; the last part says what it is.
  const plain = (words: string) => words.replace(/(?:\/[\w.@~+-]+)+\/([\w.@~+-]+)/g, '…/$1');
  const listed = entryKinds.flatMap((kind) => [
    ...after[kind].left.map((words) => `- left: ${plain(words)}`),
    ...after[kind].foreign.map((words) => `- of others: ${plain(words)}`),
  ]);
  return [
    start,
    '',
    '| the whole machine | before | more while two nodes ran | after | new, held by others | left by the runs |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
    listed.length > 0 ? `Every new entry:\n\n${listed.join('\n')}` : 'There is no new entry at all.',
  ].join('\n');
}

function write(block: string, content: string): void {
  writeFileSync(document, withBlock(readFileSync(document, 'utf8'), block, content));
  say(`${block} written`);
}

async function main(args: readonly string[]): Promise<void> {
  const only = args.includes('--only') ? args[args.indexOf('--only') + 1] : undefined;
  const wanted = (part: string) => only === undefined || only === part;
  if (wanted('times')) write('times', await times());
  if (wanted('leaks')) write('leaks', await leaks());
  if (wanted('tests')) write('tests', tests());
}

main(process.argv.slice(2)).catch((error: unknown) => {
  say(String(error));
  process.exitCode = 1;
});
