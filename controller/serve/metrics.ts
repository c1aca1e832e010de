import { ControllerError } from '../errors';

export type Labels = Readonly<Record<string, string>>;

interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly lines: () => Iterable<string>;
}

/** A number that only grows. */
export interface Counter {
  add(labels?: Labels, by?: number): void;
}

/** Counts observations by their size. */
export interface Histogram {
  observe(value: number, labels?: Labels): void;
}

/** Seconds, from a quick call to a slow rollout. */
const BUCKETS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/**
 * Metrics as Prometheus reads them (text format 0.0.4).
 *
 * @example
 * const metrics = new Metrics();
 * const greeted = metrics.counter('greetings_total', 'Greetings that were written');
 * greeted.add({ language: 'en' });
 * console.log(metrics.text());
 */
export class Metrics {
  readonly #families = new Map<string, Family>();

  /** @param name ends with `_total` by custom */
  counter(name: string, help: string): Counter {
    const values = new Map<string, number>();
    this.#register({ name, help, type: 'counter', lines: () => linesOf(name, values) });
    return {
      add: (labels = {}, by = 1) => {
        if (!(by >= 0)) throw wrong(`metric ${name}`, String(by), 'a number that is not below 0');
        const key = keyOf(name, labels);
        values.set(key, (values.get(key) ?? 0) + by);
      },
    };
  }

  /** @param read asked at each reading: the values of now */
  gauge(name: string, help: string, read: () => Iterable<readonly [labels: Labels, value: number]>): void {
    const lines = () =>
      linesOf(name, new Map([...read()].map(([labels, value]) => [keyOf(name, labels), value])));
    this.#register({ name, help, type: 'gauge', lines });
  }

  histogram(name: string, help: string, buckets: readonly number[] = BUCKETS): Histogram {
    const all = new Map<
      string,
      { readonly labels: Labels; readonly counts: number[]; sum: number; count: number }
    >();
    function* lines(): Iterable<string> {
      for (const { labels, counts, sum, count } of all.values()) {
        for (const [index, bucket] of buckets.entries())
          yield `${name}_bucket${keyOf(name, { ...labels, le: String(bucket) })} ${counts[index]}`;
        yield `${name}_bucket${keyOf(name, { ...labels, le: '+Inf' })} ${count}`;
        yield `${name}_sum${keyOf(name, labels)} ${sum}`;
        yield `${name}_count${keyOf(name, labels)} ${count}`;
      }
    }
    this.#register({ name, help, type: 'histogram', lines });
    return {
      observe: (value, labels = {}) => {
        const key = keyOf(name, labels);
        const known = all.get(key) ?? { labels, counts: buckets.map(() => 0), sum: 0, count: 0 };
        for (const [index, bucket] of buckets.entries()) if (value <= bucket) known.counts[index]! += 1;
        known.sum += value;
        known.count += 1;
        all.set(key, known);
      },
    };
  }

  text(): string {
    const parts: string[] = [];
    for (const { name, help, type, lines } of this.#families.values()) {
      parts.push(`# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`);
      parts.push(`# TYPE ${name} ${type}`, ...lines());
    }
    return `${parts.join('\n')}\n`;
  }

  #register(family: Family): void {
    const { name } = family;
    if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name))
      throw wrong('metric name', JSON.stringify(name), 'letters, digits, _ and :, and no digit first');
    if (this.#families.has(name)) throw wrong(`metric ${name}`, 'a second one of that name', 'one');
    this.#families.set(name, family);
  }
}

function* linesOf(name: string, values: ReadonlyMap<string, number>): Iterable<string> {
  for (const [key, value] of values) yield `${name}${key} ${value}`;
}

function keyOf(name: string, labels: Labels): string {
  const parts = Object.entries(labels).map(([label, value]) => {
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label))
      throw wrong(`metric ${name} label`, JSON.stringify(label), 'letters, digits and _, and no digit first');
    return `${label}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
  });
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

function wrong(where: string, found: string, expected: string): ControllerError {
  return new ControllerError('METRIC_INVALID', {
    where,
    found,
    expected,
    remedy: 'correct it where it is made',
  });
}
