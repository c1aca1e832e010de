/**
 * Compares `kube/` with a bare https / ws floor, @kubernetes/client-node 1.4 and kubectl, in one run on one embedded
 * cluster, and writes the table between its markers in docs/benchmarks.md: `npx tsx bench/kube/main.ts`.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { BUSYBOX_IMAGE, startCluster, tool } from '../../cluster';
import { type Contender, contenders, type Target } from './contenders';
import { type Load, load } from './loaded';

const root = path.join(__dirname, '..', '..');
const inProcess = ['bare https / ws', 'kube/', 'client-node 1.4'];
const rounds = { get: 2000, patch: 1000, exec: 150, kubectl: 20 };

interface Samples {
  readonly get: number[];
  readonly patch: number[];
  readonly exec: number[];
}

async function timed(act: () => Promise<unknown>, into: number[]): Promise<void> {
  const started = process.hrtime.bigint();
  await act();
  into.push(Number(process.hrtime.bigint() - started) / 1e6);
}

/** The contenders take turns, so that a busy moment of the machine hits all of them. */
async function latencies(target: Target): Promise<Map<string, Samples>> {
  const entries: Array<readonly [string, Contender, Samples]> = [];
  for (const [name, make] of Object.entries(contenders)) {
    entries.push([name, await make(target), { get: [], patch: [], exec: [] }]);
  }
  const measure = async (
    what: keyof Samples,
    count: number,
    act: (one: Contender, index: number) => Promise<unknown>,
  ) => {
    for (let index = 0; index < count; index += 1) {
      for (const [name, contender, samples] of entries) {
        if (!inProcess.includes(name) && index >= rounds.kubectl) continue;
        await timed(() => act(contender, index), samples[what]);
      }
    }
  };
  for (const [, contender] of entries) {
    for (let index = 0; index < 3; index += 1) {
      await contender.get();
      await contender.execTrue();
    }
  }
  await measure('get', rounds.get, (one) => one.get());
  await measure('patch', rounds.patch, (one, index) => one.patch(`value ${index}`));
  await measure('exec', rounds.exec, (one) => one.execTrue());
  for (const [, contender] of entries) contender.close();
  return new Map(entries.map(([name, , samples]) => [name, samples]));
}

function quantile(samples: readonly number[], at: number): string {
  const sorted = [...samples].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * at))]!.toFixed(2);
}

function table(all: Map<string, Samples>, loads: Map<string, Load>): string {
  const rows = [...all].map(([name, samples]) => {
    const pair = (values: number[]) => `${quantile(values, 0.5)} / ${quantile(values, 0.99)}`;
    const loaded = loads.get(name);
    const cells = loaded
      ? [Math.round(loaded.callsPerSecond), loaded.opened, `${Math.round(loaded.rssMb)} MB`]
      : ['', '', ''];
    return `| ${[name, pair(samples.get), pair(samples.patch), pair(samples.exec), ...cells].join(' | ')} |`;
  });
  return [
    '| | GET p50 / p99 ms | PATCH p50 / p99 ms | exec `true` p50 / p99 ms | GETs a second, 16 at once | connections for 10,000 GETs | memory after them |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function publish(text: string): void {
  const file = path.join(root, 'docs', 'benchmarks.md');
  const [begin, end] = ['<!-- generated: kube -->', '<!-- end: kube -->'];
  const title = '# Benchmarks\n\nThe command above each table writes it.\n';
  const before = existsSync(file) ? readFileSync(file, 'utf8') : title;
  const section = `${begin}\n${text}\n${end}`;
  const marked = new RegExp(`${begin}[^]*${end}`);
  const after = marked.test(before)
    ? before.replace(marked, () => section)
    : `${before.trimEnd()}\n\n## Talking to the API server\n\n${section}\n`;
  writeFileSync(file, after);
}

async function main(): Promise<void> {
  const cluster = await startCluster({ dns: false, networkPolicy: false });
  try {
    const target: Target = {
      kubeconfig: cluster.kubeconfig,
      namespace: 'default',
      name: 'bench',
      pod: 'bench',
      kubectl: await tool('kubectl'),
    };
    await cluster.kubectl(['create', 'configmap', 'bench', '--from-literal=value=0']);
    const command = [
      'run',
      'bench',
      `--image=${BUSYBOX_IMAGE}`,
      '--restart=Never',
      '--command',
      '--',
      'sleep',
      '36000',
    ];
    await cluster.kubectl(command);
    await cluster.kubectl(['wait', '--for=condition=Ready', 'pod/bench', '--timeout=60s']);
    const all = await latencies(target);
    const loads = new Map(inProcess.map((name) => [name, load(name, target)]));
    const ratio = (what: keyof Samples, one: string, other: string) =>
      (Number(quantile(all.get(one)![what], 0.5)) / Number(quantile(all.get(other)![what], 0.5))).toFixed(2);
    const [floor, mine, published] = inProcess as [string, string, string];
    const text = [
      `\`npx tsx bench/kube/main.ts\`, Node ${process.version}, ${cpus().length} CPUs, ${new Date().toISOString().slice(0, 10)}, ` +
        `${rounds.get} GETs, ${rounds.patch} PATCHes and ${rounds.exec} execs of each in turn (kubectl: ${rounds.kubectl}).`,
      '',
      table(all, loads),
      '',
      `p50 against the floor: GET ${ratio('get', mine, floor)}x, PATCH ${ratio('patch', mine, floor)}x, exec ${ratio('exec', mine, floor)}x. ` +
        `client-node against us: GET ${ratio('get', published, mine)}x, PATCH ${ratio('patch', published, mine)}x, exec ${ratio('exec', published, mine)}x, ` +
        `${(loads.get(mine)!.callsPerSecond / loads.get(published)!.callsPerSecond).toFixed(1)}x fewer calls a second.`,
    ].join('\n');
    publish(text);
    process.stdout.write(`${text}\n`);
  } finally {
    await cluster.stop();
  }
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
