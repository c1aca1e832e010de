/**
 * What it costs to keep the objects of a namespace in memory and up to date, with the stores of `kube/` and with the informer
 * of @kubernetes/client-node, in one run on one control plane; and what a single call costs either. Writes the table between
 * its markers in docs/benchmarks.md:
 *
 *     npx tsx bench/kube/caches-main.ts [OBJECTS]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { startCluster } from '../../cluster';
import type { ConfigMap } from '../../imports/k8s';
import { Connection, create, patch, resource } from '../../kube';
import { withBlock } from '../../scripts/generated-block';
import { caches } from './caches';
import { type Load, load } from './loaded';

const page = path.join(__dirname, '..', '..', 'docs', 'benchmarks.md');
const NAMESPACE = 'default';
const CHANGES = 1_000;
/** Of each object, so that all of them are as heavy as usual ones. */
const CONTENT_BYTES = 1_000;
const AT_ONCE = 16;
const CALLS = 2_000;
const OURS = 'kube/, whole objects';
const PEER = 'client-node 1.4, informer';

const configMaps = resource<ConfigMap>('v1', 'ConfigMap');

interface First {
  readonly objects: number;
  readonly ms: number;
  readonly cpuMs: number;
  readonly bytes: number;
}

interface Then {
  readonly changes: number;
  readonly cpuMs: number;
  readonly peakMb: number;
}

async function each(count: number, act: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) {
      next += 1;
      await act(next - 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function fill(connection: Connection, count: number): Promise<void> {
  await each(count, (index) =>
    create(connection, configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `c${index}`, labels: { app: 'bench', part: `p${index % 10}` } },
      data: { value: '0', content: `${index} `.padEnd(CONTENT_BYTES, 'x') },
    }),
  );
}

/** One cache, which is told of changes once it has everything. */
async function measured(name: string, kubeconfig: string, connection: Connection) {
  const program = path.join(__dirname, 'cache-load.ts');
  const about = JSON.stringify({ kubeconfig, namespace: NAMESPACE });
  const args = ['--expose-gc', '--import', 'tsx', program, name, about, String(CHANGES)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first: First = JSON.parse((await lines.next()).value);
  const value = `${Date.now()}`;
  await each(CHANGES, (index) =>
    patch(connection, configMaps, { name: `c${index}` }, { merge: { data: { value } } }),
  );
  const then: Then = JSON.parse((await lines.next()).value);
  const [code] = await ended;
  if (code !== 0) throw new Error(`${name} ended with ${code}`);
  return { name, first, then };
}

type Measured = Awaited<ReturnType<typeof measured>>;

function text(all: readonly Measured[], loads: ReadonlyMap<string, Load>, about: string): string {
  const rows = all.map(({ name, first, then }) => {
    const cells = [
      `${(first.ms / 1000).toFixed(2)} s`,
      `${((first.cpuMs * 1000) / first.objects).toFixed(0)} µs`,
      Math.round(first.bytes / first.objects).toLocaleString('en'),
      `${((then.cpuMs * 1000) / then.changes).toFixed(0)} µs`,
      `${then.peakMb.toFixed(0)} MB`,
    ];
    return `| ${[name, ...cells].join(' | ')} |`;
  });
  const calls = [...loads].map(
    ([name, { callsPerSecond, cpuMicros }]) =>
      `| ${name} | ${callsPerSecond.toFixed(0)} | ${cpuMicros.toFixed(0)} µs |`,
  );
  const of = (wanted: string) => all.find(({ name }) => name === wanted)!;
  const [mine, peer] = [of(OURS), of(PEER)];
  const [one, other] = [loads.get('kube/')!, loads.get('client-node 1.4')!];
  const ratio = (theirs: number, our: number) => `${(theirs / our).toFixed(1)}x`;
  return [
    about,
    '',
    '| | until all are there | processor time an object | bytes a cached object | processor time a change | peak memory |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
    `| ${CALLS.toLocaleString('en')} GETs, 16 at once | a second | processor time of each |`,
    '|---|---|---|',
    ...calls,
    '',
    `client-node against us: ${ratio(peer.first.bytes / peer.first.objects, mine.first.bytes / mine.first.objects)} the bytes an object, ` +
      `${ratio(peer.first.cpuMs, mine.first.cpuMs)} the processor time to get them, ${ratio(peer.then.cpuMs, mine.then.cpuMs)} for a change, ` +
      `${ratio(other.cpuMicros, one.cpuMicros)} for a call; ${ratio(one.callsPerSecond, other.callsPerSecond)} fewer calls a second.`,
  ].join('\n');
}

async function main(objects: number): Promise<void> {
  const cluster = await startCluster({ controlPlaneOnly: true });
  const { kubeconfig } = cluster;
  const connection = new Connection({ kubeconfig, namespace: NAMESPACE });
  try {
    await fill(connection, objects);
    const all: Measured[] = [];
    for (const name of Object.keys(caches)) all.push(await measured(name, kubeconfig, connection));
    const target = { kubeconfig, namespace: NAMESPACE, name: 'c0', pod: '', kubectl: '' };
    const loads = new Map(
      ['bare https / ws', 'kube/', 'client-node 1.4'].map((name) => [name, load(name, target, CALLS)]),
    );
    const about = `\`npx tsx bench/kube/caches-main.ts\`, Node ${process.version}, ${cpus().length} CPUs, load ${loadavg()[0]?.toFixed(1)} at the end, ${new Date().toISOString().slice(0, 10)}; ${objects.toLocaleString('en')} ConfigMaps of ${CONTENT_BYTES} bytes beside their metadata, ${CHANGES} of which change; each cache is a process of its own, and its bytes are those of the heap after a collection, without what was there before.`;
    const block = text(all, loads, about);
    process.stdout.write(`${block}\n`);
    writeFileSync(page, withBlock(readFileSync(page, 'utf8'), 'kube-caches', block));
  } finally {
    connection.close();
    await cluster.stop();
  }
}

main(Number(process.argv[2] ?? 5_000)).catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
