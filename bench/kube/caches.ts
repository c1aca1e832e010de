/**
 * What it costs to hold the pods of a cluster in memory and to keep them true: a store of `kube/`, whole or the metadata
 * alone, beside the informer of @kubernetes/client-node, each in a process of its own, in turns. Writes its table in
 * docs/benchmarks.md: `npx tsx bench/kube/caches.ts [PODS]`.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type Cluster, startCluster, until } from '../../cluster';
import { inParallel } from '../../deploy/cluster/in-parallel';
import { Connection, create, metadataOnly, patch, resource } from '../../kube';
import { withBlock } from '../../scripts/generated-block';
import { CACHES, type CacheFigures, type CacheTarget } from './cache';

const page = path.join(__dirname, '..', '..', 'docs', 'benchmarks.md');
const pods = resource('v1', 'Pod');
const CHANGES = 1_000;
const ROUNDS = 3;

const pod = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: 'bench', 'app.kubernetes.io/name': 'bench' } },
  spec: {
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 10_001 },
    containers: [
      {
        name: 'main',
        image: 'registry.example.com/shop:1.4.2',
        env: [...Array(8).keys()].map((at) => ({ name: `VARIABLE_${at}`, value: `value ${at}` })),
        ports: [{ containerPort: 8080 }],
        resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '128Mi' } },
      },
    ],
  },
});

async function fill(cluster: Cluster, connection: Connection, count: number): Promise<string[]> {
  const hasAccount = async () =>
    (await cluster.kubectl(['get', 'sa', 'default', '--ignore-not-found', '-o', 'name'])).stdout !== '';
  await until('the account of the namespace', hasAccount);
  const names = [...Array(count).keys()].map((at) => `pod-${at}`);
  await inParallel(names, (name) => create(connection, pods, pod(name)));
  return names;
}

/** One process: it says when it has all, is given changes, and says what all of that has cost. */
async function figuresOf(
  name: string,
  target: CacheTarget,
  change: () => Promise<void>,
): Promise<CacheFigures> {
  const args = [
    '--expose-gc',
    '--import',
    'tsx',
    path.join(__dirname, 'cache.ts'),
    name,
    JSON.stringify(target),
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  let figures: CacheFigures | undefined;
  for await (const line of createInterface(child.stdout)) {
    if (line === 'synced') await change();
    else figures = JSON.parse(line) as CacheFigures;
  }
  if ((await ended) !== 0 || !figures) throw new Error(`${name} did not end well`);
  return figures;
}

function text(all: ReadonlyMap<string, readonly CacheFigures[]>, count: number): string {
  const least = (figures: readonly CacheFigures[], of: keyof CacheFigures) =>
    Math.min(...figures.map((one) => one[of]));
  const rows = [...all].map(([name, figures]) => [
    name,
    least(figures, 'syncedSeconds').toFixed(2),
    least(figures, 'syncedCpuSeconds').toFixed(2),
    Math.round(least(figures, 'bytesAnObject')).toLocaleString('en'),
    least(figures, 'cpuMsAChange').toFixed(2),
    Math.round(Math.max(...figures.map(({ getsASecond }) => getsASecond))).toLocaleString('en'),
    least(figures, 'cpuMsAGet').toFixed(2),
  ]);
  const head = ['', 's until all is there', 'processor s', 'bytes an object', 'processor ms a change'];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const load = loadavg()[0]?.toFixed(1);
  return [
    `\`npx tsx bench/kube/caches.ts\`, Node ${process.version}, ${cpus().length} CPUs, load ${load} at the end, ${new Date().toISOString().slice(0, 10)}: ${count.toLocaleString('en')} pods, then ${CHANGES.toLocaleString('en')} changes, then GETs, 16 at once; the best of ${ROUNDS} rounds, in turns.`,
    '',
    line([...head, 'GETs a second', 'processor ms a GET']),
    line(['---', '---', '---', '---', '---', '---', '---']),
    ...rows.map(line),
  ].join('\n');
}

async function main(count: number): Promise<void> {
  const cluster = await startCluster({ controlPlaneOnly: true });
  const connection = new Connection({ kubeconfig: cluster.kubeconfig, namespace: 'default' });
  try {
    const names = await fill(cluster, connection, count);
    const target = { kubeconfig: cluster.kubeconfig, namespace: 'default', count, changes: CHANGES };
    const all = new Map<string, CacheFigures[]>();
    for (let round = 1; round <= ROUNDS; round += 1) {
      for (const name of CACHES) {
        const merge = { metadata: { annotations: { round: `${round} ${name}` } } };
        const change = async () => {
          await inParallel(names.slice(0, CHANGES), (one) =>
            patch(connection, metadataOnly(pods), { name: one }, { merge }),
          );
        };
        const figures = await figuresOf(name, target, change);
        process.stderr.write(`${name}: ${JSON.stringify(figures)}\n`);
        all.set(name, [...(all.get(name) ?? []), figures]);
      }
    }
    const block = text(all, count);
    process.stdout.write(`${block}\n`);
    writeFileSync(page, withBlock(readFileSync(page, 'utf8'), 'kube-cache', block));
  } finally {
    connection.close();
    await cluster.stop();
  }
}

main(Number(process.argv[2] ?? 5_000)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
