import { isCount, isDuration, longestTimerMs } from '../kube';
import { invalid, type Place } from './arguments';

/** Rejects invalid durations in milliseconds; what is left out passes. All durations of the runtime go through here. */
export function checkMs(place: Place, given: Readonly<Record<string, number | undefined>>): void {
  for (const [name, ms] of Object.entries(given)) {
    if (ms === undefined || isDuration(ms)) continue;
    throw invalid(place, name, ms, `a number of milliseconds, above 0 and up to ${longestTimerMs}`);
  }
}

/** The same for sizes and counts: whole numbers from 0 on. */
export function checkCounts(place: Place, given: Readonly<Record<string, number | undefined>>): void {
  for (const [name, count] of Object.entries(given)) {
    if (count === undefined || isCount(count, 0)) continue;
    throw invalid(place, name, count, 'a whole number from 0 on');
  }
}

/** The same for the lowest nine bits of a mode. */
export function checkMode(place: Place, mode: number | undefined): void {
  if (mode === undefined || (Number.isInteger(mode) && mode >= 0 && mode <= 0o777)) return;
  throw invalid(place, 'mode', mode, 'a mode from 0 to 0o777');
}

/** A deadline in seconds that the API server takes; the template's bound is for the template. */
export function checkSeconds(place: Place, name: string, seconds: number): number {
  if (isCount(seconds, 1)) return seconds;
  throw invalid(place, name, seconds, 'a whole number of seconds, at least 1');
}
