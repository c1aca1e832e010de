import { backoffMs } from './backoff';

const least = () => 0;
const most = () => 1;

test.each([
  [1, 100, 200],
  [2, 200, 400],
  [3, 400, 800],
  [8, 12_800, 25_600],
  // 51,200 would come next, and 30 s is the longest.
  [9, 15_000, 30_000],
  [10_000, 15_000, 30_000],
])(
  'after failure %d it waits between %d and %d ms: twice as long each time, up to the cap',
  (failures, from, to) => {
    expect(backoffMs(failures, 200, 30_000, least)).toBe(from);
    expect(backoffMs(failures, 200, 30_000, most)).toBe(to);
  },
);

test('a cap below the first wait is the wait', () => {
  expect(backoffMs(1, 200, 50, most)).toBe(50);
});

test('no wait stays none, however often it failed', () => {
  expect(backoffMs(10_000, 0, 30_000, most)).toBe(0);
});

test('clients that failed together do not come back together', () => {
  const waits = new Set(Array.from({ length: 50 }, () => backoffMs(1, 200, 30_000)));
  expect(waits.size).toBeGreaterThan(40);
  for (const wait of waits) {
    expect(wait).toBeGreaterThanOrEqual(100);
    expect(wait).toBeLessThan(200);
  }
});
