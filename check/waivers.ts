import { readFileSync } from 'node:fs';
import type { Waiver } from './finding';
import { unreadable } from './read';

const LEAST_REASON = 10;
const EXPECTED = `a list of { "rule", "object", "reason" } and, where the object names one, "namespace", the reason of ${LEAST_REASON} characters or more`;

/** Waivers from a JSON file: a list of { rule, object, reason }. */
export function readWaivers(file: string): Waiver[] {
  const waivers = readJson(file);
  if (!Array.isArray(waivers)) throw unreadable(file, 'no list', EXPECTED, 'Correct the file.');
  for (const [index, waiver] of waivers.entries()) {
    if (isWaiver(waiver)) continue;
    throw unreadable(`${file} entry ${index}`, JSON.stringify(waiver), EXPECTED, 'Say why it may stay.');
  }
  return waivers as Waiver[];
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const remedy = 'Correct the file, or name another one.';
    throw unreadable(file, (cause as Error).message, EXPECTED, remedy);
  }
}

function isWaiver(given: Partial<Waiver> | null): boolean {
  const parts = [given?.rule, given?.object, given?.reason];
  if (!parts.every((part) => typeof part === 'string' && part !== '')) return false;
  if (given!.namespace !== undefined && typeof given!.namespace !== 'string') return false;
  return given!.reason!.trim().length >= LEAST_REASON;
}
