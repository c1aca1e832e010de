import { KubeError } from './errors';

/** The longest time that is taken: about 24 days, what a timer of Node can be set to. */
export const longestMs = 2 ** 31 - 1;

/** Rejects an invalid duration in milliseconds. A time that is left out passes. */
export function checkMs(where: string, given: Readonly<Record<string, number | undefined>>): void {
  for (const [name, ms] of Object.entries(given)) {
    if (ms === undefined || (typeof ms === 'number' && ms > 0 && ms <= longestMs)) continue;
    throw invalid(where, name, ms, `milliseconds above 0, at most ${longestMs} (24 days)`);
  }
}

/** Refuses a count that is no whole number from `least` on. A count that is left out passes. */
export function checkCount(
  where: string,
  least: number,
  given: Readonly<Record<string, number | undefined>>,
): void {
  for (const [name, count] of Object.entries(given)) {
    if (count === undefined || (Number.isSafeInteger(count) && count >= least)) continue;
    throw invalid(where, name, count, `a whole number from ${least} on`);
  }
}

function invalid(where: string, name: string, found: unknown, expected: string): KubeError {
  return new KubeError('ARGUMENT_INVALID', {
    where: `${where} ${name}`,
    found: typeof found === 'string' ? JSON.stringify(found) : String(found),
    expected,
    remedy: `correct \`${name}\`, or leave it out`,
  });
}
