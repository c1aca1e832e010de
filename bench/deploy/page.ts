import { type Line, plot } from '../synth/plot';
import type { Took } from '../synth/processes';
import { KUBECTL, OURS, STEPS, type Step } from './contenders';

/** What a step took a contender. */
export interface Measured extends Omit<Took, 'stdout'> {
  readonly calls: number;
}

/** A step that a contender did not come to the end of. */
export interface Unfinished {
  readonly name: string;
  readonly step: Step;
  readonly why: string;
}

/** What was measured with so many objects. */
export interface Size {
  readonly objects: number;
  /** So often each was asked; the best counts. */
  readonly rounds: number;
  readonly took: ReadonlyMap<string, ReadonlyMap<Step, Measured>>;
  readonly unfinished: readonly Unfinished[];
  /** What is remembered in the cluster of that many objects, in bytes; undefined where it was not looked at. */
  readonly inventoryBytes: number | undefined;
}

function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function names(size: Size): string[] {
  return [...size.took.keys()];
}

function times(size: Size): string {
  const rows = STEPS.map((step) => [
    step,
    ...names(size).map((name) => {
      const took = size.took.get(name)?.get(step);
      return took ? `${took.seconds.toFixed(2)} s (${took.cpuSeconds.toFixed(2)})` : '';
    }),
  ]);
  return table([headOf(size), ...names(size)], rows);
}

function headOf({ objects, rounds }: Size): string {
  return `${objects.toLocaleString('en')} objects${rounds === 1 ? '' : `, ${rounds} rounds`}`;
}

function costs(size: Size): string {
  const rows = STEPS.map((step) => [
    step,
    ...names(size).map((name) => {
      const took = size.took.get(name)?.get(step);
      return took ? `${took.calls.toLocaleString('en')}, ${Math.round(took.peakMb)} MB` : '';
    }),
  ]);
  return table([headOf(size), ...names(size)], rows);
}

/** What drydock asks of the server for each object. */
function callsAnObject({ objects, took }: Size): string {
  const ours = took.get(OURS);
  const each = STEPS.flatMap((step) => {
    const calls = ours?.get(step)?.calls;
    return calls === undefined ? [] : `${step} ${(calls / objects).toFixed(3)}`;
  });
  return `- Calls of drydock an object, of ${objects.toLocaleString('en')}: ${each.join(', ')}.`;
}

function verdict(held: boolean): string {
  return held ? 'held' : '**missed**';
}

/** None where one of the two was not measured. */
function ratio(size: Size, step: Step, peers: readonly string[], target: number, what: string): string[] {
  const has = (name: string) => size.took.get(name)?.has(step) === true;
  if (!has(OURS) || !peers.some(has)) return [];
  const of = (name: string, field: 'seconds' | 'cpuSeconds') =>
    size.took.get(name)?.get(step)?.[field] ?? Infinity;
  const best = (field: 'seconds' | 'cpuSeconds') => Math.min(...peers.map((name) => of(name, field)));
  const times = best('seconds') / of(OURS, 'seconds');
  const cpu = best('cpuSeconds') / of(OURS, 'cpuSeconds');
  const calls = Math.min(...peers.map((name) => size.took.get(name)?.get(step)?.calls ?? Infinity));
  const fewer = calls / (size.took.get(OURS)?.get(step)?.calls ?? Infinity);
  const objects = size.objects.toLocaleString('en');
  return [
    `- ${step}, ${objects} objects, ${what} against us: ${times.toFixed(1)}x the time, ${cpu.toFixed(1)}x the processor time, ${fewer.toFixed(1)}x the calls; target ${target}x the time: ${verdict(times >= target)}.`,
  ];
}

export function text(sizes: readonly Size[], about: string): string {
  const large = sizes.filter(({ objects }) => objects >= 1_000);
  const ratios = large.flatMap((size) => {
    const peers = names(size).filter((name) => name !== OURS);
    return [
      ...ratio(size, 'first apply', [KUBECTL], 1, KUBECTL),
      ...ratio(size, 'apply without a change', peers, 10, 'the best of the others'),
      ...ratio(size, 'diff without a change', [KUBECTL], 4, 'kubectl diff'),
    ];
  });
  const inventories = sizes.flatMap(({ objects, inventoryBytes: bytes }) =>
    bytes === undefined
      ? []
      : `${objects.toLocaleString('en')} objects: ${Math.round(bytes / 1024).toLocaleString('en')} KiB, ${Math.round(bytes / objects)} bytes an object`,
  );
  return [
    about,
    '',
    'Seconds of the whole process, in brackets its processor time:',
    ...sizes.flatMap((size) => ['', times(size)]),
    '',
    'Calls to the API server, by its audit log, and the most memory that the process held:',
    ...sizes.flatMap((size) => ['', costs(size)]),
    '',
    ...ratios,
    ...sizes.flatMap(({ objects, unfinished }) =>
      unfinished.map(
        ({ name, step, why }) =>
          `- ${name}, ${objects.toLocaleString('en')} objects, ${step}: did not come to its end: \`${why.replaceAll('`', "'")}\``,
      ),
    ),
    ...large.map(callsAnObject),
    ...(inventories.length === 0
      ? []
      : [
          `- What is remembered in the cluster, inventory, digests and the objects of two revisions, compressed: ${inventories.join('; ')}.`,
        ]),
    // Of one size there is nothing to plot.
    ...(sizes.length < 2
      ? []
      : [
          '',
          '![seconds of an apply without a change over objects, both axes logarithmic](benchmarks-deploy.svg)',
        ]),
  ].join('\n');
}

export function picture(sizes: readonly Size[]): string {
  const all = new Set(sizes.flatMap(names));
  const lines = [...all].map((name): Line => {
    const points = sizes.flatMap(({ objects, took }) => {
      const seconds = took.get(name)?.get('apply without a change')?.seconds;
      return seconds === undefined ? [] : [[objects, seconds] as const];
    });
    // As much as there is room for beside the lines.
    return { name: name.replace(/ apply( --prune)?/, ''), points };
  });
  return plot('An apply without a change', 'objects', 'seconds', lines);
}
