import type { Bare } from './bare-connections';
import type { Grown, Rested } from './manager';

/** The calls of some sandboxes from their claim to their close. */
export interface Life {
  readonly sandboxes: number;
  readonly calls: Readonly<Record<string, number>>;
}

export interface Step {
  readonly to: number;
  readonly made: number;
  readonly grown: Grown;
  readonly rested: Rested;
  /** Of the API server, for each sandbox that was made. */
  readonly apiCpuMs: number;
  readonly apiBytes: number;
  /** Of the stand-in for a node. */
  readonly nodeBytes: number;
}

export interface Scale {
  readonly none: Rested;
  readonly bare: Bare;
  readonly life: Life;
  readonly steps: readonly Step[];
  /** How long it was let grow. */
  readonly withinMs: number;
  /** How many were asked for. */
  readonly most: number;
  /** It stopped since its machine had little memory left. */
  readonly lacksMemory: boolean;
  readonly parallel: number;
  readonly cpus: number;
  readonly load: number;
}

const SANDBOXES = 5_000;
const MEMORY_BYTES = 200 << 20;
const CPU_SHARE = 0.3;
const CALLS = 6;

/** docs/evidence/sandbox-scale.md. */
export function page(scale: Scale): string {
  const { none, bare, life, steps, withinMs, most, lacksMemory, parallel, cpus, load } = scale;
  const last = steps.at(-1)!;
  const first = steps[0]!;
  // A few thousand fewer are not to look like a target that is met.
  const forAll = none.residentBytes + SANDBOXES * eachOf(last, none);
  const shareForAll = (last.rested.cpuShare * SANDBOXES) / last.grown.sandboxes;
  const perLife = total(life.calls) / life.sandboxes;
  const rows = [
    ['sandboxes at once', ...steps.map(({ grown }) => grown.sandboxes)],
    ['claims a second, with a first command', ...steps.map((step) => perSecond(step).toFixed(1))],
    ['claim and first command, ms, p50', ...steps.map(({ grown }) => quantile(grown.claimMs, 0.5))],
    ['the same, p99', ...steps.map(({ grown }) => quantile(grown.claimMs, 0.99))],
    ['claims that failed', ...steps.map(({ grown }) => grown.failures.length)],
    ['memory of the manager, MB', ...steps.map(({ rested }) => megabytes(rested.residentBytes))],
    ['the same for each sandbox, KB', ...steps.map((step) => kilobytes(eachOf(step, none)))],
    ['of it its heap', ...steps.map(({ rested }) => megabytes(rested.heapBytes))],
    ['processor of the manager at rest, % of a core', ...steps.map(({ rested }) => percent(rested.cpuShare))],
    ['processor of the API server a sandbox, ms', ...steps.map(({ apiCpuMs }) => apiCpuMs.toFixed(0))],
    ['memory of the API server, MB', ...steps.map(({ apiBytes }) => megabytes(apiBytes))],
    ['memory of the stand-in for a node, MB', ...steps.map(({ nodeBytes }) => megabytes(nodeBytes))],
  ];
  const verdicts = [
    verdict(
      `${last.grown.sandboxes} sandboxes at once within ${(withinMs / 1_000).toFixed(0)} s of growth${lacksMemory ? ', then the machine had less than 1.5 GiB of memory left' : ''}${most < SANDBOXES ? `, of ${most} asked for` : ''}, target ${SANDBOXES}`,
      last.grown.sandboxes >= SANDBOXES,
    ),
    verdict(
      `${perLife.toFixed(2)} calls of the API server in the life of a cold sandbox, target at most ${CALLS}`,
      perLife <= CALLS,
    ),
    verdict(
      `${megabytes(last.rested.residentBytes)} MB of memory with ${last.grown.sandboxes}, ${megabytes(forAll)} MB at that rate with ${SANDBOXES}, target below ${megabytes(MEMORY_BYTES)}`,
      forAll < MEMORY_BYTES,
    ),
    verdict(
      `${percent(last.rested.cpuShare)} % of a core at rest with ${last.grown.sandboxes}, ${percent(shareForAll)} % at that rate with ${SANDBOXES}, target below ${percent(CPU_SHARE)}`,
      shareForAll < CPU_SHARE,
    ),
    ...(steps.length > 1
      ? [
          verdict(
            `${perSecond(last).toFixed(1)} claims a second at the last step and ${perSecond(first).toFixed(1)} at the first: growth is linear where these are alike`,
            perSecond(last) >= perSecond(first) * 0.8,
          ),
        ]
      : []),
  ];
  const failures = steps.flatMap(({ grown }) => grown.failures).slice(0, 5);
  return `# Thousands of sandboxes

Written by \`npx tsx evidence/sandbox-scale.ts\`: one program claims sandboxes of CI-fixer's template, ${parallel} at a time, runs a command in each, and keeps them all. API server, etcd, admission policy, quota and controllers are those of the embedded cluster.
**The node is a stand-in** (\`evidence/scale/kubelet\`): it binds pods, says that they run, takes the supervisor in over the API server's own exec, and answers as it would. No image is pulled, no process started; what that costs is in [benchmarks](../benchmarks.md).

${cpus} CPUs, which all of this shares, load ${load.toFixed(1)} at the end. Before the first sandbox the manager takes ${megabytes(none.residentBytes)} MB.

${table(rows)}

Each sandbox has a stream of its own, and each stream a TLS connection, for HTTP/1.1 upgrades to one. What such connections take of a process of Node that does nothing else, in the same run, resumed and without masks as those of the manager:

${table([
  ['for each connection', 'KB', `MB for ${SANDBOXES}`],
  ['TLS, nothing was sent', kilobytes(bare.idleBytes), megabytes(SANDBOXES * bare.idleBytes)],
  ['TLS, a supervisor was sent', kilobytes(bare.usedBytes), megabytes(SANDBOXES * bare.usedBytes)],
  [
    'WebSocket of `ws`, a supervisor was sent',
    kilobytes(bare.socketBytes),
    megabytes(SANDBOXES * bare.socketBytes),
  ],
  [
    'a sandbox of the manager, at the last step',
    kilobytes(eachOf(last, none)),
    megabytes(SANDBOXES * eachOf(last, none)),
  ],
])}

The API server holds two connections for each, one of them SPDY to the node: the compressor of its headers (\`compress/flate\`) is the largest part of a heap profile of it, and the stand-in has one more.
A sandbox in which nothing runs keeps its stream all the same: the end of it is how the cluster hears that its client is gone ([0029](../decisions/0029-orphaned-sandboxes.md)). A lease in its place is a call every few seconds for each: ${SANDBOXES} with one in 30 s are ${(SANDBOXES / 30).toFixed(0)} calls a second, on a cluster where nothing happens.

## Calls

${life.sandboxes} sandboxes from claim to close, from the audit log of the API server. Starts that have no pod after 400 ms share a watch of events:

${table([['verb', 'calls'], ...Object.entries(life.calls)])}

## Against the targets

${verdicts.join('\n')}
${failures.length > 0 ? `\nWhat failed, in its words:\n\n${failures.map((words) => `- ${words}`).join('\n')}\n` : ''}`;
}

const total = (calls: Readonly<Record<string, number>>) =>
  Object.values(calls).reduce((sum, count) => sum + count, 0);
const perSecond = ({ made, grown }: Step) => (made / grown.ms) * 1000;
/** Of the manager, beyond what it takes without any. */
const eachOf = ({ grown, rested }: Step, none: Rested) =>
  (rested.residentBytes - none.residentBytes) / grown.sandboxes;
const megabytes = (bytes: number) => (bytes / (1 << 20)).toFixed(0);
const kilobytes = (bytes: number) => (bytes / 1024).toFixed(0);
const percent = (share: number) => (share * 100).toFixed(1);
const verdict = (words: string, isGood: boolean) => `- ${isGood ? 'Met' : '**Missed**'}: ${words}.`;

function quantile(all: readonly number[], at: number): string {
  const sorted = [...all].sort((one, other) => one - other);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * at))] ?? Number.NaN).toFixed(0);
}

function table([head, ...rows]: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head!), `|${head!.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
