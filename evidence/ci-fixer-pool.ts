/**
 * Sends CI-fixer's thirty builds to two installations on one cluster, one with a warm pool and one without, in turn, and
 * writes how long they took to docs/evidence/ci-fixer-pool.md.
 *
 *     npx tsx evidence/ci-fixer-pool.ts
 */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { startCluster, until } from '../cluster';
import { type Build, thirtyBuilds } from '../test/ci-fixer/builds';
import type { Became } from '../test/ci-fixer/fixer-client';
import {
  bringFixer,
  type FixerOnCluster,
  installFixer,
  PIDS,
  QUOTA,
} from '../test/ci-fixer/fixer-on-cluster';

/** Of the ten that the quota has room for. */
const WARM = 5;
/** How often each kind of load comes, without a pool and with one in turn. */
const ROUNDS = { alone: 3, all: 2 };

const WANTED = { fixable: ['fixed'], hopeless: ['not_fixed'], hostile: ['stopped', 'not_fixed'] };

/** What came to another verdict than it has to is no figure. */
function checked(became: Became): Became {
  const { build, verdict, verdicts } = became;
  if (verdicts === 1 && WANTED[build.kind].includes(verdict.outcome)) return became;
  throw new Error(`${build.name}: ${verdicts} verdicts, ${verdict.outcome}: ${verdict.reason}`);
}

async function run({ client }: FixerOnCluster, build: Build): Promise<Became> {
  return checked(await client.watch(build, await client.start(build)));
}

/** Seconds of each run, one after the other. */
async function oneByOne(fixer: FixerOnCluster, builds: readonly Build[]): Promise<number[]> {
  const seconds: number[] = [];
  for (const build of builds) seconds.push((await run(fixer, build)).seconds);
  return seconds;
}

/** Seconds until the last verdict, and of each run. */
interface AtOnce {
  readonly last: number;
  readonly each: readonly number[];
}

async function allAtOnce(fixer: FixerOnCluster, builds: readonly Build[]): Promise<AtOnce> {
  const started = Date.now();
  const ids: string[] = [];
  for (const build of builds) ids.push(await fixer.client.start(build));
  const watched = builds.map(async (build, at) => checked(await fixer.client.watch(build, ids[at]!)));
  const became = await Promise.all(watched);
  return { last: (Date.now() - started) / 1000, each: became.map(({ seconds }) => seconds) };
}

const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
const median = (values: readonly number[]) =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)]!;

async function main(): Promise<void> {
  const cluster = await startCluster({ podPidsLimit: PIDS });
  const fixers: FixerOnCluster[] = [];
  try {
    const images = await bringFixer(cluster);
    for (const warm of [0, WARM]) fixers.push(await installFixer(cluster, images, { warm }));
    const [cold, pooled] = fixers as [FixerOnCluster, FixerOnCluster];
    const isFull = async () => {
      const ready = [
        'get',
        'pods',
        '-n',
        pooled.boxes,
        '--field-selector=status.phase=Running',
        '-o',
        'name',
      ];
      return (await cluster.kubectl(ready)).stdout.trim().split('\n').filter(Boolean).length === WARM;
    };
    const full = () => until('the pool to be full', isFull, { withinMs: 120_000, everyMs: 500 });
    await full();
    const builds = thirtyBuilds();
    const fixable = builds.filter(({ kind }) => kind === 'fixable').slice(0, 6);
    const alone: Record<'cold' | 'pooled', number[]> = { cold: [], pooled: [] };
    for (let round = 0; round < ROUNDS.alone; round++) {
      alone.cold.push(...(await oneByOne(cold, fixable)));
      alone.pooled.push(...(await oneByOne(pooled, fixable)));
    }
    const all: Record<'cold' | 'pooled', AtOnce[]> = { cold: [], pooled: [] };
    for (let round = 0; round < ROUNDS.all; round++) {
      all.cold.push(await allAtOnce(cold, builds));
      await full();
      all.pooled.push(await allAtOnce(pooled, builds));
      await full();
    }
    write(alone, all, await claimsOf(pooled), { all: builds.length, alone: fixable.length });
  } finally {
    for (const fixer of fixers) await fixer.remove();
    await cluster.stop();
  }
}

/** What CI-fixer has counted: how often a claim was warm, and why others were not. */
async function claimsOf({ client }: FixerOnCluster): Promise<readonly [what: string, times: string][]> {
  const lines = (await client.text('/metrics/sandboxes')).matchAll(
    /^drydock_sandbox_claims_total\{way="(\w+)",why="(\w+)"\} (\d+)$/gm,
  );
  return [...lines].map(([, way, why, times]) => [`${way}, ${why}`, times ?? '']);
}

function write(
  alone: Readonly<Record<'cold' | 'pooled', readonly number[]>>,
  all: Readonly<Record<'cold' | 'pooled', readonly AtOnce[]>>,
  claims: readonly [what: string, times: string][],
  builds: { readonly all: number; readonly alone: number },
): void {
  const row = (what: string, of: (way: 'cold' | 'pooled') => number) => {
    const [cold, pooled] = [of('cold'), of('pooled')];
    const saved = cold - pooled;
    return `| ${what} | ${cold.toFixed(1)} | ${pooled.toFixed(1)} | ${saved.toFixed(1)} | ${(pooled / cold).toFixed(2)}x |`;
  };
  const page = `# CI-fixer with a warm pool

<!-- Written by \`npx tsx evidence/ci-fixer-pool.ts\`; do not edit. -->

Two installations of CI-fixer on one cluster, of the [same charts and builds](ci-fixer.md): one with \`pool.warm: ${WARM}\`, one without. They take their turns, so that the other one is idle, and the pool is full when its turn
begins. The quota of each has room for ${QUOTA} sandboxes, those of the pool among them. **The model is a stand-in, a script**, which answers at once. ${cpus().length} CPUs, load ${loadavg()[0]!.toFixed(1)} at the end.

| seconds | without a pool | with one | saved | |
|---|---|---|---|---|
${row(`a run that is mended, alone: ${builds.alone} builds, ${ROUNDS.alone} times, median`, (way) => median(alone[way]))}
${row(`all ${builds.all} at once, hostile ones among them, ${ROUNDS.all} times: until the last verdict, mean`, (way) => mean(all[way].map(({ last }) => last)))}
${row('of these a run, with its wait for room, median', (way) => median(all[way].flatMap(({ each }) => each)))}

A run takes a sandbox in which the build fails, one a try, and a last one in which nothing ran before. How its claims went, where there is a pool:

| claim | times |
|---|---|
${claims.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}

Each run of both had the verdict that its build has to have, once.
`;
  writeFileSync(join(__dirname, '..', 'docs', 'evidence', 'ci-fixer-pool.md'), page);
}

void main();
