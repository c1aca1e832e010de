import { invalid } from './arguments';
import { longestTimerMs } from './timer';

/** Whether it is a time that can be waited for, in milliseconds. */
export function isDuration(ms: unknown): boolean {
  return typeof ms === 'number' && ms > 0 && ms <= longestTimerMs;
}

/** Whether it is a whole number from `least` on. */
export function isCount(count: unknown, least: number): boolean {
  return Number.isSafeInteger(count) && (count as number) >= least;
}

/** Rejects an invalid duration in milliseconds. A time that is left out passes. */
export function checkMs(where: string, given: Readonly<Record<string, number | undefined>>): void {
  for (const [name, ms] of Object.entries(given)) {
    if (ms === undefined || isDuration(ms)) continue;
    throw invalid(where, name, ms, `milliseconds above 0, at most ${longestTimerMs} (24 days)`);
  }
}

/** Refuses a count that is no whole number from `least` on. A count that is left out passes. */
export function checkCount(
  where: string,
  least: number,
  given: Readonly<Record<string, number | undefined>>,
): void {
  for (const [name, count] of Object.entries(given)) {
    if (count === undefined || isCount(count, least)) continue;
    throw invalid(where, name, count, `a whole number from ${least} on`);
  }
}
