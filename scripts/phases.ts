import { cpus } from 'node:os';

/** A part of the run: how long it took, and what the processors did meanwhile. */
export interface Phase {
  readonly name: string;
  readonly seconds: number;
  /** Of the whole machine, because clusters are no children of the tests that start them. */
  readonly processorSeconds: number;
}

function processorSeconds(): number {
  const busy = cpus().map(({ times }) => times.user + times.nice + times.sys + times.irq);
  return busy.reduce((sum, milliseconds) => sum + milliseconds, 0) / 1000;
}

/** Does something and measures it. */
export async function measured<Result>(
  name: string,
  body: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly phase: Phase }> {
  const [startedAt, before] = [Date.now(), processorSeconds()];
  const result = await body();
  const seconds = (Date.now() - startedAt) / 1000;
  return { result, phase: { name, seconds, processorSeconds: processorSeconds() - before } };
}

/** One test file and how long it took. */
export interface TestFile {
  readonly name: string;
  readonly seconds: number;
}

const row = (name: string, ...columns: string[]): string =>
  [name.padEnd(36), ...columns.map((column) => column.padStart(13))].join('');

/** Where the time went. A phase that leaves processors idle waits: more of it can run at once. */
export function timeTable(phases: readonly Phase[], cores: number): string[] {
  if (phases.length === 0) return [];
  return [
    row('phase', 'seconds', 'processor', `of ${cores} cores`),
    ...phases.map(({ name, seconds, processorSeconds }) => {
      const share = seconds > 0 ? Math.round((100 * processorSeconds) / (seconds * cores)) : 0;
      return row(name, seconds.toFixed(1), processorSeconds.toFixed(1), `${share} %`);
    }),
  ];
}

/** The files that took longest, the longest first. */
export function longestFiles(files: readonly TestFile[], count: number): string[] {
  return [...files]
    .sort((one, other) => other.seconds - one.seconds)
    .slice(0, count)
    .map(({ name, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${name}`);
}
