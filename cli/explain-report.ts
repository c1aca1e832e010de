import type { ExplainedRelease, ExplainedValue, Reach, Target } from '../core/synth';
import { nearest } from '../errors';
import { UsageError } from './command';

/** What people read: an overview, or everything about each value, object or chart that is asked for. */
export function explainInWords(releases: readonly ExplainedRelease[], asked: readonly string[]): string {
  if (asked.length === 0) return releases.map(overview).join('\n') || 'The app has no HelmChart.\n';
  return asked.map((one) => answer(releases, one)).join('\n');
}

function overview({ chart, values, reaches }: ExplainedRelease): string {
  const rows = values.map(({ path, doc }) => {
    const reached = reaches.filter(({ value }) => overlaps(value, path));
    const objects = new Set(reached.map(({ target }) => target).filter((name) => kindOf(name) !== 'Chart'))
      .size;
    return [path, counted(reached.length, 'place'), `in ${counted(objects, 'object')}`, doc];
  });
  return `Chart ${chart}\n${table(rows)}`;
}

function answer(releases: readonly ExplainedRelease[], asked: string): string {
  const isTarget = asked.includes('/');
  const found = releases.flatMap((release) =>
    isTarget ? ofTarget(release, asked) : ofValue(release, asked),
  );
  if (found.length > 0) return found.join('\n');
  const known = releases.flatMap(({ targets, values }) =>
    isTarget ? targets.map(({ name }) => name) : values.map(({ path }) => path),
  );
  const near = nearest(asked, known);
  const what = isTarget ? 'object or chart' : 'value';
  throw new UsageError(
    `no ${what} ${asked}${near === undefined ? '' : `, did you mean ${near}?`}`,
    'drydock explain',
  );
}

/** Each value that is asked for, or is below what is asked for, with the places that it reaches. */
function ofValue({ values, reaches, chart }: ExplainedRelease, asked: string): string[] {
  return values
    .filter(({ path }) => overlaps(path, asked))
    .map((value) => {
      const narrow = value.path.length < asked.length ? asked : value.path;
      const reached = reaches.filter((reach) => overlaps(reach.value, narrow));
      const rows = reached.map(({ target, field }) => [target, field]);
      return `${head(value)} (chart ${chart})\n${rows.length > 0 ? table(rows) : '  reaches nothing\n'}`;
    });
}

function head({ path, kind, doc, default: value }: ExplainedValue): string {
  return `${path}: ${kind}, ${value === undefined ? 'no default' : `default ${JSON.stringify(value)}`}. ${doc}`;
}

/** The objects of that kind and name, in any case, with the values that reach each. */
function ofTarget({ targets, reaches }: ExplainedRelease, asked: string): string[] {
  return targets
    .filter(({ name, place }) => isCalled(name, asked) || isCalled(`${kindOf(name)}/${place}`, asked))
    .map((target) => {
      const reached = reaches.filter((reach) => reach.target === target.name || isOver(reach, target));
      const rows = [...new Set(reached.map(({ value }) => value))].map((value) => [
        value,
        listed(reached.filter((reach) => reach.value === value)),
      ]);
      const title = `${target.name} (${target.place}, chart ${target.chart})`;
      return `${title}\n${rows.length > 0 ? table(rows) : '  no value reaches it\n'}`;
    });
}

const isCalled = (name: string, asked: string) => name.toLowerCase() === asked.toLowerCase();
const kindOf = (name: string) => name.slice(0, name.indexOf('/'));

/** Whether something is decided for the chart that the object is in, or for a chart around that. */
function isOver({ target, field }: Reach, { chart }: Target): boolean {
  if (field !== INSTALLED || kindOf(target) !== 'Chart') return false;
  const over = target.slice('Chart/'.length);
  return chart === over || chart.startsWith(`${over}.`);
}

const INSTALLED = 'whether it is installed';

function listed(reached: readonly Reach[]): string {
  return [...new Set(reached.map(({ field }) => field))].join(', ');
}

/** Whether one of two paths is the other or leads to it. */
function overlaps(a: string, b: string): boolean {
  return `${a}.`.startsWith(`${b}.`) || `${b}.`.startsWith(`${a}.`);
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((text, column) => (column === row.length - 1 ? text : text.padEnd(widths[column] ?? 0)))
      .join('  ');
  return rows.map((row) => `  ${line(row)}\n`).join('');
}
