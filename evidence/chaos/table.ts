import { breachesOf, type Row } from '../../test/sandbox-runtime/chaos/round';

const HEAD = [
  ...[
    'fault',
    'way',
    'injections',
    'what callers saw',
    'seconds until told, at most',
    'double claims',
    'run twice',
  ],
  ...['orphans after expiry', 'wrong successes', 'pool full again after, s, at most'],
];
const COUNTED = ['doubleClaims', 'ranTwice', 'orphans', 'wrongSuccesses'] as const;
const NEVER = '**no**';

/** What all passes of a fault on one way came to: a row of the table, and what is read back from it. */
export interface Sum {
  readonly fault: string;
  readonly way: string;
  readonly injections: number;
  readonly saw: Readonly<Record<string, number>>;
  readonly toldMs: number;
  readonly counts: readonly number[];
  /** `undefined` where it once did not become full. */
  readonly fullMs: number | undefined;
}

export function plus(sum: Sum | undefined, row: Row): Sum {
  const saw = { ...sum?.saw };
  for (const [what, times] of Object.entries(row.saw)) saw[what] = (saw[what] ?? 0) + times;
  const wasFull = sum === undefined || sum.fullMs !== undefined;
  return {
    ...{ fault: row.fault, way: row.way, saw },
    injections: (sum?.injections ?? 0) + row.injections,
    toldMs: Math.max(sum?.toldMs ?? 0, ...row.toldMs),
    counts: COUNTED.map((which, at) => (sum?.counts[at] ?? 0) + row[which].length),
    fullMs:
      wasFull && row.fullAgainMs !== undefined ? Math.max(sum?.fullMs ?? 0, row.fullAgainMs) : undefined,
  };
}

const seconds = (ms: number) => (ms / 1000).toFixed(1);

/** A row of Markdown; what must not be is in bold. */
function lineOf({ fault, way, injections, saw, toldMs, counts, fullMs }: Sum): string {
  const mostFirst = Object.entries(saw).sort(([, one], [, other]) => other - one);
  const cells = [
    ...[fault, way, injections, mostFirst.map(([what, times]) => `${what}: ${times}`).join(', ')],
    ...[toldMs > 0 ? seconds(toldMs) : '-', ...counts.map((count) => (count === 0 ? '0' : `**${count}**`))],
    fullMs === undefined ? NEVER : seconds(fullMs),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** The rows of a table of this page. */
export function sumsOf(block: string): Sum[] {
  const lines = block
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith(`| ${HEAD[0]} |`));
  return lines.map((line) => {
    const [fault = '', way = '', injections, saw = '', told, ...rest] = line.slice(2, -2).split(' | ');
    const full = rest.at(-1);
    return {
      ...{ fault, way, injections: Number(injections), toldMs: told === '-' ? 0 : Number(told) * 1000 },
      saw: Object.fromEntries(
        saw
          .split(', ')
          .filter(Boolean)
          .map((each) => {
            const at = each.lastIndexOf(': ');
            return [each.slice(0, at), Number(each.slice(at + 2))];
          }),
      ),
      counts: rest.slice(0, COUNTED.length).map((count) => Number(count.replaceAll('*', ''))),
      fullMs: full === NEVER ? undefined : Number(full) * 1000,
    };
  });
}

/** In the order of `faults`. */
export function tableOf(sums: readonly Sum[], faults: readonly string[]): string {
  const place = ({ fault }: Sum) => faults.indexOf(fault);
  const sorted = [...sums].sort((one, other) => place(one) - place(other));
  return [`| ${HEAD.join(' | ')} |`, `|${HEAD.map(() => '---').join('|')}|`, ...sorted.map(lineOf)].join(
    '\n',
  );
}

/** What rows have that must not be. */
export function complaints(rows: readonly Row[]): string[] {
  return rows.flatMap((row) => breachesOf(row, 0).map((breach) => `${row.fault}, ${row.way}: ${breach}`));
}
