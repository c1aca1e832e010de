import { cpus } from 'node:os';
import { type Line, plot } from '../synth/plot';
import type { Again } from './flux';
import type { Cold, Cycle, Memory } from './ours';
import type { Waited } from './place';

/** A first apply of everything: who did it, from what. */
export interface ColdRow {
  readonly who: string;
  readonly from: string;
  readonly cold: Cold;
}

export interface Figures {
  readonly count: number;
  readonly intervalSeconds: number;
  readonly repositories: number;
  /** In the order in which they were measured; ours are the first of each source. */
  readonly monorepo: readonly ColdRow[];
  readonly small: readonly ColdRow[];
  readonly cycle: Cycle;
  /** What Flux takes for each that has not changed. */
  readonly again: readonly (Again & { readonly from: string })[];
  readonly pushes: readonly (Waited & { readonly who: string; readonly of: number })[];
  readonly drift: readonly number[];
  readonly memory: Memory;
  /** By how many Applications, where that was asked for. */
  readonly growth: ReadonlyMap<number, Memory>;
}

const number = (value: number) => value.toLocaleString('en');
const rate = ({ done, seconds }: Cold) => done / seconds;

function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const verdict = (isMet: boolean) => (isMet ? 'met' : '**missed**');

function coldTable({ count, monorepo, small }: Figures): string {
  const head = [
    ...['', 'from', `of ${number(count)} done`, 'seconds', 'a second', 'processor ms each'],
    ...['of all cores', 'calls each', 'most memory'],
  ];
  const rows = [...monorepo, ...small].map(({ who, from, cold }) => [
    ...[who, from, number(cold.done), cold.seconds.toFixed(1), rate(cold).toFixed(1)],
    ...[(cold.cost.cpuMs / cold.done).toFixed(0), `${(100 * ofAllCores(cold)).toFixed(0)} %`],
    (cold.calls / cold.done).toFixed(1),
    `${Math.round(cold.cost.peakMb)} MB`,
  ]);
  return table(head, rows);
}

const ofAllCores = ({ cost, seconds }: Cold) => cost.cpuMs / 1_000 / seconds / cpus().length;

/** Both wait for others most of the time, who share the machine with them. */
function limits({ monorepo: [ours], small: [others] }: Figures): string[] {
  if (!ours || !others) return [];
  const most = ({ cold }: ColdRow) => (1 / (1 - ofAllCores(cold))).toFixed(1);
  return [
    `- What is left of the cores goes to the API server, etcd and the controllers of Kubernetes: without any work of its own a controller with as many calls as ours would be ${most(ours)}x as fast here, and ${most(others)}x from ${others.from}. Flux is given its artifacts; ours fetches by git, which is counted.`,
  ];
}

function ratio([ours, ...others]: readonly ColdRow[], target: number): string[] {
  if (!ours) return [];
  return others.map(({ from, cold }) => {
    const times = rate(ours.cold) / rate(cold);
    const cpu = cold.cost.cpuMs / cold.done / (ours.cold.cost.cpuMs / ours.cold.done);
    return `- Ours from ${ours.from} against Flux from ${from}: ${times.toFixed(1)}x the Applications a second, ${cpu.toFixed(1)}x less processor time for each; target ${target}x: ${verdict(times >= target)}.`;
  });
}

function ratios({ monorepo, small }: Figures): string[] {
  const [ours, folders, one] = monorepo;
  return [
    ...(ours && folders ? ratio([ours, folders], 10) : []),
    ...(ours && one ? ratio([ours, one], 4) : []),
    ...ratio(small, 4),
  ];
}

function cycleLines({ count, cycle, again, intervalSeconds }: Figures): string[] {
  const own = cycle.cpuMs - cycle.childrenMs;
  const what = [...cycle.what].sort(([, one], [, other]) => other - one);
  const most = what.map(([name, calls]) => `${name} ${calls}`).join(', ');
  return [
    `- No change, ${number(count)} Applications, each ${intervalSeconds} s: ${cycle.calls.toFixed(0)} calls in all, ${(cycle.calls / count).toFixed(2)} for each (of both cycles: ${most || 'none'}); target none for each: ${verdict(cycle.calls < count / 10)}. ` +
      `${cycle.cpuMs.toFixed(0)} ms of processor time a cycle, of which the git program took ${cycle.childrenMs.toFixed(0)} and the controller ${own.toFixed(0)}; target 100 ms: ${verdict(cycle.cpuMs < 100)}.`,
    ...again.map(
      ({ from, done, cpuMs, calls }) =>
        `- The same of Flux from ${from}, by ${done} of them: ${calls.toFixed(1)} calls and ${cpuMs.toFixed(0)} ms for each, so ${number(Math.round(calls * count))} calls and ${number(Math.round(cpuMs * count))} ms a cycle of all: ${number(Math.round((cpuMs * count) / cycle.cpuMs))}x the processor time.`,
    ),
  ];
}

function pushLines({ pushes }: Figures): string[] {
  return pushes.map(({ who, done, of, seconds }) => {
    const target = who.startsWith('Flux') ? '' : `; target 2 s: ${verdict(done === of && seconds < 2)}`;
    const after =
      done === of ? `after ${seconds.toFixed(2)} s` : `only ${done} after ${seconds.toFixed(0)} s`;
    return `- A commit that touches ${of} Applications, ${who}: applied ${after}${target}.`;
  });
}

function memoryLines({ count, memory, growth }: Figures): string[] {
  const said = ({ rssMb, peakMb, heapMb }: Memory) =>
    `${Math.round(rssMb)} MB, at most ${Math.round(peakMb)}, of which the heap needs ${Math.round(heapMb)}`;
  return [
    `- Memory of ours with ${number(count)} Applications: ${said(memory)}; target 200 MB: ${verdict(memory.peakMb < 200)}.`,
    ...[...growth].map(([more, found]) => {
      const grown = (found.heapMb - memory.heapMb) / (more - count);
      return `- With ${number(more)}: ${said(found)}; ${(grown * 1024).toFixed(0)} KiB of heap for each more.`;
    }),
  ];
}

export function text(figures: Figures, about: string): string {
  const { drift } = figures;
  const p95 = quantile(drift, 0.95);
  return [
    about,
    '',
    'A first apply of everything, from the start of the controller on:',
    '',
    coldTable(figures),
    '',
    ...ratios(figures),
    ...limits(figures),
    ...cycleLines(figures),
    ...pushLines(figures),
    `- ${drift.length} objects edited by hand at once: as they were after ${quantile(drift, 0.5).toFixed(2)} s (p50), ${p95.toFixed(2)} s (p95); target 2 s: ${verdict(p95 < 2)}. Flux sees it at its next interval.`,
    ...memoryLines(figures),
    '',
    '![Applications that were applied, over seconds, both axes logarithmic](benchmarks-gitops.svg)',
  ].join('\n');
}

/** How many were done after how long. */
export function picture({ monorepo, small }: Figures): string {
  const lines = [...monorepo, ...small].map(({ who, from, cold }): Line => {
    // There is room for so much beside the plot.
    const [name = ''] = who.split(' ');
    return { name: `${name}, ${from.replace('one artifact with ', '')}`, points: cold.curve };
  });
  return plot('First apply', 'seconds', 'Applications', lines);
}
