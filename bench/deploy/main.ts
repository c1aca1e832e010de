/**
 * Measures `Deployer` against kubectl on a control plane of its own and writes the table in docs/benchmarks.md:
 *
 *     npx tsx bench/deploy/main.ts [objects]
 *
 * kubectl is a whole process each time; the Deployer is in this one, so that the start of Node (about 0.2 s) is not in it.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { type Cluster, startCluster, tool } from '../../cluster';
import { Deployer } from '../../deploy';
import { withBlock } from '../../scripts/generated-block';

const count = Number(process.argv[2] ?? 1000);
const page = path.join(__dirname, '..', '..', 'docs', 'benchmarks.md');

interface Measured {
  readonly seconds: number;
  /** Calls to the API server; undefined where they are not known. */
  readonly calls: number | undefined;
}

/** What one operation costs one contender. */
type Step = 'first apply' | 'apply without a change' | 'one change' | 'diff without a change' | 'delete all';
const STEPS: readonly Step[] = [
  'first apply',
  'apply without a change',
  'diff without a change',
  'one change',
  'delete all',
];

function objects(value: string): object[] {
  return [...Array(count).keys()].map((index) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `c${index}`, labels: { app: 'bench' } },
    data: { index: String(index), value: index === 0 ? value : '0' },
  }));
}

async function timed(act: () => Promise<unknown>, calls: () => number | undefined): Promise<Measured> {
  const began = performance.now();
  const before = calls();
  await act();
  const after = calls();
  return {
    seconds: (performance.now() - began) / 1000,
    calls: before === undefined || after === undefined ? undefined : after - before,
  };
}

async function ours(cluster: Cluster): Promise<Map<Step, Measured>> {
  let made = 0;
  const onEvent = ({ type }: { readonly type: string }) => {
    if (type === 'call') made += 1;
  };
  const { kubeconfig } = cluster;
  const deployer = new Deployer({ kubeconfig, release: 'bench', namespace: 'ours', hooks: { onEvent } });
  const calls = () => made;
  try {
    return new Map<Step, Measured>([
      ['first apply', await timed(() => deployer.apply(objects('0')), calls)],
      ['apply without a change', await timed(() => deployer.apply(objects('0')), calls)],
      ['diff without a change', await timed(() => deployer.plan(objects('0')), calls)],
      ['one change', await timed(() => deployer.apply(objects('1')), calls)],
      ['delete all', await timed(() => deployer.delete(), calls)],
    ]);
  } finally {
    deployer.close();
  }
}

async function kubectl(cluster: Cluster, folder: string): Promise<Map<Step, Measured>> {
  const binary = await tool('kubectl');
  const run = async (value: string, ...args: string[]) => {
    const file = path.join(folder, 'set.json');
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects(value) }));
    return timed(
      async () =>
        execFileSync(binary, [...args, '-n', 'theirs', '-f', file], {
          env: { ...process.env, KUBECONFIG: cluster.kubeconfig },
          maxBuffer: 1 << 28,
        }),
      () => undefined,
    );
  };
  const apply = ['apply', '--server-side'];
  return new Map<Step, Measured>([
    ['first apply', await run('0', ...apply)],
    ['apply without a change', await run('0', ...apply)],
    ['diff without a change', await run('0', 'diff', '--server-side')],
    ['one change', await run('1', ...apply)],
    ['delete all', await run('1', 'delete', '--wait=false')],
  ]);
}

function row(step: Step, mine: Measured, theirs: Measured): string {
  const ratio = `${(theirs.seconds / mine.seconds).toFixed(1)}x`;
  return `| ${step} | ${mine.seconds.toFixed(2)} s, ${mine.calls} calls | ${theirs.seconds.toFixed(2)} s | ${ratio} |`;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-bench-deploy-'));
  const cluster = await startCluster({ controlPlaneOnly: true });
  try {
    for (const name of ['ours', 'theirs']) await cluster.kubectl(['create', 'namespace', name]);
    const theirs = await kubectl(cluster, folder);
    const mine = await ours(cluster);
    const about = `Node ${process.version}, ${cpus().length} CPUs, ${new Date().toISOString().slice(0, 10)}, ${count} ConfigMaps`;
    const text = [
      `\`npx tsx bench/deploy/main.ts\`, ${about}, one after the other on one API server. kubectl is a whole process.`,
      '',
      '| | Deployer | kubectl, server-side | kubectl / Deployer |',
      '|---|---|---|---|',
      ...STEPS.map((step) => row(step, mine.get(step) as Measured, theirs.get(step) as Measured)),
    ].join('\n');
    process.stdout.write(`${text}\n`);
    writeFileSync(page, withBlock(readFileSync(page, 'utf8'), 'deploy', text));
  } finally {
    await cluster.stop();
    rmSync(folder, { recursive: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
