import { Pace } from './pace';

/** How many start at once after so many rounds in which all of them take so long. */
function after(rounds: number, tookMs: number, pace = new Pace()): number {
  for (let round = 0; round < rounds; round += 1) {
    for (let count = pace.most; count > 0; count -= 1) pace.started(tookMs);
  }
  return pace.most;
}

test('where members start quickly, twice as many start in each round; where they take long, as many', () => {
  expect([after(0, 1_000), after(1, 1_000), after(3, 10_000)]).toEqual([20, 40, 160]);
  expect(after(3, 15_000)).toBe(20);
});

test('slow ones and those that fail make it fewer, but never none', () => {
  const slow = new Pace();
  slow.started(20_001);
  expect(slow.most).toBe(18);
  slow.failed();
  expect(slow.most).toBe(9);
  for (let count = 0; count < 20; count += 1) slow.failed();
  expect(slow.most).toBe(4);
  expect(after(1, 1_000, slow)).toBe(8);
});
