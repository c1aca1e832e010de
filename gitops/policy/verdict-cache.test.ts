import { GitopsError } from '../errors';
import type { PolicyFinding } from './engine';
import { VerdictCache } from './verdict-cache';

const finding: PolicyFinding = { rule: 'r', object: 'Pod/a', field: '', why: 'w', fix: '' };
const error = (code: 'POLICY_FAILED' | 'PROGRAM_MISSING') =>
  new GitopsError(code, { where: 'w', found: 'f', expected: 'e', remedy: 'r' });

/** Asks by a key, and says how often it came to judging. */
function asking() {
  const cache = new VerdictCache();
  let count = 0;
  const ask = (key: string, judge: () => readonly PolicyFinding[] = () => [finding]) =>
    cache.of(key, async () => {
      count += 1;
      return judge();
    });
  return { ask, count: () => count };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('a verdict is asked for once, and what is used least is forgotten', async () => {
  const { ask, count } = asking();
  await ask('a');
  expect(await ask('a')).toEqual([finding]);
  expect(count()).toBe(1);
  for (let at = 0; at < 4_200; at += 1) {
    await ask(`other-${at}`);
    if (at === 2_000) await ask('b');
    if (at > 2_000 && at % 500 === 0) await ask('b');
  }
  const before = count();
  await ask('b');
  expect(count()).toBe(before);
  await ask('a');
  expect(count()).toBe(before + 1);
});

test.each([
  ['POLICY_FAILED', 1],
  ['PROGRAM_MISSING', 2],
] as const)('after %s it is tried %i time(s) at once, and again a minute later', async (code, times) => {
  const { ask, count } = asking();
  const fails = () => {
    throw error(code);
  };
  for (const _time of [1, 2]) await expect(ask('a', fails)).rejects.toMatchObject({ code });
  expect(count()).toBe(times);
  jest.advanceTimersByTime(60_000);
  expect(await ask('a')).toEqual([finding]);
});
