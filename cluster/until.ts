import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterError } from './errors';

/** How long to try, how often, and what to tell when it was in vain. */
export interface UntilOptions {
  readonly withinMs?: number;
  readonly everyMs?: number;
  /** Called once at the deadline: what is to be seen then. */
  readonly explain?: () => Promise<string> | string;
}

/**
 * Asks again until the answer is truthy, and returns it. The deadline is generous: it exists so that a hang becomes
 * a message, not to measure anything. An error of `ask` means "not yet" and is shown if the deadline comes.
 *
 * @example
 * await using cluster = await startCluster();
 * await until('a node is there', () => cluster.nodes.length > 0, { withinMs: 10_000 });
 */
export async function until<Answer>(
  what: string,
  ask: () => Promise<Answer> | Answer,
  options: UntilOptions = {},
): Promise<NonNullable<Answer>> {
  const { withinMs = 60_000, everyMs = 50 } = options;
  const deadline = Date.now() + withinMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() >= deadline) break;
    await sleep(everyMs);
  }
  const details = options.explain ? `\n${await options.explain()}` : '';
  const seen = last instanceof Error ? last.message : JSON.stringify(last);
  throw new ClusterError(
    'NOT_READY',
    {
      where: what,
      found: `${seen} after ${withinMs / 1000} s${details}`,
      expected: `${what} within that time`,
      remedy: 'the logs of the components say more: `cluster.logs(name)` or the `logs` folder',
    },
    { cause: last },
  );
}
