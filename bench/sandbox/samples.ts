/** How many milliseconds something took, once for each try. */
export class Samples {
  readonly #all: number[] = [];

  get count(): number {
    return this.#all.length;
  }

  get most(): number {
    return Math.max(...this.#all);
  }

  add(ms: number): void {
    this.#all.push(ms);
  }

  async time<Result>(act: () => Promise<Result>): Promise<Result> {
    const started = performance.now();
    const result = await act();
    this.add(performance.now() - started);
    return result;
  }

  quantile(at: number): number {
    const sorted = [...this.#all].sort((one, other) => one - other);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * at))] ?? Number.NaN;
  }

  /** Such as `0.91 / 2.30`. */
  pair(one: number, other: number, digits = 2): string {
    return `${this.quantile(one).toFixed(digits)} / ${this.quantile(other).toFixed(digits)}`;
  }
}

type Row = readonly (string | number)[];

export function table(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** A target, what was measured, and whether the target is met. */
export function verdict(what: string, found: number, target: number, unit: string): string {
  const is = found <= target ? 'held' : '**missed**';
  return `- ${what}: ${found.toFixed(2)}${unit}, target ${target}${unit}: ${is}.`;
}
