import { type Bound, QUEUE_LABEL, TEXT_BYTES, VARIABLE_BYTES } from '../../sandbox/spec';
import type { Changes } from './change';

/** Changes of a Job that bring one field to its bound, and beyond it, at both ends. */
interface Samples {
  readonly inside: readonly Changes[];
  readonly outside: readonly Changes[];
}

/** The most that the chart `ci-fixer-admin` grants a run by default, and the least step beyond. */
const MOST: Readonly<Record<string, readonly [string, string]>> = {
  cpu: ['2', '2001m'],
  memory: ['4Gi', '4294967297'],
  'ephemeral-storage': ['8Gi', '8589934593'],
};
/** The least that the API server keeps of an amount. */
const LEAST: Readonly<Record<string, string>> = { cpu: '1m', memory: '1', 'ephemeral-storage': '1' };
const LONGEST = 3600;

/** What a bound lets in and what it keeps out, for the chart's defaults. */
export function samplesOf(path: string, bound: Bound): Samples {
  const set = (...values: readonly unknown[]) => values.map((value) => ({ [place(path)]: value }) as Changes);
  switch (bound.kind) {
    case 'number':
      return { inside: set(1, LONGEST), outside: set(0, LONGEST + 1) };
    case 'quantity': {
      const name = path.split('.').at(-1) as string;
      const [most, beyond] = MOST[name] as readonly [string, string];
      const both = (amount: string) => ({
        [place(path)]: amount,
        [place(path.replace('.limits.', '.requests.'))]: amount,
      });
      return { inside: [LEAST[name] as string, most].map(both), outside: ['0', '0m', beyond].map(both) };
    }
    case 'quantityOf':
      return { inside: set(undefined), outside: set('0', LEAST[path.split('.').at(-1) as string]) };
    case 'texts': {
      const most = bound.mostBytes - TEXT_BYTES;
      return {
        // The bound counts bytes, not characters.
        inside: set(['x'.repeat(most)], ['é'.repeat(most / 2)], Array(bound.mostBytes / TEXT_BYTES).fill('')),
        outside: set(
          ['x'.repeat(most + 1)],
          ['é'.repeat(most / 2), 'x'],
          Array(bound.mostBytes / TEXT_BYTES + 1).fill(''),
        ),
      };
    }
    case 'variables': {
      const one = (bytes: number) => [{ name: 'A', value: 'x'.repeat(bytes - VARIABLE_BYTES - 1) }];
      return { inside: set([], one(bound.mostBytes)), outside: set(one(bound.mostBytes + 1)) };
    }
    case 'image':
      return {
        inside: set('registry.example.com/ci/x:1', 'registry.example.com/ci/a/b:1'),
        outside: set('registry.example.com/ci:1', 'registry.example.com/cigar/x:1'),
      };
    // The chart has no queue by default; what holds with one is tried where there is one.
    case 'queue':
      return { inside: set(undefined), outside: set('all') };
    case 'suspended':
      return { inside: set(false, undefined), outside: set(true) };
    case 'labels': {
      const label = (key: string) => ({ [`${path}["${key}"]`]: '42' });
      return { inside: [label('build')], outside: [label('builds'), label('example.com/build')] };
    }
  }
}

/** Resource names have dashes, which a path of changes quotes. */
function place(path: string): string {
  return path
    .replace('.ephemeral-storage', '["ephemeral-storage"]')
    .replace(`.${QUEUE_LABEL}`, `["${QUEUE_LABEL}"]`);
}
