/**
 * Compares synthesis by stock cdk8s and by our App, `helm template` of our chart and `kubectl kustomize`, in one run,
 * and writes the tables between their markers in docs/benchmarks.md and the plot beside it:
 *
 *     npx tsx bench/synth/main.ts            about ten minutes
 *     npx tsx bench/synth/main.ts --quick    smaller sizes, writes nothing
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { tool } from '../../cluster';
import { withBlock } from '../../scripts/generated-block';
import { compiled } from '../compiled';
import type { Job, Measured } from './one';
import { plot } from './plot';
import { measure, type Took } from './processes';
import type { Shape } from './programs';

const root = path.join(__dirname, '..', '..');
const document = path.join(root, 'docs', 'benchmarks.md');
const picture = path.join(root, 'docs', 'benchmarks-synth.svg');
/** All sides write to memory, or we would measure a busy disk. */
const MEMORY = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const LIMIT_SECONDS = 60;
const NOT_DONE = `not done after ${LIMIT_SECONDS} s of processor time`;
const RUNS = 3;

class Bench {
  private readonly one = path.join(compiled('bench/synth'), 'bench', 'synth', 'one.js');
  private readonly folder = mkdtempSync(path.join(MEMORY, 'drydock-bench-'));

  constructor(
    private readonly helm: string,
    private readonly kubectl: string,
  ) {}

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The best of several runs: whatever else the machine does can only slow a run down. */
  private async best(run: () => Promise<Took | undefined>): Promise<Took | undefined> {
    let best: Took | undefined;
    for (let round = 0; round < RUNS; round += 1) {
      const took = await run();
      if (took === undefined) return undefined;
      if (best === undefined || took.cpuSeconds < best.cpuSeconds) best = took;
      if (took.seconds > 20) break;
    }
    return best;
  }

  async job(job: Omit<Job, 'folder'>): Promise<{ whole: Took; inside: Measured } | undefined> {
    const whole = await this.best(() => this.once(job));
    return whole && { whole, inside: JSON.parse(whole.stdout) as Measured };
  }

  private once(job: Omit<Job, 'folder'>): Promise<Took | undefined> {
    const full: Job = { ...job, folder: this.folder };
    return measure(
      process.execPath,
      ['--max-old-space-size=8192', this.one, JSON.stringify(full)],
      LIMIT_SECONDS,
    );
  }

  /** On the files that the last job of our side wrote. */
  kustomize(): Promise<Took | undefined> {
    const manifests = path.join(this.folder, 'ours', 'manifests');
    const resources = readdirSync(manifests).filter((name) => name !== 'kustomization.yaml');
    writeFileSync(
      path.join(manifests, 'kustomization.yaml'),
      `resources:\n${resources.map((name) => `- ${name}\n`).join('')}`,
    );
    return this.best(() => measure(this.kubectl, ['kustomize', manifests], LIMIT_SECONDS));
  }

  /** On the chart that the last job of our side wrote. */
  helmTemplate(): Promise<Took | undefined> {
    const chart = path.join(this.folder, 'ours', 'charts', 'services');
    return this.best(() => measure(this.helm, ['template', 'release', chart], LIMIT_SECONDS));
  }
}

type Cell = Pick<Took, 'seconds' | 'cpuSeconds' | 'peakMb'> | undefined;
type Table = readonly { readonly size: number; readonly cells: Readonly<Record<string, Cell>> }[];

