import fc from 'fast-check';
import type { Priority } from '../../kube';
import { FairLines, PASSED_OVER, ranks } from '../queue/fair-lines';

/** Lines of one rank take turns, a line keeps its order, a higher rank goes first, and no rank waits without end. */

type Step =
  | { readonly do: 'push' | 'remove'; readonly rank: Priority; readonly flow: string; readonly name: number }
  | { readonly do: 'shift' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom<'push' | 'remove'>('push', 'push', 'push', 'push', 'remove'),
      ...{ rank: fc.constantFrom<Priority>('high', 'normal', 'low'), flow: fc.constantFrom('a', 'b', 'c') },
      name: fc.nat(30),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('shift' as const) }) },
);
/** Enough keys first, so that a rank can wait for long. */
const schedules = fc.array(step, { maxLength: 250, size: 'max' });

interface Waiting {
  readonly key: string;
  readonly rank: Priority;
  readonly flow: string;
  /** How many of its own line were before it. */
  readonly ahead: number;
  readonly overtakenBy: Map<string, number>;
}

function runLines(steps: readonly Step[]): void {
  const lines = new FairLines();
  const waiting: Waiting[] = [];
  const passed = new Map<Priority, number>();
  for (const one of steps) {
    if (one.do === 'shift') {
      shift(lines, waiting, passed);
    } else {
      const { rank, flow } = one;
      const key = `${rank}/${flow}/${one.name}`;
      const at = waiting.findIndex((other) => other.key === key);
      if (one.do === 'remove') {
        lines.remove(rank, flow, key);
        if (at >= 0) waiting.splice(at, 1);
      } else {
        lines.push(rank, flow, key);
        const ahead = waiting.filter((other) => other.rank === rank && other.flow === flow).length;
        if (at < 0) waiting.push({ key, rank, flow, ahead, overtakenBy: new Map() });
      }
    }
    law(lines.size === waiting.length, `${lines.size} keys, not ${waiting.length}`);
  }
}

function shift(lines: FairLines, waiting: Waiting[], passed: Map<Priority, number>): void {
  const key = lines.shift();
  law((key === undefined) === (waiting.length === 0), `${key} of ${waiting.length} keys`);
  if (key === undefined) return;
  const at = waiting.findIndex((other) => other.key === key);
  law(at >= 0, `${key}, which does not wait`);
  const [taken] = waiting.splice(at, 1) as [Waiting];
  const before = waiting.slice(0, at);
  law(!before.some(({ rank, flow }) => rank === taken.rank && flow === taken.flow), `${key} before its turn`);
  const waited = passed.get(taken.rank) ?? 0;
  const better = waiting.some(({ rank }) => ranks.indexOf(rank) < ranks.indexOf(taken.rank));
  law(!better || waited >= PASSED_OVER, `${key} before one of a higher rank`);
  for (const rank of ranks) {
    const isPassed = rank !== taken.rank && waiting.some((other) => other.rank === rank);
    passed.set(rank, isPassed ? (passed.get(rank) ?? 0) + 1 : 0);
    // Two ranks may have waited long enough at once.
    law(passed.get(rank)! <= PASSED_OVER + 1, `rank ${rank} was passed over ${passed.get(rank)} times`);
  }
  for (const other of waiting) {
    if (other.rank !== taken.rank || other.flow === taken.flow) continue;
    const count = (other.overtakenBy.get(taken.flow) ?? 0) + 1;
    other.overtakenBy.set(taken.flow, count);
    law(count <= other.ahead + 1, `${other.key} was overtaken ${count} times by the line of ${key}`);
  }
}

function law(holds: boolean, broken: string): void {
  if (!holds) throw new Error(`the lines: ${broken}`);
}

export async function runLinesLaw(cases: number, seed?: number, shrinks = true): Promise<void> {
  const how = { numRuns: cases, ...(seed === undefined ? {} : { seed }), endOnFailure: !shrinks };
  fc.assert(fc.property(schedules, runLines), how);
}