async function wholeProcesses(bench: Bench, sizes: readonly number[]): Promise<Table> {
  const rows: { size: number; cells: Record<string, Cell> }[] = [];
  for (const size of sizes) {
    const cells: Record<string, Cell> = {};
    for (const program of ['cdk8s-plus', 'plain'] as const satisfies readonly Shape[]) {
      cells[`stock, ${program}`] = (await bench.job({ program, size, sides: ['stock'] }))?.whole;
      cells[`ours, ${program}`] = (await bench.job({ program, size, sides: ['ours'] }))?.whole;
      cells[`kubectl kustomize, ${program}`] = await bench.kustomize();
    }
    cells['ours, printing a Helm chart too'] = (
      await bench.job({ program: 'helm chart', size, sides: ['ours'] })
    )?.whole;
    cells['helm template of that chart'] = await bench.helmTemplate();
    rows.push({ size, cells });
    say(
      `${size} objects: ${Object.entries(cells)
        .map(([name, cell]) => `${name} ${inWords(cell)}`)
        .join('; ')}`,
    );
  }
  return rows;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function inWords(cell: Cell): string {
  return cell === undefined
    ? NOT_DONE
    : `${cell.seconds.toFixed(2)} s (${cell.cpuSeconds.toFixed(2)}), ${cell.peakMb.toFixed(0)} MB`;
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

async function sameProcess(bench: Bench, charts: number): Promise<string> {
  const rows: string[][] = [];
  for (const [how, warmUp] of [
    ['after both did 200 charts', 400],
    ['at once, ours first and stock with the code warm', 0],
  ] as const) {
    const took = await bench.job({
      program: 'cdk8s-plus',
      size: 2 * charts,
      warmUp,
      sides: ['ours', 'stock'],
    });
    const [ours, stock] = took?.inside.synth ?? [];
    if (ours === undefined || stock === undefined) rows.push([how, NOT_DONE]);
    else {
      const [factor, cpuFactor] = [stock.ms / ours.ms, stock.cpuMs / ours.cpuMs].map((times) =>
        times.toFixed(1),
      );
      const side = ({ ms, cpuMs }: typeof ours) => `${ms.toFixed(0)} (${cpuMs.toFixed(0)})`;
      rows.push([how, side(stock), side(ours), `${factor}x (${cpuFactor}x)`]);
    }
    say(rows.at(-1)?.join(' | ') ?? '');
  }
  return `${charts.toLocaleString('en')} charts of a Deployment and a Service of cdk8s-plus-28, \`synth()\` alone, both in one process:

${table(['', 'stock ms', 'ours ms', 'stock / ours'], rows)}`;
}

async function growth(bench: Bench, sizes: readonly number[]): Promise<string> {
  const rows: string[][] = [];
  let before: { readonly ms: number; readonly cpuMs: number } | undefined;
  for (const size of sizes) {
    const took = await bench.job({ program: 'plain', size, sides: ['ours'] });
    const now = took?.inside.synth[0];
    if (took === undefined || now === undefined) break;
    const { peakMb } = took.inside;
    const times = before
      ? `x${(now.ms / before.ms).toFixed(2)} (x${(now.cpuMs / before.cpuMs).toFixed(2)})`
      : '';
    rows.push([
      size.toLocaleString('en'),
      `${now.ms.toFixed(0)} (${now.cpuMs.toFixed(0)})`,
      times,
      peakMb.toFixed(0),
      ((peakMb * 1024) / size).toFixed(1),
    ]);
    before = now;
    say(rows.at(-1)?.join(' | ') ?? '');
  }
  return table(['objects', '`synth()` ms', 'against half as many', 'peak memory MB', 'kB an object'], rows);
}

async function chains(bench: Bench, lengths: readonly number[]): Promise<string> {
  const rows: string[][] = [];
  let stockIsLost = false;
  for (const size of lengths) {
    const cell = async (side: 'ours' | 'stock'): Promise<string> => {
      const synth = (await bench.job({ program: 'chain', size, sides: [side] }))?.inside.synth[0];
      return synth === undefined ? NOT_DONE : `${synth.ms.toFixed(0)} ms (${synth.cpuMs.toFixed(0)})`;
    };
    const stock: string = stockIsLost ? 'not tried' : await cell('stock');
    stockIsLost ||= stock.startsWith('not');
    rows.push([String(size), stock, await cell('ours')]);
    say(`chain of ${size}: stock ${rows.at(-1)?.[1]}, ours ${rows.at(-1)?.[2]}`);
  }
  return table(['dependent charts of 20 objects', 'stock', 'ours'], rows);
}

function wholeTable(rows: Table): string {
  const names = Object.keys(rows[0]?.cells ?? {});
  return table(
    ['', ...rows.map(({ size }) => `${size.toLocaleString('en')} objects`)],
    names.map((name) => [name, ...rows.map(({ cells }) => inWords(cells[name]))]),
  );
}

function pictureOf(rows: Table): string {
  const names = Object.keys(rows[0]?.cells ?? {}).filter(
    (name) => !name.startsWith('kubectl kustomize, plain'),
  );
  const lines = names.map((name) => ({
    name: name.replace('printing a Helm chart too', 'with a Helm chart'),
    points: rows.flatMap(({ size, cells }) => (cells[name] ? [[size, cells[name].cpuSeconds] as const] : [])),
  }));
  return plot(
    'Whole processes',
    'objects',
    'seconds',
    lines.filter(({ points }) => points.length > 0),
  );
}

async function main(isQuick: boolean): Promise<void> {
  const bench = new Bench(await tool('helm-4'), await tool('kubectl'));
  try {
    const same = await sameProcess(bench, isQuick ? 200 : 2000);
    const chained = await chains(bench, isQuick ? [2, 4] : [2, 4, 5, 6, 7, 10, 30, 300]);
    const whole = await wholeProcesses(bench, isQuick ? [10, 100] : [10, 100, 1000, 10_000]);
    const grown = await growth(bench, isQuick ? [100, 200] : [6_250, 12_500, 25_000, 50_000, 100_000]);
    const text = `\`npx tsx bench/synth/main.ts\`, Node ${process.version}, ${cpus().length} CPUs (${cpus()[0]?.model}), ${new Date().toISOString().slice(0, 10)}. The best of ${RUNS} runs each; one run where it takes over 20 s; files lie in ${MEMORY}. In brackets: processor time, which other programs on the machine (load ${loadavg()[0]?.toFixed(0)}) change less.

${same}

Whole processes, from start to end, with their peak memory:

${wholeTable(whole)}

![seconds of processor time over objects, both axes logarithmic](benchmarks-synth.svg)

Doubling, plain ApiObjects, two to a chart and file; memory is that of the whole process, the program's own tree included:

${grown}

A chain of charts:

${chained}`;
    if (isQuick) process.stdout.write(`${text}\n`);
    else {
      writeFileSync(document, withBlock(readFileSync(document, 'utf8'), 'synth', text));
      writeFileSync(picture, pictureOf(whole));
    }
  } finally {
    bench.close();
  }
}

main(process.argv.includes('--quick')).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
